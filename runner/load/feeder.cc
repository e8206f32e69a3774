#include "runner/load/feeder.h"

#include <fstream>
#include <stdexcept>

#include <fmt/format.h>

namespace smtpgauge {
namespace {

/// The first field of a CSV line (RFC 4180 section 2).
std::string FirstField(std::string_view line) {
  if (!line.starts_with('"')) {
    std::string_view field = line.substr(0, line.find(','));
    while (field.ends_with(' ') || field.ends_with('\r'))
      field.remove_suffix(1);
    return std::string(field);
  }
  std::string field;
  for (std::size_t at = 1; at < line.size(); ++at) {
    if (line[at] == '"' && (at + 1 >= line.size() || line[++at] != '"')) break;
    field += line[at];
  }
  return field;
}

}  // namespace

std::vector<std::string> ExpandAddresses(const std::vector<std::string>& given,
                                         std::size_t numbered) {
  std::vector<std::string> out;
  for (const std::string& address : given) {
    const std::size_t at = address.find("%d");
    if (at == std::string::npos) {
      out.push_back(address);
      continue;
    }
    for (std::size_t i = 1; i <= numbered; ++i)
      out.push_back(fmt::format("{}{}{}", address.substr(0, at), i, address.substr(at + 2)));
  }
  return out;
}

std::vector<std::string> ReadAddresses(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) throw std::runtime_error(fmt::format("{}: cannot be read", file.string()));
  std::vector<std::string> out;
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    const std::string field = FirstField(line);
    if (field.empty() || field.front() == '#') continue;
    const bool address = field.find('@') != std::string::npos;
    if (!address && number == 1) continue;
    if (!address || field.find_first_of("<> \t\r") != std::string::npos)
      throw std::runtime_error(
          fmt::format("{}:{}: \"{}\" is no mail address", file.string(), number, field));
    out.push_back(field);
  }
  if (out.empty()) throw std::runtime_error(fmt::format("{}: no address in it", file.string()));
  return out;
}

}  // namespace smtpgauge
