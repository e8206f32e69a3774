// AUTH exchanges (RFC 4954 section 4).
#include <algorithm>

#include <fmt/format.h>

#include "runner/session/auth_state.h"
#include "runner/session/load_state.h"
#include "runner/session/session.h"
#include "runner/smtp/base64.h"

namespace smtpgauge {
namespace {

constexpr std::uint8_t kMaxContinuations = 10;  // no mechanism of ours needs more than four

std::string Edited(const std::vector<Authenticate::Edit>& edits, std::uint8_t message,
                   std::string text) {
  for (const Authenticate::Edit& edit : edits) {
    if (edit.message != message) continue;
    const auto old = edit.find.Find(text);
    if (!old || old->data() == nullptr) continue;  // no match, or of a group that took no part
    text.replace(static_cast<std::size_t>(old->data() - text.data()), old->size(), edit.replace);
  }
  return text;
}

bool HoldsSecret(const Text& text) {
  return std::any_of(text.pieces.begin(), text.pieces.end(),
                     [](const TextPiece& piece) { return piece.secret; });
}

}  // namespace

void Session::Run(const Authenticate& step, const Op& op, TimePoint now) {
  Link& link = LinkOf(op.connection);
  if (!link.tls && !options_.password_in_clear && HoldsSecret(step.password)) {
    if (transcript_) transcript_->Note(op.connection, "no AUTH: the password stays here", now);
    // As part of the usual opening it is left out: what wants a login gets its refusal.
    if (op.section == Section::kSetup) return;
    return Decide(Verdict::kSkipped, op, {}, {},
                  "the password is not sent in clear to another machine; --tls off allows it");
  }
  auth_ = std::make_unique<AuthState>();
  auth_->step = &step;
  auth_->op = &op;
  auth_->mechanism = step.mechanism;
  if (auth_->mechanism.empty() && link.extensions) {
    auth_->mechanism = BestMechanism(link.extensions->AuthMechanisms());
  }
  const Credentials credentials{Rendered(step.user, slots_), Rendered(step.password, slots_),
                                Rendered(step.authzid, slots_)};
  if (HoldsSecret(step.password)) {
    auth_->secrets.Add(credentials.password);
    if (transcript_) transcript_->Keep(credentials.password);
  }
  auth_->client = SaslClient::Create(auth_->mechanism, credentials);
  if (!auth_->client) {
    auth_.reset();
    if (load_) return EndLoadSession(Outcome::kMalformed, now);
    return Decide(Verdict::kBlocked, op, "a mechanism that both sides know", step.mechanism,
                  "no AUTH mechanism in common");
  }
  const bool initial =
      step.initial == Authenticate::Initial::kAlways ||
      (step.initial == Authenticate::Initial::kAuto && auth_->client->client_first());
  const std::string command = "AUTH " + auth_->mechanism;
  if (initial) {
    const auto message = auth_->client->Step({});
    SendAuthMessage(op.connection, link, message.value_or(""), command + " ", now);
  } else {
    QueueOctets(link, op.connection, command + "\r\n", false, now);
  }
  link.exchanges.Push(
      {.op = static_cast<std::uint16_t>(pc_ - 1), .phase = Phase::kAuth, .message = message_});
  Flush(op.connection, link, now);
  WaitFor(Waiting::kReplies, op.connection, link.exchanges.front().deadline);
}

void Session::SendAuthMessage(std::uint8_t connection, Link& link, std::string message,
                              std::string_view prefix, TimePoint now) {
  ++auth_->messages;
  message = Edited(auth_->step->edits, auth_->messages, std::move(message));
  std::string encoded = smtp::EncodeBase64(message);
  if (encoded.empty() && !prefix.empty())
    encoded = "=";  // RFC 4954 section 4: an empty initial response
  QueueOctets(link, connection, prefix, false, now);
  QueueOctets(link, connection, encoded, true, now);
  auth_->secrets.Add(encoded);
  QueueOctets(link, connection, "\r\n", false, now);
}

void Session::HandleAuthReply(std::uint8_t connection, Link& link, const smtp::Reply& reply,
                              TimePoint now) {
  AuthState& auth = *auth_;
  Exchange& exchange = link.exchanges.front();
  if (reply.code == 334 && auth.continuations < kMaxContinuations) {
    ++auth.continuations;
    const auto challenge = smtp::DecodeBase64(smtp::ReplyLine(reply, 0));
    auth.challenges +=
        fmt::format("{}:{}\n", auth.continuations, challenge.value_or("(not base64)"));
    if (auth.continuations == 1 && auth.step->capture_challenge != kNoSlot) {
      slots_[auth.step->capture_challenge] = challenge.value_or("");
    }
    const auto message = challenge ? auth.client->Step(*challenge) : std::nullopt;
    if (message) {
      SendAuthMessage(connection, link, *message, {}, now);
    } else {
      QueueOctets(link, connection, "*\r\n", false, now);  // RFC 4954 section 4: the client cancels
    }
    exchange.deadline = now + Limit(Phase::kAuth);
    Flush(connection, link, now);
    deadline_ = exchange.deadline;
    return;
  }
  const Op& op = *auth.op;
  const Authenticate& step = *auth.step;
  if (step.capture_steps != kNoSlot)
    slots_[step.capture_steps] = std::to_string(auth.continuations);
  const Expectation& expectation = script_.expectations[step.expectation];
  Judgement judgement = Judge(expectation, reply, {nullptr, &slots_, now - exchange.started});
  for (const Predicate& predicate : step.challenges) {
    const bool matches = predicate.pattern && predicate.pattern->Matches(auth.challenges);
    if (matches == (predicate.kind != Predicate::Kind::kNotText)) continue;
    if (Worse(predicate.otherwise, judgement.verdict) == judgement.verdict) continue;
    judgement = {predicate.otherwise, predicate.note};
  }
  const Exchange finished = exchange;
  const Secrets secrets = std::move(auth.secrets);
  auth_.reset();
  link.exchanges.Pop();
  waiting_ = Waiting::kNothing;
  deadline_ = TimePoint::max();
  if (load_) {
    const Outcome outcome = reply.code < 300   ? Outcome::k2yz
                            : reply.code < 500 ? Outcome::k4yz
                                               : Outcome::k5yz;
    Emit(finished, outcome, judgement.verdict, static_cast<std::uint16_t>(reply.code),
         smtp::EnhancedCodeOf(reply), now);
    if (Worse(judgement.verdict, Verdict::kWarn) == Verdict::kWarn) return;
    std::string actual(reply.raw);
    secrets.Mask(actual);
    host_.OnExample(*this, op, judgement.verdict, actual);
    return EndLoadSession(outcome, now);
  }
  Decide(judgement.verdict, op, expectation.expected,
         smtp::ReplyText(reply).insert(0, std::to_string(reply.code) + " "), judgement.note);
}

}  // namespace smtpgauge
