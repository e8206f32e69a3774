// What a session asks of the outside. The worker answers with sockets, tests with scripts.
#pragma once

#include <sys/uio.h>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runner/record/event.h"
#include "runner/smtp/extension.h"
#include "scenarios/plan.h"

namespace smtpgauge {

class Session;

/// Why there is no connection, or none any more.
enum class NetFailure : std::uint8_t {
  kRefused,
  kReset,
  kTimedOut,
  kUnreachable,
  kTls,
  kLimit,
  kOther
};

/// Content of one message under load. All views outlive the run.
struct Content {
  std::string_view encoded;      ///< dot-stuffed, follows the rendered header
  std::string_view encoded_end;  ///< completes the line and ends the data
  std::string_view raw;          ///< the same for BDAT
  std::string_view raw_end;
  std::uint64_t octets = 0;  ///< content octets of `raw` and `raw_end` (without the header)
  bool whole = false;        ///< has a header of its own: only the fields of the run go in front
};

/// One message that the load shape wants sent.
struct MessageJob {
  TimePoint scheduled{};
  const std::vector<std::string>* recipients = nullptr;  ///< a ring
  std::size_t first_recipient = 0;
  std::uint32_t recipient_count = 1;
  std::string_view sender;
  Content content;
};

/// A reply as the always-on observations see it.
struct ObservedReply {
  const smtp::Reply* reply = nullptr;
  const smtp::ExtensionSet* extensions = nullptr;  ///< of the latest EHLO, null before
  std::string_view verb;  ///< upper case; "" for the greeting, "." for the end of data
  Phase phase = Phase::kOther;
  Duration took{};
  bool tls = false;
};

class SessionHost {
 public:
  virtual ~SessionHost() = default;

  /// Begins to connect. Answer: OnConnected or OnFailed, never from inside this call.
  virtual void Connect(Session& session, std::uint8_t connection,
                       const smtpgauge::Connect& how) = 0;
  /// Client handshake; `how` is null for implicit TLS. Answer: OnHandshake, never from inside.
  virtual void StartTls(Session& session, std::uint8_t connection,
                        const smtpgauge::StartTls* how) = 0;
  /// True: all octets were taken. False: they stay valid until OnWritten.
  virtual bool Write(Session& session, std::uint8_t connection, std::span<const iovec> octets) = 0;
  /// kFin and kReset end the connection: nothing more is heard of it. kHalf ends our side only.
  virtual void Close(Session& session, std::uint8_t connection, Close::How how) = 0;

  /// Check only: stored messages of `recipient` that contain `marker`, whole.
  virtual std::vector<std::string> ReadDelivered(std::string_view recipient,
                                                 std::string_view marker) = 0;
  /// Check only.
  virtual void OnReply(Session& session, const ObservedReply& observed) = 0;
  /// Check only: the peer ended a connection; `allowed` after QUIT or 421.
  virtual void OnPeerClosed(Session& session, CloseKind kind, bool allowed) = 0;

  enum class Next : std::uint8_t { kMessage, kWait, kClose };
  /// Load only: what the session shall do next. kWait: Session::OnMessageReady() will be called; or
  /// the session asks again at job.scheduled, if that was set. May be asked again before the
  /// session is idle(), as long as it awaits replies.
  virtual Next NextMessage(Session& session, MessageJob& job) = 0;
  /// Load only: every exchange, message and session.
  virtual void OnEvent(const Event& event) = 0;
  /// Load only: a limit of this machine stood in the way, not the target. `text` names it.
  virtual void OnLimit(std::string_view text) = 0;
  /// Load only: an exchange that did not pass, with the command that led to it.
  virtual void OnExample(Session& session, const Op& op, Verdict verdict,
                         std::string_view actual) = 0;

  /// The session is over; its outcome() is final. May be called from inside any On...().
  virtual void OnDone(Session& session) = 0;
};

enum class Switch : std::uint8_t { kAuto, kOn, kOff };

/// Settings shared by all sessions of a run; outlives them.
struct SessionOptions {
  bool load = false;
  bool lmtp = false;
  bool implicit_tls = false;
  bool password_in_clear = true;  ///< AUTH may carry the target's password without TLS
  bool transcripts = true;
  Switch pipelining = Switch::kOff;
  Switch chunking = Switch::kOff;
  std::uint32_t bdat_group = 1;  ///< messages of one group with BDAT
  Close::How close = Close::How::kFin;
  double timeout_scale = 1.0;
  /// RFC 5321 section 4.5.3.2 for the greeting, MAIL, RCPT, DATA and its end; by Phase, unscaled.
  std::array<Duration, kPhaseCount> limits{};
  /// What NOOP and QUIT are answered with when nothing is wrong; 0: not known.
  int usual_noop = 0;
  int usual_quit = 0;
  /// The 4yz or 5yz that a plain transaction got, by Phase; 0: none. Who refuses that refuses
  /// everything, and the same code says nothing about what a case tries out.
  std::array<int, kPhaseCount> usual_refusals{};
};

/// The deadlines of RFC 5321 section 4.5.3.2.
[[nodiscard]] std::array<Duration, kPhaseCount> DefaultLimits();

}  // namespace smtpgauge
