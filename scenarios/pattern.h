// A regular expression of RE2 over Latin-1 octets, compiled when the plan is made.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace smtpgauge {

/// Immutable once made; matching is linear in the text and safe from several threads.
class Pattern {
 public:
  /// Throws std::invalid_argument with RE2's own explanation when `expression` does not compile.
  explicit Pattern(const std::string& expression);
  ~Pattern();
  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;
  Pattern(const Pattern& other);
  Pattern& operator=(const Pattern& other);

  /// Unanchored search.
  [[nodiscard]] bool Matches(std::string_view text) const;
  /// The first group of the first match (the whole match without groups) where it stands in `text`.
  [[nodiscard]] std::optional<std::string_view> Find(std::string_view text) const;
  /// A copy of it; empty when nothing matches.
  [[nodiscard]] std::string Capture(std::string_view text, bool* found) const;
  [[nodiscard]] const std::string& expression() const { return expression_; }

 private:
  struct Compiled;
  std::string expression_;
  std::shared_ptr<const Compiled> compiled_;  // shared by copies of one immutable plan
};

/// An expression that matches exactly `text`.
[[nodiscard]] std::string QuotePattern(std::string_view text);

}  // namespace smtpgauge
