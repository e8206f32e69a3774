// A reply against what the scenario expects of it. Pure.
#pragma once

#include <string>

#include "runner/smtp/extension.h"
#include "runner/smtp/reply.h"
#include "scenarios/plan.h"

namespace smtpgauge {

struct Judgement {
  Verdict verdict = Verdict::kPass;
  std::string note;  ///< why, when it is not a pass: empty when the code alone decided
};

/// What a predicate may look at beside the reply.
struct ReplyContext {
  const smtp::ExtensionSet* extensions = nullptr;  ///< of this reply, when it answers EHLO
  const Slots* slots = nullptr;                    ///< for predicates with variables
  Duration took{};                                 ///< command to last octet
};

/// The verdict of the code alone: an array look-up, for the hot path.
[[nodiscard]] inline Verdict JudgeCode(const Expectation& expectation, int code) {
  if (code < 200 || code > 599) return expectation.malformed;
  return expectation.codes[static_cast<std::size_t>(code - 200)];
}

/// Code, then every predicate; the worst verdict wins. Predicates are looked at only when the code
/// itself passed or warned.
[[nodiscard]] Judgement Judge(const Expectation& expectation, const smtp::Reply& reply,
                              const ReplyContext& context);

/// kPass < kWarn < kBlocked < kNotApplicable < kSkipped < kError < kFail.
[[nodiscard]] Verdict Worse(Verdict a, Verdict b);

/// Whether one predicate holds.
[[nodiscard]] bool Holds(const Predicate& predicate, const smtp::Reply& reply,
                         const ReplyContext& context);

}  // namespace smtpgauge
