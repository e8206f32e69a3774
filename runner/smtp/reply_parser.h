// Incremental splitter of a server's octets into replies. Pure: no I/O, no clock.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "runner/smtp/reply.h"

namespace smtpgauge::smtp {

/// Bounds on what a hostile server may make us keep.
inline constexpr std::size_t kMaxReplyLine = 64 * 1024;   ///< octets; RFC 5321 4.5.3.1.5 says 512
inline constexpr std::size_t kMaxReplySize = 256 * 1024;  ///< octets of one multiline reply

/// One per connection; not thread-safe. Any split of the stream into chunks gives the same replies.
/// A reply that lies wholly inside one chunk is returned as a view of it without a copy; only an
/// unfinished tail is kept (allocated when it happens).
class ReplyParser {
 public:
  /// Takes the next complete reply from the front of `input` and advances `input` past it.
  /// nullopt: everything was consumed and more octets are needed.
  /// A line that is no reply at all ("HTTP/1.1 400 ...") is a reply with code 0 of its own.
  /// With ReplyFault::kUnbounded the stream cannot be followed any more; give up the connection.
  std::optional<Reply> Next(std::string_view& input);

  /// Octets received of a reply not yet complete; must be 0 before STARTTLS (RFC 3207 section 4.2).
  [[nodiscard]] std::size_t Pending() const { return partial_.size() - returned_; }
  /// The unfinished octets themselves, for a transcript when the connection ends inside a reply.
  [[nodiscard]] std::string_view PendingBytes() const {
    return std::string_view(partial_).substr(returned_);
  }
  void Reset();

 private:
  std::string partial_;
  std::size_t returned_ = 0;  ///< front of partial_ that the last Next() handed out
};

}  // namespace smtpgauge::smtp
