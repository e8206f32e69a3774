// Replies (RFC 5321 section 4.2) as views into the bytes that carried them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace smtpgauge::smtp {

/// How the octets of a reply broke RFC 5321 section 4.2 or 4.5.3.1.5; a reply may show several.
enum class ReplyFault : std::uint16_t {
  kBadCode = 1 << 0,             ///< not three digits, or outside 2-5, 0-5, 0-9
  kBadSeparator = 1 << 1,        ///< neither SP, hyphen nor end of line after the code
  kCodeChanged = 1 << 2,         ///< lines of one reply with different codes
  kBareLineFeed = 1 << 3,        ///< LF without CR ended a line
  kBareCarriageReturn = 1 << 4,  ///< CR inside a line
  kLineTooLong = 1 << 5,         ///< more than 512 octets with CRLF
  kEightBit = 1 << 6,            ///< octet 128-255
  kControl = 1 << 7,             ///< NUL or another control octet but HT
  kNoText = 1 << 8,              ///< a bare code without the SP that the grammar wants sent
  kUnbounded = 1 << 9,  ///< a line or reply over the parser's bound: the stream is given up
};

/// A set of ReplyFault.
class ReplyFaults {
 public:
  void Add(ReplyFault fault) { bits_ = static_cast<std::uint16_t>(bits_ | Bit(fault)); }
  [[nodiscard]] bool Has(ReplyFault fault) const { return (bits_ & Bit(fault)) != 0; }
  [[nodiscard]] bool empty() const { return bits_ == 0; }
  friend bool operator==(ReplyFaults, ReplyFaults) = default;

 private:
  static constexpr std::uint16_t Bit(ReplyFault fault) { return static_cast<std::uint16_t>(fault); }
  std::uint16_t bits_ = 0;
};

/// One complete reply. `raw` is every octet of it with line ends; it stays valid until the next
/// call on the parser that returned it, or until the bytes handed to that parser change.
struct Reply {
  /// 200..599; 0 when the first line carries none. A second digit over 5 ("571") is kept, with
  /// ReplyFault::kBadCode: a client goes by the first digit (RFC 5321 section 4.3.2).
  int code = 0;
  std::uint32_t lines = 0;  ///< lines in `raw`, at least 1
  ReplyFaults faults;
  std::string_view raw;
};

/// Text of line `index` (from 0) after code and separator, without its line end; empty past the
/// end. A line that does not begin with three digits is all text.
[[nodiscard]] std::string_view ReplyLine(const Reply& reply, std::uint32_t index);
/// All texts joined with LF: what text predicates are matched against.
[[nodiscard]] std::string ReplyText(const Reply& reply);

/// RFC 3463 section 2: class.subject.detail. All zero when there is none.
struct EnhancedCode {
  std::uint16_t status_class = 0;  ///< 2, 4 or 5
  std::uint16_t subject = 0;
  std::uint16_t detail = 0;
  [[nodiscard]] bool present() const { return status_class != 0; }
  friend bool operator==(const EnhancedCode&, const EnhancedCode&) = default;
};

/// Parses an enhanced code from the front of a reply line's text; not present when the syntax of
/// RFC 3463 section 2 is broken (leading zero, more than three digits, class other than 2, 4, 5),
/// or when neither SP nor the end of the text follows (RFC 2034 section 4).
[[nodiscard]] EnhancedCode ParseEnhancedCode(std::string_view line_text);

/// That of the first line.
[[nodiscard]] EnhancedCode EnhancedCodeOf(const Reply& reply);

}  // namespace smtpgauge::smtp
