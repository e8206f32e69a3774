// ASCII without locale: what RFC 5321 means by letters, digits and "case-insensitive".
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace smtpgauge::sink {

constexpr bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool IsAlpha(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool IsAlnum(char c) {
  return IsAlpha(c) || IsDigit(c);
}
constexpr bool IsEightBit(char c) {
  return (static_cast<unsigned char>(c) & 0x80U) != 0;
}
constexpr bool IsControl(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}
constexpr char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}
constexpr char Upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}

constexpr bool EqualsIgnoreCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return Lower(x) == Lower(y); });
}

constexpr bool StartsWithIgnoreCase(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && EqualsIgnoreCase(text.substr(0, prefix.size()), prefix);
}

/// Without the spaces at its end, which RFC 5321 section 4.1.1 tolerates behind a command.
constexpr std::string_view Trimmed(std::string_view text) {
  while (text.ends_with(' '))
    text.remove_suffix(1);
  return text;
}

inline std::string LowerCopy(std::string_view text) {
  std::string copy(text);
  for (char& c : copy)
    c = Lower(c);
  return copy;
}

}  // namespace smtpgauge::sink
