#include "runner/smtp/base64.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace smtpgauge::smtp {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::uint8_t kNoDigit = 0xff;

constexpr std::array<std::uint8_t, 256> DigitTable() {
  std::array<std::uint8_t, 256> table{};
  table.fill(kNoDigit);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    table[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return table;
}

constexpr std::array<std::uint8_t, 256> kDigits = DigitTable();

std::uint32_t Octet(char c) {
  return static_cast<unsigned char>(c);
}

}  // namespace

std::string EncodeBase64(std::string_view octets) {
  std::string text;
  text.reserve((octets.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < octets.size(); i += 3) {
    const std::size_t present = octets.size() - i < 3 ? octets.size() - i : 3;
    std::uint32_t group = Octet(octets[i]) << 16;
    if (present > 1) group |= Octet(octets[i + 1]) << 8;
    if (present > 2) group |= Octet(octets[i + 2]);
    text += kAlphabet[group >> 18];
    text += kAlphabet[group >> 12 & 63];
    text += present > 1 ? kAlphabet[group >> 6 & 63] : '=';
    text += present > 2 ? kAlphabet[group & 63] : '=';
  }
  return text;
}

std::optional<std::string> DecodeBase64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && text.ends_with('=')) {
    text.remove_suffix(1);
    ++padding;
  }
  std::string octets;
  octets.reserve((text.size() + padding) / 4 * 3);
  std::uint32_t group = 0;
  unsigned bits = 0;
  for (const char c : text) {
    const std::uint8_t digit = kDigits[static_cast<unsigned char>(c)];
    if (digit == kNoDigit) return std::nullopt;
    group = group << 6 | digit;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      octets += static_cast<char>(group >> bits & 0xff);
    }
  }
  // RFC 4648 section 3.5: what the last digit carries beyond the last octet has to be zero.
  if ((group & ((1U << bits) - 1)) != 0) return std::nullopt;
  return octets;
}

}  // namespace smtpgauge::smtp
