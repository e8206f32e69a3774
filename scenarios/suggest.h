// The nearest valid word for a misspelt one.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace smtpgauge {

/// The candidate with the smallest edit distance, or "" when none is near enough to be meant.
[[nodiscard]] std::string_view Nearest(std::string_view word,
                                       std::span<const std::string_view> candidates);

/// `; did you mean "x"?`, or `; one of a, b, c` when nothing is near.
[[nodiscard]] std::string Suggestion(std::string_view word,
                                     std::span<const std::string_view> candidates);

}  // namespace smtpgauge
