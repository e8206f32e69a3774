// Every reply that the sink can give, rendered once at start: a session only appends octets.
// Codes and enhanced codes follow RFC 5321 section 4.3.2 and the pairs registered under RFC 5248.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "runner/sink/fault.h"

namespace smtpgauge::sink {

/// The rendered replies of one server. Immutable after construction; shared by all threads.
class ReplyTable {
 public:
  /// `host` is the server's own name; `faults` may replace or distort replies.
  ReplyTable(std::string_view host, const FaultSet& faults);

  /// Complete octets, CRLF included; empty when a fault swallows the reply.
  [[nodiscard]] std::string_view Text(Reply reply) const { return text_[Index(reply)]; }

  /// First digit of the code, '2' to '5'.
  [[nodiscard]] char Class(Reply reply) const { return class_[Index(reply)]; }

 private:
  static constexpr std::size_t Index(Reply reply) { return static_cast<std::size_t>(reply); }

  std::array<std::string, kReplyCount> text_;
  std::array<char, kReplyCount> class_{};
};

/// Applies the faults that distort every reply (bare LF, no enhanced codes, and so on).
[[nodiscard]] std::string DistortReply(std::string text, const FaultSet& faults);

}  // namespace smtpgauge::sink
