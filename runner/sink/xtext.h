// xtext (RFC 3461 section 4): printable ASCII but "+" and "=", or "+" and two upper-case hex
// digits.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runner/sink/ascii.h"

namespace smtpgauge::sink {

/// The decoded octets; nothing when the text is not xtext.
[[nodiscard]] inline std::optional<std::string> DecodeXtext(std::string_view text) {
  const auto hex = [](char c) {
    return IsDigit(c) ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  };
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c <= ' ' || c > '~' || c == '=') return std::nullopt;
    if (c != '+') {
      decoded += c;
      continue;
    }
    if (i + 2 >= text.size() || hex(text[i + 1]) < 0 || hex(text[i + 2]) < 0) return std::nullopt;
    decoded += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
    i += 2;
  }
  return decoded;
}

}  // namespace smtpgauge::sink
