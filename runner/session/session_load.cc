// Load: messages one after another, grouped under PIPELINING, and recovery from refusals.
#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "runner/session/load_state.h"
#include "runner/session/session.h"

namespace smtpgauge {
namespace {

Outcome OutcomeOf(int code) {
  switch (code / 100) {
    case 2:
      return Outcome::k2yz;
    case 3:
      return Outcome::k3yz;
    case 4:
      return Outcome::k4yz;
    case 5:
      return Outcome::k5yz;
  }
  return Outcome::kMalformed;
}

/// The string keeps its capacity, so nothing is allocated.
void AssignNumber(std::uint64_t number, std::string& out) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.assign(digits.data(), end);
}

constexpr std::size_t kMostShown = 200;

/// A reply that its command cannot have: replies and commands have lost each other.
bool OutOfStep(Phase phase, Outcome outcome) {
  if (phase == Phase::kData) return outcome == Outcome::k2yz;
  const bool transaction = phase == Phase::kMail || phase == Phase::kRcpt || phase == Phase::kEod;
  return transaction && outcome == Outcome::k3yz;
}

bool Passed(Verdict verdict) {
  return verdict == Verdict::kPass || verdict == Verdict::kWarn;
}

}  // namespace

bool Session::Pipelines() const {
  if (!load_ || load_->needs_reset) return false;
  if (options_.pipelining == Switch::kOn) return true;
  return options_.pipelining == Switch::kAuto && links_[0].extensions &&
         links_[0].extensions->Has("PIPELINING");
}

bool Session::Chunks() const {
  if (options_.chunking == Switch::kOn) return true;
  return options_.chunking == Switch::kAuto && links_[0].extensions &&
         links_[0].extensions->Has("CHUNKING");
}

/// Response time counts from the intended start: what a message (or session) began too late is
/// added to each of its exchanges. Behind the first message a session is nobody's delay any more.
Duration Session::Lateness(const MessageState* message) const {
  if (message != nullptr) return message->started - message->scheduled;
  return message_ == 0 ? load_->session_lateness : Duration{};
}

/// Service time of a command in a group counts from its turn: what came before it in the group is
/// not its own.
Event Session::Emit(const Exchange& exchange, Outcome outcome, Verdict verdict, std::uint16_t code,
                    smtp::EnhancedCode enhanced, TimePoint now, std::uint32_t count) {
  const TimePoint started = exchange.started == TimePoint{} ? now : exchange.started;
  // The handshake alone is timed as TLS, and not the 220 that invites to it.
  const bool invitation = exchange.phase == Phase::kTls && code != 0;
  const MessageState* const message = InFlight(exchange.message);
  const TimePoint scheduled = started - std::max(Duration{}, Lateness(message));
  const Event event{.phase = invitation ? Phase::kOther : exchange.phase,
                    .outcome = outcome,
                    .verdict = verdict,
                    .script = index_,
                    .step = exchange.op,
                    .code = code,
                    .enhanced = enhanced,
                    .due = message == nullptr ? scheduled : message->scheduled,
                    .scheduled = scheduled,
                    .started = std::max(started, exchange.turn),
                    .finished = now,
                    .count = count};
  host_.OnEvent(event);
  return event;
}

/// The whole session, connect to close.
void Session::EmitSession(Outcome outcome, Verdict verdict, TimePoint now) {
  const TimePoint scheduled = load_->started - std::max(Duration{}, load_->session_lateness);
  host_.OnEvent({.phase = Phase::kSession,
                 .outcome = outcome,
                 .verdict = verdict,
                 .script = index_,
                 .due = scheduled,
                 .scheduled = scheduled,
                 .started = load_->started,
                 .finished = now});
}

/// Sends what is queued and waits for every reply owed.
void Session::AwaitOwed(TimePoint now) {
  FlushAll(now);
  WaitFor(Waiting::kReplies, 1, links_[0].exchanges.front().deadline);
}

/// At the beginning of `steps`: the next message, or a wait, or the end of the connection.
void Session::BeginMessage(TimePoint now) {
  LoadState& load = *load_;
  Link& link = links_[0];
  // The dot and the next envelope form one group (RFC 2920 section 3.1), and so do whole messages
  // in BDAT.
  const std::size_t most = Chunks() ? std::max(1U, options_.bdat_group) : 2U;
  const bool may_run_ahead = Pipelines() && load.window.size() < most;
  if (!link.exchanges.empty() && !may_run_ahead) return AwaitOwed(now);
  if (load.needs_reset) {
    load.needs_reset = false;
    QueueOctets(link, 1, "RSET\r\n", false, now);
    link.exchanges.Push({.op = Exchange::kRecovery, .phase = Phase::kOther});
    return AwaitOwed(now);
  }
  const bool connects = std::holds_alternative<smtpgauge::Connect>(script_.ops[pc_].action);
  if (link.we_closed && !connects) {
    // The scenario itself closed (an aborter): nothing is left to say.
    load.closing = true;
    pc_ = static_cast<std::uint16_t>(script_.ops.size());
    return;
  }
  MessageJob job;
  switch (host_.NextMessage(*this, job)) {
    case SessionHost::Next::kMessage:
      return TakeJob(job, now);
    case SessionHost::Next::kWait:
      if (!link.exchanges.empty()) return AwaitOwed(now);
      FlushAll(now);
      return WaitFor(Waiting::kMessage, 1,
                     job.scheduled == TimePoint{} ? TimePoint::max() : job.scheduled);
    case SessionHost::Next::kClose:
      if (!link.exchanges.empty()) return AwaitOwed(now);
      load.closing = true;
      pc_ = script_.close;
      return;
  }
}

void Session::TakeJob(const MessageJob& job, TimePoint now) {
  load_->job = job;
  ++message_;
  MessageState& message = load_->window.emplace_back();
  message.scheduled = std::min(job.scheduled, now);
  message.started = now;
  slots_[kSenderSlot].assign(job.sender);
  slots_[kRecipientSlot] = (*job.recipients)[job.first_recipient % job.recipients->size()];
  if (script_.reads_message) AssignNumber(message_, slots_[kMessageSlot]);
  if (script_.reads_size) AssignNumber(job.content.octets, slots_[kSizeSlot]);
}

/// Every command of the message was queued; its last reply may still be owed.
void Session::EndSteps(TimePoint now) {
  MessageState& message = MessageOf(message_);
  message.issued = true;
  loops_.clear();
  pc_ = script_.steps;
  if (message.outstanding == 0) CompleteMessage(message, now);
}

/// Takes what follows `reply` in `input` and is the same, octet for octet, as answers to a run of
/// commands. They came in the instant of the reply before, so that all took no time of their own,
/// for the same response time, and one event tells of them. What has to be looked into, what may
/// serve as an example, and the last reply of a run go the usual way.
void Session::TakeRepeats(std::uint8_t connection, Link& link, const smtp::Reply& reply,
                          std::string_view& input, TimePoint now) {
  if (link.exchanges.empty()) return;  // as when the session has ended
  Exchange& run = link.exchanges.front();
  if (run.replies <= 1 || run.turn != now) return;
  const Op& op = script_.ops[run.op];
  const Expectation& expectation = script_.expectations[std::get<Await>(op.action).expectation];
  const Verdict verdict = JudgeCode(expectation, reply.code);
  if (!Passed(verdict) || !expectation.CodeDecides()) return;
  const auto count =
      static_cast<std::uint32_t>(smtp::ReplyParser::TakeRepeats(reply, input, run.replies - 1));
  if (count == 0) return;
  const Exchange answered = Answered(link, run, count);
  LoadReply(connection, link, answered, op, reply, verdict, count, now);
}

void Session::LoadReply(std::uint8_t connection, Link& link, const Exchange& exchange, const Op& op,
                        const smtp::Reply& reply, Verdict verdict, std::uint32_t count,
                        TimePoint now) {
  const Event event =
      Emit(exchange, OutcomeOf(reply.code), verdict, static_cast<std::uint16_t>(reply.code),
           smtp::EnhancedCodeOf(reply), now, count);
  if (!Passed(verdict)) host_.OnExample(*this, op, verdict, reply.raw);
  MessageState* const in_flight = InFlight(exchange.message);
  if (in_flight != nullptr && op.phase == Phase::kMail) in_flight->turn = event.started;
  if (reply.code == 421) return EndLoadSession(Outcome::k4yz, now);
  if (OutOfStep(op.phase, event.outcome)) return EndLoadSession(Outcome::kMalformed, now);
  if (in_flight == nullptr || load_->closing) {
    // What the connection needs (greeting, EHLO, AUTH) was refused, or QUIT was answered oddly.
    if (!Passed(verdict) && !load_->closing) EndLoadSession(event.outcome, now);
    return;
  }
  MessageState& message = *in_flight;
  JudgeMessage(message, exchange.message, op.phase, event);
  if (message.refused && op.phase == Phase::kData && reply.code == 354) {
    // RFC 2920 section 3.1: a 354 although every recipient was refused is answered with a lone dot.
    QueueOctets(link, connection, ".\r\n", false, now);
    link.exchanges.Push({.op = Exchange::kRecovery, .phase = Phase::kOther});
    Flush(connection, link, now);
  }
  if (exchange.replies > count) return;
  --message.outstanding;
  if (message.issued && message.outstanding == 0) CompleteMessage(message, now);
}

/// What a reply means for its message. The first refusal decides, but the content's own reply tops
/// those to single recipients.
void Session::JudgeMessage(MessageState& message, std::uint32_t number, Phase phase,
                           const Event& event) {
  const bool positive = event.outcome == Outcome::k2yz;
  if (phase == Phase::kRcpt) {
    if (positive) {
      message.accepted += event.count;
    } else if (!message.decided) {
      message.Decide(event);
    }
  } else if (phase == Phase::kEod) {
    // LMTP: the first recipient that did not get it decides.
    const bool first = message.final_replies == 0;
    message.final_replies += event.count;
    if (positive) message.final_accepted += event.count;
    // BDAT behind envelopes that were all refused: its own refusal is only what follows of that.
    const bool pointless = !positive && message.accepted == 0 && message.decided;
    if (!message.refused && !pointless && (first || message.outcome == Outcome::k2yz))
      message.Decide(event);
  } else {
    const bool welcome = phase == Phase::kData   ? event.outcome == Outcome::k3yz
                         : phase == Phase::kMail ? positive
                                                 : Passed(event.verdict);
    // A 354 although every recipient was refused is no invitation either.
    const bool pointless = phase == Phase::kData && message.accepted == 0 && message.decided;
    if (!welcome || pointless) RefuseMessage(message, number, event);
  }
}

/// Whatever of the message was not sent yet is left out.
void Session::RefuseMessage(MessageState& message, std::uint32_t number, const Event& event) {
  if (!message.decided) message.Decide(event);
  message.refused = true;
  load_->needs_reset = true;
  if (number == message_ && !message.issued) pc_ = script_.close;
}

void Session::HandleRecoveryReply(std::uint8_t connection, Link& link, const smtp::Reply& reply,
                                  TimePoint now) {
  Emit(link.exchanges.front(), OutcomeOf(reply.code), Verdict::kPass,
       static_cast<std::uint16_t>(reply.code), {}, now);
  link.exchanges.Pop();
  if (!link.exchanges.empty()) link.exchanges.front().turn = now;
  if (reply.code == 421) return EndLoadSession(Outcome::k4yz, now);
  if (waiting_ != Waiting::kReplies || connection != waiting_on_) return;
  if (!link.exchanges.empty()) {
    deadline_ = link.exchanges.front().deadline;
    return;
  }
  waiting_ = Waiting::kNothing;
  deadline_ = TimePoint::max();
}

void Session::CompleteMessage(MessageState& message, TimePoint now) {
  LoadState& load = *load_;
  // A scenario that never offers content (connections only, aborters) has no message to report.
  if (message.decided && script_.delivers) {
    const bool accepted = message.outcome == Outcome::k2yz;
    const bool somebody_has_it = accepted || (options_.lmtp && message.final_accepted > 0);
    host_.OnEvent({.phase = Phase::kMessage,
                   .outcome = message.outcome,
                   .verdict = accepted ? Verdict::kPass : Verdict::kFail,
                   .script = index_,
                   .code = message.code,
                   .enhanced = message.enhanced,
                   .due = message.scheduled,
                   .scheduled = message.scheduled,
                   .started = std::max(message.started, message.turn),
                   .finished = now,
                   .recipients = options_.lmtp ? message.final_accepted
                                 : accepted    ? message.accepted
                                               : 0U,
                   .octets_out = somebody_has_it ? message.octets : 0U});
  }
  message.complete = true;
  std::size_t gone = 0;
  while (gone < load.window.size() && load.window[gone].complete)
    ++gone;
  load.window.erase(load.window.begin(), load.window.begin() + static_cast<std::ptrdiff_t>(gone));
  load.first += static_cast<std::uint32_t>(gone);
}

void Session::FailMessages(Outcome outcome, TimePoint now) {
  for (const MessageState& message : load_->window) {
    if (message.complete || !script_.delivers) continue;
    host_.OnEvent({.phase = Phase::kMessage,
                   .outcome = outcome,
                   .verdict = Verdict::kError,
                   .script = index_,
                   .due = message.scheduled,
                   .scheduled = message.scheduled,
                   .started = std::max(message.started, message.turn),
                   .finished = now,
                   .recipients = options_.lmtp ? message.final_accepted : 0U});
  }
  load_->first += static_cast<std::uint32_t>(load_->window.size());
  load_->window.clear();
}

/// The connection is of no use any more.
void Session::EndLoadSession(Outcome outcome, TimePoint now) {
  if (done()) return;
  FailMessages(outcome, now);
  EmitSession(outcome, Verdict::kError, now);
  for (Link& link : links_)
    link.exchanges.Clear();
  Finish();
}

/// Octets came although every reply was in. 421 announces that the server closes (RFC 5321 section
/// 3.8); behind anything else nobody knows which reply answers what.
void Session::EndUnasked(std::string_view octets, TimePoint now) {
  const bool ends_steps = pc_ == script_.close && !load_->closing && InFlight(message_);
  if (ends_steps && !MessageOf(message_).issued) EndSteps(now);  // its last reply had just come
  constexpr std::string_view kClosing = "421";
  const bool closing = octets.starts_with(kClosing.substr(0, octets.size()));
  const Outcome outcome = closing ? Outcome::k4yz : Outcome::kMalformed;
  Emit({.phase = Phase::kOther, .started = now}, outcome,
       closing ? Verdict::kPass : Verdict::kError, closing ? 421 : 0, {}, now);
  if (!closing) {
    const Op& op = script_.ops[pc_ == 0 ? 0 : std::min<std::size_t>(pc_, script_.ops.size()) - 1];
    host_.OnExample(*this, op, Verdict::kError,
                    fmt::format("a reply that answers nothing: {}", octets.substr(0, kMostShown)));
  }
  EndLoadSession(outcome, now);
}

void Session::OnMessageReady(TimePoint now) {
  if (waiting_ != Waiting::kMessage) return;
  Resume(now);
}

}  // namespace smtpgauge
