// What becomes of the connections: come about, failed, in TLS, or closed by the server.
#include <fmt/format.h>

#include "runner/session/load_state.h"
#include "runner/session/session.h"

namespace smtpgauge {
namespace {

/// A connection without octets for so long may be closed without a word: the server timed out.
constexpr Duration kIdle = std::chrono::minutes(1);

/// Whether a 421 is among replies that nobody has asked for yet.
bool Announces421(std::string_view backlog) {
  return backlog.starts_with("421") || backlog.find("\n421") != std::string_view::npos;
}

}  // namespace

void Session::OnConnected(std::uint8_t connection, TimePoint now) {
  if (waiting_ != Waiting::kConnect) return;
  Link& link = LinkOf(connection);
  link.open = true;
  link.active = now;
  if (load_)
    Emit({.op = static_cast<std::uint16_t>(pc_ - 1U),
          .phase = Phase::kConnect,
          .started = step_began_},
         Outcome::k2yz, Verdict::kPass, 0, {}, now);
  const auto& how = std::get<smtpgauge::Connect>(script_.ops[pc_ - 1U].action);
  const bool implicit = how.tls == Connect::Tls::kImplicit ||
                        (how.tls == Connect::Tls::kTarget && options_.implicit_tls);
  if (!implicit) {
    Resume(now);
    AfterEvent(now);
    return;
  }
  step_began_ = now;
  host_.StartTls(*this, connection, nullptr);
  WaitFor(Waiting::kHandshake, connection, now + Limit(Phase::kTls));
}

void Session::OnFailed(std::uint8_t connection, NetFailure failure, std::string_view text,
                       TimePoint now) {
  if (done()) return;
  if (waiting_ != Waiting::kConnect || waiting_on_ != connection)
    return OnClosed(connection, CloseKind::kReset, now);
  LinkOf(connection).ended = CloseKind::kReset;
  if (transcript_) transcript_->Note(connection, text, now);
  const Outcome outcome = failure == NetFailure::kRefused    ? Outcome::kRefused
                          : failure == NetFailure::kTimedOut ? Outcome::kTimeout
                          : failure == NetFailure::kTls      ? Outcome::kTlsFailed
                                                             : Outcome::kReset;
  if (load_) {
    if (failure == NetFailure::kLimit) host_.OnLimit(text);
    const auto at = static_cast<std::uint16_t>(pc_ - 1U);
    Emit({.op = at, .phase = Phase::kConnect, .started = step_began_}, outcome, Verdict::kError, 0,
         {}, now);
    host_.OnExample(*this, script_.ops[at], Verdict::kError, text);
    EndLoadSession(outcome, now);
    return;
  }
  const Op& op = script_.ops[pc_ - 1U];
  Decide(std::get<smtpgauge::Connect>(op.action).refused, op, "a connection", std::string(text),
         fmt::format("no connection: {}", text));
  Resume(now);
}

void Session::OnClosed(std::uint8_t connection, CloseKind kind, TimePoint now) {
  if (done()) return;
  Link& link = LinkOf(connection);
  if (link.ended && waiting_ != Waiting::kReplies) return;
  link.ended = kind;
  if (transcript_) {
    transcript_->Note(connection,
                      kind == CloseKind::kReset       ? "connection reset by the server"
                      : kind == CloseKind::kTlsNotify ? "closed by the server (close_notify)"
                                                      : "closed by the server (FIN)",
                      now);
  }
  // Whoever breaks off a handshake says so in TLS, or not at all.
  const bool handshake =
      waiting_ == Waiting::kHandshake || (pc_ > 0 && script_.ops[pc_ - 1U].phase == Phase::kTls);
  // Section 3.8 allows it after a timeout; whether that was long enough is for cases about
  // timeouts.
  const bool timed_out = now - link.active >= kIdle;
  const bool allowed = handshake || timed_out || link.quit_sent || link.we_closed ||
                       link.close_announced || Announces421(link.backlog);
  if (!load_) host_.OnPeerClosed(*this, kind, allowed);
  if (waiting_ == Waiting::kClose && waiting_on_ == connection) {
    JudgeClose(kind);
    Resume(now);
  } else if (waiting_ == Waiting::kSilence && waiting_on_ == connection) {
    const Op& op = script_.ops[pc_ - 1U];
    const auto& step = std::get<Silence>(op.action);
    link.close_observed = true;
    Decide(step.on_close, op, step.expected, "the server closed the connection", {});
    Resume(now);
  } else if (waiting_ == Waiting::kHandshake && waiting_on_ == connection) {
    OnHandshake(connection, false, "the server closed the connection", now);
  } else if (!link.exchanges.empty() && waiting_ == Waiting::kReplies) {
    HandleNoReply(
        link, kind == CloseKind::kReset ? Outcome::kReset : Outcome::kClosed,
        kind == CloseKind::kReset ? "the connection was reset" : "the server closed the connection",
        now);
  } else if (load_) {
    EndLoadSession(kind == CloseKind::kReset ? Outcome::kReset : Outcome::kClosed, now);
  }
  AfterEvent(now);
}

void Session::OnHandshake(std::uint8_t connection, bool completed, std::string_view facts,
                          TimePoint now) {
  if (waiting_ != Waiting::kHandshake) return;
  Link& link = LinkOf(connection);
  link.tls = completed;
  if (transcript_)
    transcript_->Note(connection,
                      fmt::format("TLS {}: {}", completed ? "established" : "failed", facts), now);
  if (load_) {
    const auto at = static_cast<std::uint16_t>(pc_ - 1U);
    Emit({.op = at, .phase = Phase::kTls, .started = step_began_},
         completed ? Outcome::k2yz : Outcome::kTlsFailed,
         completed ? Verdict::kPass : Verdict::kError, 0, {}, now);
    if (!completed) host_.OnExample(*this, script_.ops[at], Verdict::kError, facts);
    if (!completed) return EndLoadSession(Outcome::kTlsFailed, now);
    Resume(now);
    return AfterEvent(now);
  }
  const Op& op = script_.ops[pc_ - 1U];
  if (!completed) link.ended = link.ended.value_or(CloseKind::kFin);
  if (const auto* step = std::get_if<smtpgauge::StartTls>(&op.action)) {
    const Verdict failed = now >= deadline_ ? step->silence : step->failed;
    Decide(completed ? step->completed : failed, op, step->expected,
           fmt::format("handshake {}: {}", completed ? "completed" : "failed", facts), {});
    if (completed) {
      for (const Predicate& predicate : step->facts) {
        const bool matches = predicate.pattern && predicate.pattern->Matches(facts);
        if (matches == (predicate.kind == Predicate::Kind::kNotText)) {
          Decide(predicate.otherwise, op, step->expected, std::string(facts), predicate.note);
        }
      }
    }
  } else if (!completed) {
    Decide(Verdict::kError, op, "a TLS connection", std::string(facts),
           "no TLS: " + std::string(facts));
  }
  Resume(now);
  AfterEvent(now);
}

}  // namespace smtpgauge
