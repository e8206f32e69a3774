// Message content on the wire: transparency (RFC 5321 section 4.5.2) and end of data (4.1.1.4).
#pragma once

#include <string>
#include <string_view>

namespace smtpgauge::smtp {

inline constexpr std::string_view kEndOfData = "\r\n.\r\n";

/// Streaming dot-stuffer. Any split of the content gives the same output.
class DataEncoder {
 public:
  /// Appends `content`, doubling a dot that begins a line (after CRLF, or as the first octet).
  void Append(std::string_view content, std::string& out);
  /// Appends what ends the data: CRLF if the content did not end in one, then dot CRLF. Empty
  /// content needs no CRLF, the command's own stands before it. Ready for the next message after.
  void Finish(std::string& out);

 private:
  enum class State { kLineStart, kText, kCarriageReturn };
  State state_ = State::kLineStart;
};

/// The whole of it in one call.
[[nodiscard]] std::string EncodeData(std::string_view content);

}  // namespace smtpgauge::smtp
