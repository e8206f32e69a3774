// Replies: matched to the commands that they answer, judged, and what they teach is kept.
#include <algorithm>

#include <fmt/format.h>

#include "runner/session/auth_state.h"
#include "runner/session/load_state.h"
#include "runner/session/session.h"

namespace smtpgauge {
namespace {

constexpr std::size_t kMaxActual = 600;

/// A reply in one line for people: lines joined with " | ", bounded. Control octets stay; writers
/// escape them.
std::string OneLine(const smtp::Reply& reply) {
  std::string out(reply.raw.substr(0, kMaxActual));
  if (reply.raw.size() > kMaxActual) out += "...";
  while (!out.empty() && (out.back() == '\n' || out.back() == '\r'))
    out.pop_back();
  for (std::size_t at = out.find("\r\n"); at != std::string::npos; at = out.find("\r\n", at))
    out.replace(at, 2, " | ");
  return out;
}

std::string Verb(std::string_view command) {
  std::string verb(command.substr(0, command.find_first_of(" \r\n:")));
  std::transform(verb.begin(), verb.end(), verb.begin(), [](unsigned char c) {
    return static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  });
  return verb;
}

constexpr std::string_view kUnknownVerb = "?";

std::string VerbOf(const Send& send) {
  std::string_view octets = send.text.octets;
  for (const TextPiece& piece : send.text.pieces) {
    if (!octets.empty()) break;
    if (piece.kind == TextPiece::Kind::kLiteral) octets = piece.octets;
  }
  return Verb(octets);
}

/// The verb whose reply `op` awaits: that of the write before it. With several replies owed to one
/// write nobody can tell which answers what.
std::string VerbBefore(const Script& script, std::uint16_t op, Phase phase) {
  if (std::holds_alternative<Authenticate>(script.ops[op].action)) return "AUTH";
  if (phase == Phase::kGreeting) return {};
  if (phase == Phase::kEod) return ".";
  for (std::size_t i = op; i > 0; --i) {
    const Op& before = script.ops[i - 1];
    if (before.connection != script.ops[op].connection) continue;
    if (const auto* send = std::get_if<Send>(&before.action)) {
      const std::string_view octets = send->text.octets;
      const std::size_t end = octets.find("\r\n");
      const bool several = end != std::string_view::npos && end + 2 < octets.size();
      return several ? std::string(kUnknownVerb) : VerbOf(*send);
    }
    if (std::holds_alternative<Await>(before.action)) return std::string(kUnknownVerb);
    if (std::holds_alternative<SendMessage>(before.action)) return ".";
  }
  return {};
}

}  // namespace

void Session::NoteCode(int code) {
  if (code == code_) return;
  code_ = code;
  if (script_.reads_code) slots_[kCodeSlot] = std::to_string(code);
}

void Session::HandleReply(std::uint8_t connection, Link& link, const smtp::Reply& reply,
                          TimePoint now) {
  if (reply.code == 421) link.close_announced = true;
  if (link.exchanges.empty()) return JudgeUnasked(link, reply, now);
  Exchange& exchange = link.exchanges.front();
  NoteCode(reply.code);
  if (!load_) {
    if (exchange.started != TimePoint{})
      slowest_reply_ = std::max(slowest_reply_, now - exchange.started);
    Observe(link, exchange, reply, now);
  }
  if (reply.faults.Has(smtp::ReplyFault::kUnbounded)) {
    return HandleNoReply(link, Outcome::kMalformed, "a reply without end", now);
  }
  if (exchange.op == Exchange::kRecovery) return HandleRecoveryReply(connection, link, reply, now);
  if (exchange.op >= Exchange::kFirstOwn) return HandleProofReply(connection, link, reply, now);
  if (auth_) return HandleAuthReply(connection, link, reply, now);
  const Op& op = script_.ops[exchange.op];
  JudgeReply(connection, link, exchange, op, std::get<Await>(op.action), reply, now);
  if (done() || proving_ || waiting_ != Waiting::kReplies || connection != waiting_on_) return;
  if (link.exchanges.empty()) {
    waiting_ = Waiting::kNothing;
    deadline_ = TimePoint::max();
  } else {
    TakeTurn(link.exchanges.front(), now);
  }
}

/// The server takes the commands of a group in turn: the time for this one begins with the reply
/// before it.
void Session::TakeTurn(Exchange& exchange, TimePoint now) {
  if (!load_ && exchange.started != TimePoint{}) {
    exchange.deadline += now - exchange.started;
    exchange.started = now;
  }
  deadline_ = exchange.deadline;
}

/// Code, predicates, and captures, which later steps need.
Judgement Session::JudgeWhole(const Expectation& expectation, const Await& await, const Link& link,
                              const smtp::Reply& reply, Duration took) {
  Judgement judgement =
      Judge(expectation, reply, {await.ehlo ? link.extensions.get() : nullptr, &slots_, took});
  for (const Capture& capture : expectation.captures) {
    bool found = false;
    std::string value = capture.pattern.Capture(smtp::ReplyText(reply), &found);
    if (found) {
      slots_[capture.slot] = std::move(value);
    } else if (Worse(capture.otherwise, judgement.verdict) != judgement.verdict) {
      judgement = {capture.otherwise, "the reply does not hold what a later step needs"};
    }
  }
  return judgement;
}

/// So many replies less are owed; the exchange is forgotten with its last one.
Exchange Session::Answered(Link& link, Exchange& exchange, std::uint32_t replies) {
  if (exchange.replies == 0) {
    // LMTP end of data (RFC 2033 section 4.2): every earlier reply is in, so the number is known.
    exchange.replies = 1;
    const MessageState* message = InFlight(exchange.message);
    if (message != nullptr && message->accepted > 1) exchange.replies = message->accepted;
  }
  const Exchange answered = exchange;
  exchange.replies -= replies;
  if (exchange.replies == 0) link.exchanges.Pop();
  return answered;
}

void Session::JudgeReply(std::uint8_t connection, Link& link, Exchange& exchange, const Op& op,
                         const Await& await, const smtp::Reply& reply, TimePoint now) {
  const Expectation& expectation = script_.expectations[await.expectation];
  if (await.ehlo && reply.code == 250) LearnExtensions(connection, link, reply);
  const bool code_decides = expectation.CodeDecides();
  if (load_) {
    const Verdict verdict =
        code_decides ? JudgeCode(expectation, reply.code)
                     : JudgeWhole(expectation, await, link, reply, now - exchange.started).verdict;
    const Exchange answered = Answered(link, exchange, 1);
    if (!link.exchanges.empty()) link.exchanges.front().turn = now;
    return LoadReply(connection, link, answered, op, reply, verdict, 1, now);
  }
  Judgement judgement = code_decides
                            ? Judgement{JudgeCode(expectation, reply.code), {}}
                            : JudgeWhole(expectation, await, link, reply, now - exchange.started);
  const int usual = options_.usual_refusals[static_cast<std::size_t>(op.phase)];
  if (judgement.verdict != Verdict::kPass && usual != 0 && reply.code == usual)
    judgement = {Verdict::kBlocked, "a plain transaction is refused alike"};
  const bool positive = reply.code >= 200 && reply.code < 300;
  if (await.counts_recipient && positive) ++accepted_recipients_;
  const Exchange answered = Answered(link, exchange, 1);
  if (op.phase == Phase::kEod || op.phase == Phase::kEhlo ||
      (op.phase == Phase::kMail && positive)) {
    if (answered.replies == 1) accepted_recipients_ = 0;
  }
  if (judgement.verdict == Verdict::kPass) return;
  Decide(judgement.verdict, op, expectation.expected, OneLine(reply), std::move(judgement.note));
}

/// A reply although nothing was asked: during a silence, or instead of a close.
void Session::JudgeUnasked(Link& link, const smtp::Reply& reply, TimePoint now) {
  const Op& op = script_.ops[pc_ - 1U];
  NoteCode(reply.code);
  // An alert of TLS is no reply, and may end in the octet of LF.
  if (op.phase != Phase::kTls) Observe(link, {.phase = Phase::kOther, .started = now}, reply, now);
  if (const auto* silence = std::get_if<Silence>(&op.action)) {
    const bool legal = reply.code >= 200 && reply.code <= 599;
    Decide(legal ? silence->codes[static_cast<std::size_t>(reply.code - 200)] : silence->malformed,
           op, silence->expected, OneLine(reply), {});
    waiting_ = Waiting::kNothing;
    deadline_ = TimePoint::max();
    return;
  }
  const auto& close = std::get<AwaitClose>(op.action);
  // 421 announces the close that is awaited (RFC 5321 section 3.8).
  if (reply.code == 421) return;
  Decide(close.reply, op, close.expected, OneLine(reply), {});
  if (proving_) return;
  link.close_observed = true;
}

void Session::LearnExtensions(std::uint8_t connection, Link& link, const smtp::Reply& reply) {
  link.extensions = smtp::SharedExtensions(reply);
  if (connection != 1) return;
  for (const EhloSlot& slot : script_.ehlo_slots) {
    slots_[slot.slot] = link.extensions->Parameters(slot.keyword).value_or("");
  }
}

void Session::Observe(const Link& link, const Exchange& exchange, const smtp::Reply& reply,
                      TimePoint now) {
  std::string verb;
  if (exchange.op == Exchange::kNoopProof) {
    verb = "NOOP";
  } else if (exchange.op == Exchange::kQuitProof) {
    verb = "QUIT";
  } else if (exchange.op < script_.ops.size()) {
    verb = VerbBefore(script_, exchange.op, exchange.phase);
  }
  host_.OnReply(*this,
                {&reply, link.extensions.get(), verb, exchange.phase,
                 exchange.started == TimePoint{} ? Duration{} : now - exchange.started, link.tls});
}

/// No (legal) reply will come to what is owed: timeout, close, reset, or octets that never end.
void Session::HandleNoReply(Link& link, Outcome outcome, std::string_view what, TimePoint now) {
  if (link.exchanges.empty()) {
    link.ended = link.ended.value_or(CloseKind::kReset);
    return;
  }
  const Exchange exchange = link.exchanges.front();
  if (load_) {
    const std::uint16_t at = exchange.op < script_.ops.size() ? exchange.op : std::uint16_t{0};
    Emit(exchange, outcome, Verdict::kError, 0, {}, now);
    host_.OnExample(*this, script_.ops[at], Verdict::kError, what);
    EndLoadSession(outcome, now);
    return;
  }
  std::string actual(what);
  if (outcome == Outcome::kTimeout) {
    actual += fmt::format(" within {:.3g} s",
                          std::chrono::duration<double>(now - exchange.started).count());
  }
  if (link.parser.Pending() > 0)
    actual += fmt::format(" (after {} octets of an unfinished reply)", link.parser.Pending());
  auth_.reset();
  if (exchange.op >= Exchange::kFirstOwn) {
    LoseSync(std::move(actual), "the server did not answer NOOP and QUIT behind the probe");
  } else {
    const Op& op = script_.ops[exchange.op];
    const auto* await = std::get_if<Await>(&op.action);
    const Expectation& expectation =
        script_.expectations[await != nullptr ? await->expectation
                                              : std::get<Authenticate>(op.action).expectation];
    Verdict verdict = outcome == Outcome::kTimeout     ? expectation.on_silence
                      : outcome == Outcome::kMalformed ? expectation.malformed
                                                       : expectation.on_close;
    // Behind a 421 nothing is owed any more (RFC 5321 section 3.8).
    const bool announced = link.close_announced && outcome != Outcome::kMalformed;
    if (announced && verdict == Verdict::kFail) verdict = Verdict::kBlocked;
    Decide(verdict, op, expectation.expected, std::move(actual),
           announced ? "the service had closed (421)" : "");
    if (link.ended) link.close_observed = true;
    link.owes_reply = outcome == Outcome::kTimeout;
  }
  link.exchanges.Clear();
  if (waiting_ != Waiting::kDone) Resume(now);
}

}  // namespace smtpgauge
