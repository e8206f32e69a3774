#include "reports/octets.h"

#include <array>
#include <cstdint>

#include <fmt/format.h>

namespace smtpgauge {
namespace {

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t length = 0;  // octets; 0 when the octets are not well-formed UTF-8
};

std::uint8_t Octet(std::string_view text, std::size_t at) {
  return static_cast<std::uint8_t>(text[at]);
}

// RFC 3629 section 4: shortest form only, no surrogates, nothing above U+10FFFF.
CodePoint Decode(std::string_view text) {
  const std::uint8_t first = Octet(text, 0);
  if (first < 0x80) return {first, 1};
  struct Form {
    std::uint8_t mask, lead, bits;
    std::size_t length;
    std::uint32_t lowest;
  };
  static constexpr std::array<Form, 3> kForms = {
      {{0xe0, 0xc0, 0x1f, 2, 0x80}, {0xf0, 0xe0, 0x0f, 3, 0x800}, {0xf8, 0xf0, 0x07, 4, 0x10000}}};
  for (const Form& form : kForms) {
    if ((first & form.mask) != form.lead) continue;
    if (text.size() < form.length) return {};
    std::uint32_t value = first & form.bits;
    for (std::size_t i = 1; i < form.length; ++i) {
      if ((Octet(text, i) & 0xc0) != 0x80) return {};
      value = value << 6 | (Octet(text, i) & 0x3fU);
    }
    const bool surrogate = value >= 0xd800 && value <= 0xdfff;
    if (value < form.lowest || value > 0x10ffff || surrogate) return {};
    return {value, form.length};
  }
  return {};
}

struct Range {
  std::uint32_t first, last;
};
// Characters that move, hide or reorder what stands around them, and noncharacters.
constexpr std::array<Range, 14> kUnshowable = {{{0x00, 0x1f},
                                                {0x5c, 0x5c},
                                                {0x7f, 0x9f},
                                                {0xad, 0xad},
                                                {0x61c, 0x61c},
                                                {0x115f, 0x1160},
                                                {0x17b4, 0x17b5},
                                                {0x180e, 0x180e},
                                                {0x200b, 0x200f},
                                                {0x2028, 0x202e},
                                                {0x2060, 0x206f},
                                                {0xfdd0, 0xfdef},
                                                {0xfeff, 0xfeff},
                                                {0xe0000, 0xe0fff}}};

bool Showable(CodePoint point) {
  if (point.length == 0 || (point.value & 0xfffe) == 0xfffe) return false;
  for (const Range& range : kUnshowable) {
    if (point.value >= range.first && point.value <= range.last) return false;
  }
  return true;
}

void AppendEscaped(char octet, std::string& out) {
  switch (octet) {
    case '\\':
      out += "\\\\";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<std::uint8_t>(octet));
}

std::optional<std::uint8_t> HexDigit(char digit) {
  if (digit >= '0' && digit <= '9') return static_cast<std::uint8_t>(digit - '0');
  if (digit >= 'a' && digit <= 'f') return static_cast<std::uint8_t>(digit - 'a' + 10);
  return std::nullopt;
}

// Takes one sequence from the front of `text`, which begins with a backslash.
std::optional<char> TakeEscape(std::string_view& text) {
  if (text.size() < 2) return std::nullopt;
  const char kind = text[1];
  if (kind == 'x') {
    if (text.size() < 4) return std::nullopt;
    const auto high = HexDigit(text[2]);
    const auto low = HexDigit(text[3]);
    if (!high || !low) return std::nullopt;
    text.remove_prefix(4);
    return static_cast<char>(*high << 4 | *low);
  }
  text.remove_prefix(2);
  if (kind == '\\') return '\\';
  if (kind == 'r') return '\r';
  if (kind == 'n') return '\n';
  if (kind == 't') return '\t';
  return std::nullopt;
}

}  // namespace

std::string EscapeOctets(std::string_view octets) {
  std::string out;
  out.reserve(octets.size());
  while (!octets.empty()) {
    const CodePoint point = Decode(octets);
    const std::size_t taken = point.length == 0 ? 1 : point.length;
    if (Showable(point)) {
      out += octets.substr(0, taken);
    } else {
      for (const char octet : octets.substr(0, taken))
        AppendEscaped(octet, out);
    }
    octets.remove_prefix(taken);
  }
  return out;
}

std::optional<std::string> UnescapeOctets(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    if (text.front() != '\\') {
      const std::size_t plain = std::min(text.find('\\'), text.size());
      out += text.substr(0, plain);
      text.remove_prefix(plain);
      continue;
    }
    const auto octet = TakeEscape(text);
    if (!octet) return std::nullopt;
    out += *octet;
  }
  return out;
}

std::string_view WithoutLineEnd(std::string_view octets) {
  if (octets.ends_with("\r\n")) octets.remove_suffix(2);
  return octets;
}

std::string Shorten(std::string escaped, std::size_t limit) {
  static constexpr std::string_view kMark = "...";
  if (escaped.size() <= limit) return escaped;
  const std::size_t room = limit > kMark.size() ? limit - kMark.size() : 0;
  std::size_t end = 0;
  while (end < room) {
    std::size_t step = 1;
    if (escaped[end] == '\\') {
      step = escaped[end + 1] == 'x' ? 4 : 2;
    } else {
      while (end + step < escaped.size() && (Octet(escaped, end + step) & 0xc0) == 0x80)
        ++step;
    }
    if (end + step > room) break;
    end += step;
  }
  escaped.resize(end);
  escaped += kMark;
  return escaped;
}

}  // namespace smtpgauge
