#include "runner/smtp/extension.h"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace smtpgauge::smtp {
namespace {

/// Locale-free: keywords are ASCII (RFC 5321 section 4.1.1.1).
constexpr char ToUpper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

std::string ToUpper(std::string_view text) {
  std::string upper(text);
  std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) { return ToUpper(c); });
  return upper;
}

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return ToUpper(x) == ToUpper(y); });
}

void AddMechanisms(std::string_view list, std::vector<std::string>& mechanisms) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(' '), list.size());
    if (end > 0) {
      std::string name = ToUpper(list.substr(0, end));
      if (std::find(mechanisms.begin(), mechanisms.end(), name) == mechanisms.end()) {
        mechanisms.push_back(std::move(name));
      }
    }
    list.remove_prefix(std::min(end + 1, list.size()));
  }
}

}  // namespace

ExtensionSet::ExtensionSet(const Reply& ehlo_reply) {
  const std::string texts = ReplyText(ehlo_reply);
  std::string_view rest = texts;
  for (std::uint32_t index = 0; index < ehlo_reply.lines; ++index) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (index == 0) {
      greeting_ = line;
      continue;
    }
    const std::size_t name_end = std::min(line.find(' '), line.size());
    if (name_end == 0)
      continue;  // no keyword: the invariants report the line, here it means nothing
    keywords_.push_back({ToUpper(line.substr(0, name_end)),
                         std::string(line.substr(std::min(name_end + 1, line.size())))});
  }
}

bool ExtensionSet::Has(std::string_view keyword) const {
  return Parameters(keyword).has_value();
}

std::optional<std::string_view> ExtensionSet::Parameters(std::string_view keyword) const {
  for (const Keyword& advertised : keywords_) {
    if (EqualsIgnoringCase(advertised.name, keyword)) return advertised.parameters;
  }
  return std::nullopt;
}

std::uint64_t ExtensionSet::SizeLimit() const {
  const std::string_view text = Parameters("SIZE").value_or("");
  std::uint64_t limit = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  const bool is_whole_number = end == text.data() + text.size() || *end == ' ';
  return error == std::errc() && is_whole_number ? limit : 0;
}

std::vector<std::string> ExtensionSet::AuthMechanisms() const {
  constexpr std::string_view kLegacyPrefix = "AUTH=";
  std::vector<std::string> mechanisms;
  for (const Keyword& advertised : keywords_) {
    if (advertised.name == "AUTH") {
      AddMechanisms(advertised.parameters, mechanisms);
    } else if (advertised.name.starts_with(kLegacyPrefix)) {
      AddMechanisms(std::string_view(advertised.name).substr(kLegacyPrefix.size()), mechanisms);
      AddMechanisms(advertised.parameters, mechanisms);
    }
  }
  return mechanisms;
}

}  // namespace smtpgauge::smtp
