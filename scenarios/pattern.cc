#include "scenarios/pattern.h"

#include <stdexcept>

#include <re2/re2.h>

namespace smtpgauge {

struct Pattern::Compiled {
  explicit Compiled(const std::string& expression) : regex(expression, Options()) {}
  static RE2::Options Options() {
    RE2::Options options(RE2::Quiet);
    options.set_encoding(RE2::Options::EncodingLatin1);  // replies are octets, valid UTF-8 or not
    options.set_max_mem(4 << 20);
    return options;
  }
  RE2 regex;
};

Pattern::Pattern(const std::string& expression) : expression_(expression) {
  auto compiled = std::make_shared<const Compiled>(expression);
  if (!compiled->regex.ok()) throw std::invalid_argument(compiled->regex.error());
  compiled_ = std::move(compiled);
}

Pattern::~Pattern() = default;
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;
Pattern::Pattern(const Pattern& other) = default;
Pattern& Pattern::operator=(const Pattern& other) = default;

bool Pattern::Matches(std::string_view text) const {
  return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), compiled_->regex);
}

std::optional<std::string_view> Pattern::Find(std::string_view text) const {
  re2::StringPiece groups[2];
  const int wanted = compiled_->regex.NumberOfCapturingGroups() > 0 ? 2 : 1;
  const re2::StringPiece input(text.data(), text.size());
  if (!compiled_->regex.Match(input, 0, text.size(), RE2::UNANCHORED, groups, wanted))
    return std::nullopt;
  const re2::StringPiece& group = groups[wanted - 1];
  return std::string_view(group.data(), group.size());
}

std::string Pattern::Capture(std::string_view text, bool* found) const {
  const auto group = Find(text);
  if (found != nullptr) *found = group.has_value();
  return std::string(group.value_or(""));
}

std::string QuotePattern(std::string_view text) {
  return RE2::QuoteMeta(re2::StringPiece(text.data(), text.size()));
}

}  // namespace smtpgauge
