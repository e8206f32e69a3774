// Incremental splitter of a server's octets into replies. Pure: no I/O, no clock.
#pragma once

#include <cstddef>
#include <cstdint>
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
  /// A line that is no reply at all ("HTTP/1.1 400 ...") is a reply with code 0 of its own; inside
  /// a multiline reply it ends that reply. A continuation with another code belongs to the reply,
  /// too. With ReplyFault::kUnbounded the stream cannot be followed any more: `raw` is cut at the
  /// bound, and all that comes later is swallowed until Reset().
  std::optional<Reply> Next(std::string_view& input);

  /// How often `reply`, the last that Next() returned, stands again at the front of `input`, octet
  /// for octet and at most `most` times; advances `input` past these. Next() would return the same
  /// reply as often: what the octets of a reply mean depends on nothing else.
  static std::size_t TakeRepeats(const Reply& reply, std::string_view& input, std::size_t most);

  /// Octets received of a reply not yet complete; must be 0 before STARTTLS (RFC 3207 section 4.2).
  [[nodiscard]] std::size_t Pending() const { return partial_.size() - returned_; }
  /// The unfinished octets themselves, for a transcript when the connection ends inside a reply.
  [[nodiscard]] std::string_view PendingBytes() const {
    return std::string_view(partial_).substr(returned_);
  }
  /// Forgets everything, as after STARTTLS or for a new connection.
  void Reset();

 private:
  /// How far the reply at the front of a buffer is understood.
  struct Progress {
    int code = 0;
    std::uint32_t lines = 0;  ///< complete ones
    ReplyFaults faults;
    std::size_t line_start = 0;  ///< of the line not yet complete; the reply's end once complete
    std::size_t scanned = 0;     ///< octets that need no second look
  };
  enum class State { kNeedMore, kComplete, kUnbounded };

  static State Scan(std::string_view buffer, Progress& progress);
  static State EndLine(std::string_view line, Progress& progress);
  std::optional<Reply> NextFromInput(std::string_view& input);
  std::optional<Reply> NextFromPartial(std::string_view& input);
  void DropPartial();
  std::optional<Reply> GiveUp(std::string_view raw, Progress& progress);

  std::string partial_;
  std::size_t returned_ = 0;  ///< front of partial_ that the last Next() handed out
  Progress progress_;         ///< of partial_; meaningless while that is empty
  bool given_up_ = false;
};

}  // namespace smtpgauge::smtp
