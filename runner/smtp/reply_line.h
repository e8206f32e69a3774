// Octet classes that the reply parser and the readers of a reply must agree on.
#pragma once

#include <string_view>

namespace smtpgauge::smtp {

[[nodiscard]] constexpr bool IsDigit(char octet) {
  return octet >= '0' && octet <= '9';
}

[[nodiscard]] constexpr bool StartsWithThreeDigits(std::string_view line) {
  return line.size() >= 3 && IsDigit(line[0]) && IsDigit(line[1]) && IsDigit(line[2]);
}

}  // namespace smtpgauge::smtp
