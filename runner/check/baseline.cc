#include "runner/check/baseline.h"

#include <algorithm>
#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "scenarios/catalogue.h"
#include "scenarios/glob.h"

namespace smtpgauge {
namespace {

using Json = nlohmann::json;

[[noreturn]] void Wrong(const std::filesystem::path& file, std::string pointer,
                        std::string message) {
  throw InputError({{file.string(), std::move(pointer), std::move(message)}});
}

std::string TextAt(const std::filesystem::path& file, const Json& entry, const std::string& pointer,
                   const char* key) {
  const auto found = entry.find(key);
  if (found == entry.end() || !found->is_string())
    Wrong(file, pointer, fmt::format("expected a string \"{}\"", key));
  return found->get<std::string>();
}

AcceptedDeviation ReadDeviation(const std::filesystem::path& file, const Json& entry,
                                const std::string& pointer) {
  if (!entry.is_object()) Wrong(file, pointer, "expected an object with id and reason");
  for (const auto& [key, value] : entry.items()) {
    if (key != "id" && key != "actual" && key != "reason")
      Wrong(file, pointer + "/" + key, "unknown key; one of id, actual, reason");
  }
  AcceptedDeviation deviation{TextAt(file, entry, pointer, "id"), std::nullopt,
                              TextAt(file, entry, pointer, "reason")};
  if (!entry.contains("actual")) return deviation;
  try {
    deviation.actual.emplace(TextAt(file, entry, pointer, "actual"));
  } catch (const std::invalid_argument& error) {
    Wrong(file, pointer + "/actual", error.what());
  }
  return deviation;
}

bool Deviates(const CaseResult& result) {
  return result.verdict == Verdict::kFail || result.verdict == Verdict::kWarn;
}

}  // namespace

Baseline ReadBaseline(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) Wrong(file, "", "cannot be read");
  const Json json = Json::parse(in, nullptr, false);
  if (!json.is_object() || !json.contains("accepted") || !json["accepted"].is_array()) {
    Wrong(file, "", "expected {\"server\": \"...\", \"accepted\": [...]}");
  }
  Baseline baseline;
  if (json.contains("server") && !json["server"].is_string())
    Wrong(file, "/server", "expected a string");
  baseline.server = json.value("server", "");
  for (std::size_t i = 0; i < json["accepted"].size(); ++i) {
    baseline.accepted.push_back(
        ReadDeviation(file, json["accepted"][i], fmt::format("/accepted/{}", i)));
  }
  return baseline;
}

std::string WriteBaseline(const CheckResult& result) {
  nlohmann::ordered_json json;
  json["server"] = result.info.target;
  json["accepted"] = nlohmann::ordered_json::array();
  for (const CaseResult& one : result.results) {
    if (Deviates(one))
      json["accepted"].push_back(
          {{"id", one.id}, {"reason", one.baseline_reason.value_or("not looked into yet")}});
  }
  return json.dump(2) + "\n";
}

void ApplyBaseline(const Baseline& baseline, CheckResult& result) {
  for (CaseResult& one : result.results) {
    for (const AcceptedDeviation& deviation : baseline.accepted) {
      if (!GlobMatches(deviation.id, one.id)) continue;
      const bool same =
          Deviates(one) && (!deviation.actual || deviation.actual->Matches(one.actual));
      // A glob says nothing of each single case, so only a plain id can pass unexpectedly.
      const bool gone = one.verdict == Verdict::kPass && deviation.id == one.id;
      if (same || gone) one.baseline_reason = deviation.reason;
    }
  }
}

}  // namespace smtpgauge
