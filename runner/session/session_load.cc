// Load: messages one after another, grouped under PIPELINING, and recovery from refusals.
#include <algorithm>

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

Session::MessageState& Session::MessageOf(std::uint32_t number) {
  return load_->window[number - load_->first];
}

/// Response time counts from the intended start: what a message (or session) began too late is
/// added to each of its exchanges.
Duration Session::Lateness(const Exchange& exchange) {
  const bool known =
      exchange.message >= load_->first && exchange.message - load_->first < load_->window.size();
  if (exchange.message == 0 || !known) return load_->session_lateness;
  const MessageState& message = MessageOf(exchange.message);
  return message.started - message.scheduled;
}

void Session::Emit(const Exchange& exchange, Outcome outcome, Verdict verdict, std::uint16_t code,
                   smtp::EnhancedCode enhanced, TimePoint now) {
  const TimePoint started = exchange.started == TimePoint{} ? now : exchange.started;
  host_.OnEvent({.phase = exchange.phase,
                 .outcome = outcome,
                 .verdict = verdict,
                 .script = index_,
                 .step = exchange.op,
                 .code = code,
                 .enhanced = enhanced,
                 .scheduled = started - std::max(Duration{}, Lateness(exchange)),
                 .started = started,
                 .finished = now});
}

/// At the beginning of `steps`: the next message, or a wait, or the end of the connection.
void Session::BeginMessage(TimePoint now) {
  LoadState& load = *load_;
  Link& link = links_[0];
  const std::uint32_t ahead = Chunks() ? std::max(1U, options_.bdat_group) : 1U;
  const bool may_run_ahead = Pipelines() && load.window.size() <= ahead;
  if (!link.exchanges.empty() && !may_run_ahead) {
    FlushAll(now);
    return WaitFor(Waiting::kReplies, 1, link.exchanges.front().deadline);
  }
  if (load.needs_reset) {
    load.needs_reset = false;
    QueueOctets(link, 1, "RSET\r\n", false, now);
    link.exchanges.Push({.op = Exchange::kRecovery, .phase = Phase::kOther});
    FlushAll(now);
    return WaitFor(Waiting::kReplies, 1, link.exchanges.front().deadline);
  }
  MessageJob job;
  switch (host_.NextMessage(*this, job)) {
    case SessionHost::Next::kMessage:
      break;
    case SessionHost::Next::kWait:
      FlushAll(now);
      if (!link.exchanges.empty())
        return WaitFor(Waiting::kReplies, 1, link.exchanges.front().deadline);
      return WaitFor(Waiting::kMessage, 1, TimePoint::max());
    case SessionHost::Next::kClose:
      if (!link.exchanges.empty()) {
        FlushAll(now);
        return WaitFor(Waiting::kReplies, 1, link.exchanges.front().deadline);
      }
      load.closing = true;
      pc_ = script_.close;
      return;
  }
  load.job = job;
  ++message_;
  MessageState& message = load.window.emplace_back();
  message.scheduled = job.scheduled;
  message.started = now;
  message.recipients = job.recipient_count;
  slots_[kSenderSlot].assign(job.sender);
  slots_[kRecipientSlot] = (*job.recipients)[job.first_recipient % job.recipients->size()];
  // fmt and not to_string: the slots keep their capacity, so nothing is allocated here.
  slots_[kMessageSlot].clear();
  fmt::format_to(std::back_inserter(slots_[kMessageSlot]), "{}", message_);
  slots_[kSizeSlot].clear();
  fmt::format_to(std::back_inserter(slots_[kSizeSlot]), "{}", job.content->octets);
}

/// Every command of the message was queued; its last reply may still be owed.
void Session::EndSteps(TimePoint now) {
  MessageState& message = MessageOf(message_);
  message.issued = true;
  if (message.outstanding == 0) CompleteMessage(message, now);
  loops_.clear();
  pc_ = script_.steps;
}

void Session::LoadReply(std::uint8_t connection, Link& link, const Exchange& exchange, const Op& op,
                        const Await& await, const smtp::Reply& reply, Verdict verdict,
                        TimePoint now) {
  const auto code = static_cast<std::uint16_t>(reply.code);
  const auto enhanced = smtp::ParseEnhancedCode(smtp::ReplyLine(reply, 0));
  const Outcome outcome = OutcomeOf(reply.code);
  Emit(exchange, outcome, verdict, code, enhanced, now);
  if (!Passed(verdict)) host_.OnExample(*this, op, verdict, reply.raw);
  const bool in_message = exchange.message >= load_->first && exchange.message != 0 &&
                          exchange.op >= script_.steps && exchange.op < script_.close;
  if (!in_message) {
    // What the connection needs (greeting, EHLO, AUTH) was refused, or QUIT was answered oddly.
    if (!Passed(verdict) && !load_->closing) EndLoadSession(outcome, now);
    return;
  }
  MessageState& message = MessageOf(exchange.message);
  if (await.counts_recipient && outcome == Outcome::k2yz) ++message.accepted;
  if (op.phase == Phase::kEod && outcome == Outcome::k2yz) ++message.accepted_at_eod;
  if (!message.failed || outcome == Outcome::k5yz) {
    message.outcome = outcome;
    message.code = code;
    message.enhanced = enhanced;
  }
  if (exchange.replies > 1) return;
  --message.outstanding;
  if (message.failed && op.phase == Phase::kData && code == 354) {
    // RFC 2920 section 3.1: a 354 although every recipient was refused is answered with a lone dot.
    QueueOctets(link, connection, ".\r\n", false, now);
    link.exchanges.Push(
        {.op = Exchange::kRecovery, .message = exchange.message, .phase = Phase::kOther});
    Flush(connection, link, now);
  } else if (!Passed(verdict) && op.phase != Phase::kEod && !(op.phase == Phase::kRcpt)) {
    RefuseMessage(exchange.message, await);
  } else if (op.phase == Phase::kRcpt && !Passed(verdict) && message.recipients == 1 &&
             message.accepted == 0) {
    RefuseMessage(exchange.message, await);
  }
  if (message.issued && message.outstanding == 0) CompleteMessage(message, now);
}

/// An envelope command was refused: whatever of the message was not sent yet is left out.
void Session::RefuseMessage(std::uint32_t number, const Await&) {
  MessageState& message = MessageOf(number);
  message.failed = true;
  load_->needs_reset = true;
  if (number != message_ || message.issued) return;
  // The message being queued: its remaining commands are skipped.
  pc_ = script_.close;
}

void Session::HandleRecoveryReply(std::uint8_t connection, Link& link, const smtp::Reply& reply,
                                  TimePoint now) {
  Emit(link.exchanges.front(), OutcomeOf(reply.code), Verdict::kPass,
       static_cast<std::uint16_t>(reply.code), {}, now);
  link.exchanges.Pop();
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
  const bool accepted =
      message.outcome == Outcome::k2yz && message.accepted_at_eod > 0 && !message.failed;
  const bool lmtp = options_.lmtp;
  host_.OnEvent({.phase = Phase::kMessage,
                 .outcome = message.outcome,
                 .verdict = accepted ? Verdict::kPass : Verdict::kFail,
                 .script = index_,
                 .code = message.code,
                 .enhanced = message.enhanced,
                 .scheduled = message.scheduled,
                 .started = message.started,
                 .finished = now,
                 .recipients = accepted ? (lmtp ? message.accepted_at_eod : message.accepted) : 0U,
                 .octets_out = accepted ? message.octets : 0U});
  message.issued = true;
  message.outstanding = 0xffffffff;  // completed: waits only for its elders to leave the window
  std::size_t gone = 0;
  while (gone < load.window.size() && load.window[gone].outstanding == 0xffffffff)
    ++gone;
  load.window.erase(load.window.begin(), load.window.begin() + static_cast<std::ptrdiff_t>(gone));
  load.first += static_cast<std::uint32_t>(gone);
}

void Session::FailMessages(Outcome outcome, TimePoint now) {
  for (const MessageState& message : load_->window) {
    if (message.outstanding == 0xffffffff) continue;
    host_.OnEvent({.phase = Phase::kMessage,
                   .outcome = outcome,
                   .verdict = Verdict::kError,
                   .script = index_,
                   .scheduled = message.scheduled,
                   .started = message.started,
                   .finished = now});
  }
  load_->first += static_cast<std::uint32_t>(load_->window.size());
  load_->window.clear();
}

/// The connection is of no use any more.
void Session::EndLoadSession(Outcome outcome, TimePoint now) {
  if (done()) return;
  const bool orderly = load_->closing && links_[0].exchanges.empty() && outcome == Outcome::kClosed;
  FailMessages(outcome, now);
  host_.OnEvent({.phase = Phase::kSession,
                 .outcome = orderly ? Outcome::k2yz : outcome,
                 .verdict = orderly ? Verdict::kPass : Verdict::kError,
                 .script = index_,
                 .scheduled = load_->scheduled,
                 .started = load_->started,
                 .finished = now});
  for (Link& link : links_)
    link.exchanges.Clear();
  Finish(now);
}

void Session::OnMessageReady(TimePoint now) {
  if (waiting_ != Waiting::kMessage) return;
  Resume(now);
}

}  // namespace smtpgauge
