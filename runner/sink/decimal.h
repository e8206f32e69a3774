// Decimal numbers as commands carry them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "runner/sink/ascii.h"

namespace smtpgauge::sink {

/// One to `max_digits` digits; a value that does not fit is the largest one, never a small one.
[[nodiscard]] constexpr std::optional<std::uint64_t> ParseSaturating(std::string_view text,
                                                                     std::size_t max_digits) {
  constexpr std::uint64_t kLargest = std::numeric_limits<std::uint64_t>::max();
  if (text.empty() || text.size() > max_digits) return std::nullopt;
  std::uint64_t value = 0;
  for (char c : text) {
    if (!IsDigit(c)) return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    value = value > (kLargest - digit) / 10 ? kLargest : value * 10 + digit;
  }
  return value;
}

/// The value modulo 2^32, as servers with too narrow a type see it.
[[nodiscard]] constexpr std::uint32_t WrappingDecimal(std::string_view text) {
  std::uint32_t value = 0;
  for (char c : text)
    value = value * 10 + static_cast<std::uint32_t>(c - '0');
  return value;
}

}  // namespace smtpgauge::sink
