// A Recorder that keeps the counts by which a run knows its end, and measures nothing: no
// histograms, no replies, no verdicts, no series. smtpgauge_blind is smtpgauge linked with it; what
// the two differ in is what measuring costs (see README.md).
#include <algorithm>

#include "runner/record/recorder.h"

namespace smtpgauge {

Recorder::Recorder(TimePoint run_started, Duration warmup, std::span<const JudgedScript>)
    : run_started_(run_started),
      measured_from_(run_started + warmup),
      latest_(run_started),
      series_(run_started) {}

void Recorder::OnEvent(const Event& event) {
  latest_ = event.finished;
  if (event.phase == Phase::kGreeting) ++sessions_.established;
  if (event.phase == Phase::kMessage) {
    ++counts_[1][1].completed;
    ++(event.outcome == Outcome::k2yz ? counts_[1][1].accepted : counts_[1][1].failed);
  }
  if (event.phase == Phase::kSession) {
    --open_sessions_;
    ++(event.outcome == Outcome::k2yz ? sessions_.completed : sessions_.failed);
  }
}

void Recorder::OnOffered(TimePoint) {
  ++counts_[1][1].offered;
}

void Recorder::OnMissed(TimePoint) {}
void Recorder::OnDelayed(TimePoint) {}

void Recorder::OnMessageStarted(TimePoint, TimePoint) {
  ++counts_[1][1].started;
}

void Recorder::OnSessionStarted() {
  ++sessions_.started;
  ++open_sessions_;
  sessions_.peak = std::max(sessions_.peak, open_sessions_);
}

void Recorder::OnLateness(TimePoint, TimePoint) {}
void Recorder::OnLoopTurn(TimePoint, TimePoint) {}
void Recorder::OnPause(TimePoint, Duration) {}

void Recorder::OnSessionCut() {
  --open_sessions_;
}

MessageCounts Recorder::AllMessages() const {
  return counts_[1][1];
}

bool Recorder::WantsExample(std::uint16_t, std::uint16_t) const {
  return false;
}

void Recorder::OnExample(std::uint16_t, std::uint16_t, FailureExample) {}
void Recorder::Tick(TimePoint) {}

LoadResult Recorder::Snapshot() const {
  LoadResult result;
  result.messages = counts_[1][1];
  result.sessions = sessions_;
  result.measured_from = measured_from_ - run_started_;
  result.measured = latest_ - measured_from_;
  result.generator.workers = 1;
  return result;
}

LoadResult Recorder::Take() {
  return Snapshot();
}

}  // namespace smtpgauge
