// The only record that crosses from running to reporting: one exchange, or one whole unit of work.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "runner/smtp/reply.h"

namespace smtpgauge {

using TimePoint = std::chrono::steady_clock::time_point;
using Duration = std::chrono::nanoseconds;

/// Part of the dialogue. kMessage and kSession are whole units: first octet of MAIL to the final
/// reply; connect to close.
enum class Phase : std::uint8_t {
  kConnect,
  kGreeting,
  kTls,
  kEhlo,
  kAuth,
  kMail,
  kRcpt,
  kData,
  kEod,
  kQuit,
  kOther,
  kMessage,
  kSession
};
inline constexpr std::size_t kPhaseCount = 13;
/// "connect", "greeting", ..., "session": the spelling in reports, thresholds and scenarios.
[[nodiscard]] std::string_view PhaseName(Phase phase);
[[nodiscard]] std::optional<Phase> PhaseFromName(std::string_view name);

/// What happened on the wire in one exchange. A network failure is data, not an exception.
enum class Outcome : std::uint8_t {
  k2yz,
  k3yz,
  k4yz,
  k5yz,
  kMalformed,
  kTimeout,
  kRefused,
  kReset,
  kClosed,
  kTlsFailed
};
inline constexpr std::size_t kOutcomeCount = 10;
/// "2xx", "3xx", "4xx", "5xx", "malformed", "timeout", "refused", "reset", "closed", "tls".
[[nodiscard]] std::string_view OutcomeName(Outcome outcome);
[[nodiscard]] std::optional<Outcome> OutcomeFromName(std::string_view name);

/// How one reply, or one requirement, was judged (requirements 0.3; "could not tell" is neither
/// pass nor fail). kError is network trouble or our own.
enum class Verdict : std::uint8_t {
  kPass,
  kWarn,
  kFail,
  kNotApplicable,
  kBlocked,
  kSkipped,
  kError
};
inline constexpr std::size_t kVerdictCount = 7;
/// "pass", "warn", "fail", "not_applicable", "blocked", "skipped", "error".
[[nodiscard]] std::string_view VerdictName(Verdict verdict);
[[nodiscard]] std::optional<Verdict> VerdictFromName(std::string_view name);

/// One exchange: a command (or group member) and its reply, a handshake, a connect, a whole
/// message.
struct Event {
  Phase phase = Phase::kOther;
  Outcome outcome = Outcome::k2yz;
  Verdict verdict = Verdict::kPass;  ///< of the reply against the scenario's expectation
  std::uint16_t script = 0;          ///< index into Plan::scripts
  std::uint16_t step = 0;            ///< index into Script::ops
  std::uint16_t code = 0;            ///< reply code, 0 when there was none
  smtp::EnhancedCode enhanced{};
  /// When its message was due by the schedule (closed loop: was begun), outside of messages
  /// `scheduled`: what belongs together is measured, or left to the warm-up, together.
  TimePoint due{};
  TimePoint scheduled{};         ///< when the load shape wanted it (the session's intended start)
  TimePoint started{};           ///< first octet handed to the kernel
  TimePoint finished{};          ///< last octet of the reply taken
  std::uint32_t recipients = 0;  ///< kMessage: recipients accepted
  std::uint64_t octets_out = 0;  ///< kMessage: content octets, when any recipient has them
  /// So many exchanges that are alike in all of this: a run of a group, answered in one instant.
  std::uint32_t count = 1;
};

}  // namespace smtpgauge
