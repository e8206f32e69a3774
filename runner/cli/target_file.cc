// --target FILE.json
#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "runner/cli/command.h"
#include "runner/cli/target_options.h"

namespace smtpgauge {
namespace {

using Json = nlohmann::json;

std::string Scalar(const std::string& file, const std::string& key, const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number()) return value.dump();
  throw UsageError(
      fmt::format("{}:/{}: expected a string, a number, true, or a list of them", file, key));
}

void Append(const std::string& file, const std::string& key, const Json& value,
            std::vector<std::string>& out) {
  if (key == "target") return;  // the positional one, placed by the caller
  if (value.is_boolean()) {
    if (value.get<bool>()) out.push_back("--" + key);
  } else if (value.is_array()) {
    for (const Json& item : value)
      Append(file, key, item, out);
  } else {
    out.push_back("--" + key);
    out.push_back(Scalar(file, key, value));
  }
}

std::vector<std::string> ReadTargetFile(const std::string& file) {
  std::ifstream in(file);
  if (!in) throw UsageError(fmt::format("--target {}: cannot be read", file));
  const Json json = Json::parse(in, nullptr, false);
  if (!json.is_object())
    throw UsageError(
        fmt::format("--target {}: expected a JSON object of options, such as {{\"target\": "
                    "\"mx.example:25\", \"recipient\": [\"user@example\"]}}",
                    file));
  std::vector<std::string> out;
  for (const auto& [key, value] : json.items())
    Append(file, key, value, out);
  if (json.contains("target")) out.push_back(Scalar(file, "target", json["target"]));
  if (json.contains("password"))
    throw UsageError(fmt::format(
        "{}:/password: passwords do not belong into this file; use password-env or password-file",
        file));
  return out;
}

}  // namespace

std::vector<std::string> ExpandTargetFile(const std::vector<std::string>& arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    const bool joined = argument.starts_with("--target=");
    if (argument != "--target" && !joined) continue;
    if (!joined && i + 1 == arguments.size()) throw UsageError("--target: expected a file name");
    const std::string file = joined ? argument.substr(9) : arguments[i + 1];
    std::vector<std::string> expanded(arguments.begin(),
                                      arguments.begin() + static_cast<std::ptrdiff_t>(i));
    for (std::string& option : ReadTargetFile(file))
      expanded.push_back(std::move(option));
    expanded.insert(expanded.end(),
                    arguments.begin() + static_cast<std::ptrdiff_t>(i + (joined ? 1 : 2)),
                    arguments.end());
    return expanded;
  }
  return arguments;
}

}  // namespace smtpgauge
