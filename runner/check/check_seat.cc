#include "runner/check/check_seat.h"

#include <algorithm>

namespace smtpgauge {

CaseResult Describe(const Plan& plan, const Script& script) {
  const ScenarioHeader& header = plan.headers[script.header];
  CaseResult result;
  result.id = script.id;
  result.title = script.title;
  result.level = script.level;
  result.rfc = header.rfc;
  result.section = header.section;
  result.file = header.file;
  return result;
}

CheckSeat::CheckSeat(CheckContext& context, std::uint16_t script, Knowledge* learn,
                     DoneFunction done)
    : Seat(context.loop, context.tls, context.destination, context.plan.scripts[script], script,
           context.options),
      context_(context),
      learn_(learn),
      done_(std::move(done)) {}

void CheckSeat::Begin(std::string_view token) {
  began_ = std::chrono::steady_clock::now();
  session().SetSlot(kTokenSlot, token);
  session().SetSlot(kSenderSlot, context_.sender);
  session().SetSlot(kRecipientSlot, context_.recipient);
  Seat::Begin(began_);
}

void CheckSeat::OnReply(Session& session, const ObservedReply& observed) {
  greeted_ = true;
  const int code = observed.reply->code;
  if (code == 421) service_closed_ = true;
  if (code / 100 == 4 && (observed.verb == "MAIL" || observed.verb == "RCPT")) deferred_ = true;
  if (learn_ != nullptr) learn_->Learn(observed);
  context_.observations.OnReply(
      {observed.reply, observed.extensions, observed.verb, observed.phase, observed.took},
      session.script().id);
}

void CheckSeat::OnPeerClosed(Session& session, CloseKind, bool allowed) {
  if (!greeted_) service_closed_ = true;
  // An abusive case may be cut off without a word; that is judged by the case itself.
  const auto& needs = session.script().needs;
  const bool abusive = std::find(needs.begin(), needs.end(), Need::kDisruptive) != needs.end();
  if (!abusive) context_.observations.OnPeerClosed(allowed, session.script().id);
}

void CheckSeat::OnTlsFacts(const Connection& connection) {
  if (learn_ != nullptr) learn_->tls_facts = TlsFactsText(connection.tls_facts());
}

void CheckSeat::Finished() {
  const Script& script = session().script();
  const CaseOutcome& outcome = session().outcome();
  CaseResult result = Describe(context_.plan, script);
  result.verdict = outcome.verdict;
  result.reason = outcome.reason;
  result.expected = outcome.expected;
  result.actual = outcome.actual;
  result.step =
      outcome.pointer < script.pointers.size() ? script.pointers[outcome.pointer] : std::string();
  result.duration = std::chrono::steady_clock::now() - began_;
  result.transcript = session().TakeTranscript();
  const Secrets* secrets = session().secrets();
  context_.observations.OnCase(script.id, result.transcript,
                               secrets != nullptr ? *secrets : Secrets());
  done_(*this, std::move(result));
}

}  // namespace smtpgauge
