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

ExtensionSet::ExtensionSet(const Reply& ehlo_reply) : text_(ReplyText(ehlo_reply)) {
  lines_.reserve(ehlo_reply.lines);
  std::size_t begin = 0;
  for (std::uint32_t index = 0; index < ehlo_reply.lines && begin <= text_.size(); ++index) {
    const std::size_t end = std::min(text_.find('\n', begin), text_.size());
    const std::size_t name_end = std::min(text_.find(' ', begin), end);
    if (index == 0) {
      greeting_size_ = end;
    } else if (name_end > begin) {  // else no keyword: the observations report such a line
      const auto at = [this](std::size_t offset) {
        return text_.begin() + static_cast<std::ptrdiff_t>(offset);
      };
      std::transform(at(begin), at(name_end), at(begin), [](char c) { return ToUpper(c); });
      lines_.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(name_end),
                        static_cast<std::uint32_t>(end)});
    }
    begin = end + 1;
  }
}

Keyword ExtensionSet::At(const Line& line) const {
  const std::string_view whole = std::string_view(text_).substr(line.begin, line.end - line.begin);
  const std::size_t name_size = line.name_end - line.begin;
  return {whole.substr(0, name_size), whole.substr(std::min(name_size + 1, whole.size()))};
}

std::vector<Keyword> ExtensionSet::keywords() const {
  std::vector<Keyword> keywords;
  keywords.reserve(lines_.size());
  for (const Line& line : lines_)
    keywords.push_back(At(line));
  return keywords;
}

bool ExtensionSet::Has(std::string_view keyword) const {
  return Parameters(keyword).has_value();
}

std::optional<std::string_view> ExtensionSet::Parameters(std::string_view keyword) const {
  for (const Line& line : lines_) {
    const Keyword advertised = At(line);
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
  for (const Line& line : lines_) {
    const Keyword advertised = At(line);
    if (advertised.name == "AUTH") {
      AddMechanisms(advertised.parameters, mechanisms);
    } else if (advertised.name.starts_with(kLegacyPrefix)) {
      AddMechanisms(advertised.name.substr(kLegacyPrefix.size()), mechanisms);
      AddMechanisms(advertised.parameters, mechanisms);
    }
  }
  return mechanisms;
}

std::shared_ptr<const ExtensionSet> SharedExtensions(const Reply& ehlo_reply) {
  thread_local std::string latest;
  thread_local std::shared_ptr<const ExtensionSet> set;
  if (!set || latest != ehlo_reply.raw) {
    latest = ehlo_reply.raw;
    set = std::make_shared<const ExtensionSet>(ehlo_reply);
  }
  return set;
}

}  // namespace smtpgauge::smtp
