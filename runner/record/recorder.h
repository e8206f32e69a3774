// Folds what the sessions of one worker report into what a LoadResult says.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "runner/record/event.h"
#include "runner/record/interval_series.h"
#include "runner/record/load_result.h"
#include "runner/record/reply_counts.h"

namespace smtpgauge {

/// Names behind Event::script and Event::step.
struct JudgedScript {
  std::string scenario;
  std::vector<std::string> steps;  ///< JSON pointers, by Event::step
};

/// One per worker, used by its thread alone; results are joined by Merge(LoadResult&, ...).
/// No allocation per event but for the first of a (phase, outcome) and once a second.
///
/// A message is measured, with all its exchanges, when it was *due* at or behind the end of the
/// warm-up (open loop: by the schedule, however late it could begin; closed loop: it began then);
/// one that ends during the graceful stop still counts, or the slow ones would be missing. Session
/// counts and the series cover the whole run, warm-up included.
class Recorder {
 public:
  Recorder(TimePoint run_started, Duration warmup, std::span<const JudgedScript> scripts);

  /// Every exchange. kMessage: the end of a message, whatever became of it; k2yz: accepted, k4yz
  /// and k5yz: rejected, all else: failed. kSession: the end of a session; k2yz: as the scenario
  /// says. Their verdicts are not counted, those of the exchanges inside are.
  void OnEvent(const Event& event);

  /// The measured window ends here; without it, it reaches as far as the run.
  void SetWindowEnd(TimePoint end) { measured_until_ = end; }

  void OnOffered(TimePoint scheduled);  ///< an arrival of the load shape, started or not
  void OnMissed(TimePoint scheduled);   ///< an arrival that will never start
  void OnDelayed(TimePoint scheduled);  ///< an arrival for which no session was free
  void OnMessageStarted(TimePoint scheduled, TimePoint at);  ///< MAIL is sent
  void OnSessionStarted();  ///< a connect is tried; a kSession event ends it, or
  void OnSessionCut();      ///< the end of the run
  void OnTlsResumed() { ++sessions_.tls_resumed; }
  void OnLateness(TimePoint scheduled, TimePoint actual);
  void OnLoopTurn(TimePoint began, TimePoint ended);
  /// This process was not running, nor waiting for anything but a CPU or for leave to go on.
  void OnPause(TimePoint until, Duration length);

  /// False once enough examples of this step are kept: do not build another.
  [[nodiscard]] bool WantsExample(std::uint16_t script, std::uint16_t step) const;
  void OnExample(std::uint16_t script, std::uint16_t step, FailureExample example);

  /// Moves the series on; call it about once a second even when nothing happens.
  void Tick(TimePoint now);

  /// Of the whole run, warm-up included.
  [[nodiscard]] MessageCounts AllMessages() const;
  /// The end of the message that ended last; zero: none has.
  [[nodiscard]] TimePoint last_message() const { return last_message_; }
  [[nodiscard]] const SessionCounts& sessions() const { return sessions_; }
  [[nodiscard]] std::uint64_t open_sessions() const { return open_sessions_; }
  /// The result so far; for progress and for thresholds that may end a run.
  [[nodiscard]] LoadResult Snapshot() const;
  /// The result; the recorder is spent. `measured` reaches to the last event or Tick: whoever knows
  /// when the load shape ended sets it to that.
  [[nodiscard]] LoadResult Take();

 private:
  struct StepCount {
    std::array<std::uint64_t, kVerdictCount> verdicts{};
    std::size_t examples = 0;
  };

  [[nodiscard]] bool IsMeasured(TimePoint due) const { return due >= measured_from_; }
  [[nodiscard]] bool IsInWindow(TimePoint at) const {
    return at >= measured_from_ && at < measured_until_;
  }
  [[nodiscard]] MessageCounts& Counts(TimePoint due, TimePoint at) {
    return counts_[IsMeasured(due) ? 1 : 0][IsInWindow(at) ? 1 : 0];
  }
  [[nodiscard]] std::size_t StepIndex(std::uint16_t script, std::uint16_t step) const;
  void CountRarer(const Event& event);
  void CountMessage(const Event& event, Duration response);
  void CountSession(const Event& event);
  void FillCounts(LoadResult& result) const;

  TimePoint run_started_;
  TimePoint measured_from_;
  TimePoint measured_until_ = TimePoint::max();
  TimePoint latest_;
  TimePoint last_message_{};
  std::vector<JudgedScript> scripts_;
  std::vector<std::size_t> first_step_;  ///< by script; behind the last script: all steps
  std::vector<StepCount> steps_;
  std::array<std::unique_ptr<PhaseTimes>, kPhaseCount * kOutcomeCount> times_;
  ReplyCounts replies_;
  /// By: due in the measured window, happened within it.
  std::array<std::array<MessageCounts, 2>, 2> counts_{};
  SessionCounts sessions_;
  std::uint64_t open_sessions_ = 0;
  Histogram lateness_;
  Histogram loop_stalls_;
  Duration paused_{};
  std::vector<FailureExample> examples_;
  IntervalSeries series_;
};

inline std::size_t Recorder::StepIndex(std::uint16_t script, std::uint16_t step) const {
  if (script >= scripts_.size()) return steps_.size();
  const std::size_t index = first_step_[script] + step;
  return index < first_step_[script + std::size_t{1}] ? index : steps_.size();
}

}  // namespace smtpgauge
