#include "runner/smtp/reply.h"

#include "runner/smtp/reply_line.h"

namespace smtpgauge::smtp {
namespace {

/// Text of a line that ends with LF, or with the end of a reply that was given up.
std::string_view TextOf(std::string_view line) {
  if (line.ends_with('\n')) {
    line.remove_suffix(1);
    if (line.ends_with('\r')) line.remove_suffix(1);
  }
  if (!StartsWithThreeDigits(line)) return line;
  line.remove_prefix(3);
  if (line.starts_with(' ') || line.starts_with('-')) line.remove_prefix(1);
  return line;
}

std::string_view TakeLine(std::string_view& raw) {
  const std::size_t end = raw.find('\n');
  const std::string_view line = raw.substr(0, end == raw.npos ? raw.size() : end + 1);
  raw.remove_prefix(line.size());
  return line;
}

/// One to three digits without a leading zero from the front of `text`; false when there are none.
bool TakeNumber(std::string_view& text, std::uint16_t& number) {
  std::size_t digits = 0;
  unsigned value = 0;
  while (digits < text.size() && IsDigit(text[digits])) {
    if (digits == 3) return false;
    value = value * 10 + static_cast<unsigned>(text[digits] - '0');
    ++digits;
  }
  if (digits == 0 || (digits > 1 && text[0] == '0')) return false;
  text.remove_prefix(digits);
  number = static_cast<std::uint16_t>(value);
  return true;
}

bool TakeDot(std::string_view& text) {
  if (!text.starts_with('.')) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::string_view ReplyLine(const Reply& reply, std::uint32_t index) {
  std::string_view rest = reply.raw;
  for (std::uint32_t i = 0; i < index && !rest.empty(); ++i)
    TakeLine(rest);
  return rest.empty() ? std::string_view() : TextOf(TakeLine(rest));
}

std::string ReplyText(const Reply& reply) {
  std::string text;
  text.reserve(reply.raw.size());
  std::string_view rest = reply.raw;
  while (!rest.empty()) {
    if (rest.size() != reply.raw.size()) text += '\n';
    text += TextOf(TakeLine(rest));
  }
  return text;
}

EnhancedCode ParseEnhancedCode(std::string_view line_text) {
  if (line_text.size() < 5) return {};
  const char first = line_text[0];
  if (first != '2' && first != '4' && first != '5') return {};
  EnhancedCode code;
  code.status_class = static_cast<std::uint16_t>(first - '0');
  line_text.remove_prefix(1);
  if (!TakeDot(line_text) || !TakeNumber(line_text, code.subject) || !TakeDot(line_text) ||
      !TakeNumber(line_text, code.detail)) {
    return {};
  }
  // RFC 2034 section 4: the code is set off from the text by space.
  if (!line_text.empty() && line_text[0] != ' ') return {};
  return code;
}

EnhancedCode EnhancedCodeOf(const Reply& reply) {
  const std::string_view raw = reply.raw;
  // Asked of every reply under load, where nearly all are "250 2.1.5 text" or have none: known
  // without cutting out the line.
  if (raw.size() > 9 && reply.faults.empty()) {
    if (raw[5] != '.') return {};
    const auto digit = [raw](std::size_t at) { return static_cast<std::uint16_t>(raw[at] - '0'); };
    if (raw[7] == '.' && raw[9] == ' ' && (raw[4] == '2' || raw[4] == '4' || raw[4] == '5') &&
        IsDigit(raw[6]) && IsDigit(raw[8])) {
      return {digit(4), digit(6), digit(8)};
    }
  }
  return ParseEnhancedCode(ReplyLine(reply, 0));
}

}  // namespace smtpgauge::smtp
