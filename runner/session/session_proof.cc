// Behind every probe: NOOP and QUIT are answered once each, as usual, and nothing follows.
#include <algorithm>

#include <fmt/format.h>

#include "runner/session/auth_state.h"
#include "runner/session/load_state.h"
#include "runner/session/session.h"

namespace smtpgauge {

/// A third of the limit proves that a server is stuck which answered everything else at once; one
/// that takes its time (tarpits) gets ten times its slowest reply.
Duration Session::ProofLimit() const {
  const Duration limit = Limit(Phase::kOther);
  return std::min(limit, std::max(limit / 3, slowest_reply_ * 10));
}

/// Called when the operations are over; again for each connection.
void Session::ProveSync(TimePoint now) {
  proving_ = true;
  if (load_) {
    EmitSession(Outcome::k2yz, Verdict::kPass, now);
    return Finish();
  }
  FlushAll(now);
  const bool judged = outcome_.verdict == Verdict::kPass || outcome_.verdict == Verdict::kWarn;
  if (!judged || !script_.proves_sync) return Finish();
  for (std::size_t i = 0; i < links_.size(); ++i) {
    Link& link = links_[i];
    const auto connection = static_cast<std::uint8_t>(i + 1);
    if (!link.open || link.we_closed || link.close_observed || link.close_announced) continue;
    if (link.owes_reply) continue;
    if (link.backlog.starts_with("421")) return CloseBeforeProof(link.backlog);
    if (link.ended) {
      if (link.quit_sent) continue;
      return LoseSync("the server closed the connection",
                      "the connection did not survive the probe");
    }
    if (!link.backlog.empty()) {
      return LoseSync(link.backlog.substr(0, 200), "a reply came that nothing had asked for");
    }
    if (link.quit_sent) continue;
    link.quit_sent = true;  // proven once
    QueueOctets(link, connection, "NOOP\r\n", false, now);
    link.exchanges.Push(
        {.op = Exchange::kNoopProof, .phase = Phase::kOther, .deadline = now + ProofLimit()});
    Flush(connection, link, now);
    return WaitFor(Waiting::kReplies, connection, link.exchanges.front().deadline);
  }
  Finish();
}

void Session::HandleProofReply(std::uint8_t connection, Link& link, const smtp::Reply& reply,
                               TimePoint now) {
  const std::uint16_t which = link.exchanges.front().op;
  link.exchanges.Pop();
  const int usual = which == Exchange::kNoopProof ? options_.usual_noop : options_.usual_quit;
  if (reply.code == 421) return CloseBeforeProof(reply.raw);
  if (usual != 0 && reply.code != usual) {
    LoseSync(std::string(reply.raw.substr(0, 200)),
             fmt::format("{} behind the probe got {} and not its usual {}: replies are out of step",
                         which == Exchange::kNoopProof ? "NOOP" : "QUIT", reply.code, usual));
    return;
  }
  if (which == Exchange::kNoopProof) {
    QueueOctets(link, connection, "QUIT\r\n", false, now);
    link.exchanges.Push(
        {.op = Exchange::kQuitProof, .phase = Phase::kQuit, .deadline = now + ProofLimit()});
    Flush(connection, link, now);
    return WaitFor(Waiting::kReplies, connection, link.exchanges.front().deadline);
  }
  waiting_ = Waiting::kNothing;  // the next connection, or the end; octets behind the 221 show in
                                 // the backlog
  deadline_ = TimePoint::max();
}

void Session::CloseBeforeProof(std::string_view reply) {
  outcome_.verdict = Verdict::kBlocked;
  outcome_.reason = "the service closed (421) before the dialogue could be shown to be in step";
  outcome_.actual = std::string(reply.substr(0, 200));
  outcome_.code = 421;
  Finish();
}

void Session::LoseSync(std::string actual, std::string reason) {
  outcome_.verdict = Verdict::kFail;
  outcome_.expected = "a dialogue still in step";
  outcome_.actual = std::move(actual);
  outcome_.reason = std::move(reason);
  outcome_.pointer = 0;
  Finish();
}

}  // namespace smtpgauge
