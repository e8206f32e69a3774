#include "runner/record/recorder.h"

#include <algorithm>
#include <utility>

namespace smtpgauge {
namespace {

constexpr std::size_t TimesIndex(Phase phase, Outcome outcome) {
  return static_cast<std::size_t>(phase) * kOutcomeCount + static_cast<std::size_t>(outcome);
}

constexpr std::pair<Phase, Outcome> TimesKey(std::size_t index) {
  return {static_cast<Phase>(index / kOutcomeCount), static_cast<Outcome>(index % kOutcomeCount)};
}

/// What the end of a message adds to the counts.
void AddMessage(const Event& event, MessageCounts& counts) {
  // LMTP: some recipients may have it although the message as a whole was not accepted.
  counts.recipients_accepted += event.recipients;
  counts.content_octets += event.octets_out;
  switch (event.outcome) {
    case Outcome::k2yz:
      ++counts.completed;
      ++counts.accepted;
      return;
    case Outcome::k4yz:
    case Outcome::k5yz:
      ++counts.completed;
      ++counts.rejected;
      return;
    case Outcome::k3yz:  // a reply, but none that a message can end with
      ++counts.completed;
      ++counts.failed;
      return;
    case Outcome::kMalformed:
    case Outcome::kTimeout:
    case Outcome::kRefused:
    case Outcome::kReset:
    case Outcome::kClosed:
    case Outcome::kTlsFailed:
      ++counts.failed;
      return;
  }
}

}  // namespace

Recorder::Recorder(TimePoint run_started, Duration warmup, std::span<const JudgedScript> scripts)
    : run_started_(run_started),
      measured_from_(run_started + warmup),
      latest_(run_started),
      scripts_(scripts.begin(), scripts.end()),
      series_(run_started) {
  std::size_t steps = 0;
  for (const JudgedScript& script : scripts_) {
    first_step_.push_back(steps);
    steps += script.steps.size();
  }
  first_step_.push_back(steps);
  steps_.resize(steps);
}

void Recorder::OnEvent(const Event& event) {
  Tick(event.finished);
  const bool is_exchange = event.phase != Phase::kMessage && event.phase != Phase::kSession;
  if (!is_exchange || event.phase <= Phase::kTls) CountRarer(event);
  if (!IsMeasured(event.due)) return;

  auto& times = times_[TimesIndex(event.phase, event.outcome)];
  if (!times) [[unlikely]] {
    times = std::make_unique<PhaseTimes>();
  }
  times->service.Record(event.finished - event.started, event.count);
  times->response.Record(event.finished - event.scheduled, event.count);
  if (!is_exchange) return;

  if (event.code != 0) replies_.Add(event.phase, event.code, event.enhanced, event.count);
  const std::size_t step = StepIndex(event.script, event.step);
  if (step < steps_.size())
    steps_[step].verdicts[static_cast<std::size_t>(event.verdict)] += event.count;
}

/// What is not every exchange's.
void Recorder::CountRarer(const Event& event) {
  if (event.phase == Phase::kMessage) CountMessage(event, event.finished - event.scheduled);
  if (event.phase == Phase::kSession) CountSession(event);
  if (event.phase == Phase::kGreeting && event.code == 220) sessions_.established += event.count;
  if (event.phase == Phase::kTls && event.outcome == Outcome::k2yz) ++sessions_.tls_handshakes;
}

void Recorder::CountMessage(const Event& event, Duration response) {
  last_message_ = event.finished;
  AddMessage(event, series_.Messages(event.finished));
  series_.RecordResponse(event.finished, response);
  AddMessage(event, Counts(event.due, event.finished));
}

void Recorder::CountSession(const Event& event) {
  if (open_sessions_ > 0) --open_sessions_;
  ++(event.outcome == Outcome::k2yz ? sessions_.completed : sessions_.failed);
}

void Recorder::OnOffered(TimePoint scheduled) {
  ++series_.Messages(scheduled).offered;
  ++Counts(scheduled, scheduled).offered;
}

void Recorder::OnMissed(TimePoint scheduled) {
  ++series_.Messages(scheduled).missed;
  ++Counts(scheduled, scheduled).missed;
}

void Recorder::OnDelayed(TimePoint scheduled) {
  ++series_.Messages(scheduled).delayed;
  ++Counts(scheduled, scheduled).delayed;
}

void Recorder::OnMessageStarted(TimePoint scheduled, TimePoint at) {
  Tick(at);
  ++series_.Messages(at).started;
  ++Counts(scheduled, at).started;
}

void Recorder::OnSessionStarted() {
  ++sessions_.started;
  ++open_sessions_;
  sessions_.peak = std::max(sessions_.peak, open_sessions_);
}

void Recorder::OnSessionCut() {
  if (open_sessions_ > 0) --open_sessions_;
}

MessageCounts Recorder::AllMessages() const {
  MessageCounts all;
  for (const auto& due : counts_) {
    for (const MessageCounts& counts : due)
      Add(all, counts);
  }
  return all;
}

void Recorder::OnLateness(TimePoint scheduled, TimePoint actual) {
  if (IsMeasured(scheduled)) lateness_.Record(actual - scheduled);
}

void Recorder::OnLoopTurn(TimePoint began, TimePoint ended) {
  if (IsMeasured(began)) loop_stalls_.Record(ended - began);
}

void Recorder::OnPause(TimePoint until, Duration length) {
  if (until <= measured_from_) return;
  paused_ += std::min(length, Duration(until - measured_from_));
}

bool Recorder::WantsExample(std::uint16_t script, std::uint16_t step) const {
  const std::size_t index = StepIndex(script, step);
  return index < steps_.size() && steps_[index].examples < kMaxExamplesPerStep;
}

void Recorder::OnExample(std::uint16_t script, std::uint16_t step, FailureExample example) {
  if (!WantsExample(script, step)) return;
  ++steps_[StepIndex(script, step)].examples;
  examples_.push_back(std::move(example));
}

void Recorder::Tick(TimePoint now) {
  if (now <= latest_) return;
  latest_ = now;
  series_.Advance(now, open_sessions_);
}

void Recorder::FillCounts(LoadResult& result) const {
  for (const MessageCounts& counts : counts_[1])
    Add(result.messages, counts);
  for (const auto& due : counts_)
    Add(result.in_window, due[1]);
  result.sessions = sessions_;
  result.measured_from = measured_from_ - run_started_;
  result.measured = std::max(Duration::zero(), Duration(latest_ - measured_from_));
  result.replies = replies_.ToMap();
  result.series = series_.Snapshot(open_sessions_);
  result.generator.workers = 1;
  result.generator.lateness = lateness_;
  result.generator.loop_stalls = loop_stalls_;
  result.generator.paused = paused_;
  for (std::size_t script = 0; script < scripts_.size(); ++script) {
    const JudgedScript& names = scripts_[script];
    for (std::size_t step = 0; step < names.steps.size(); ++step) {
      const auto& verdicts = steps_[first_step_[script] + step].verdicts;
      if (std::all_of(verdicts.begin(), verdicts.end(), [](auto count) { return count == 0; })) {
        continue;
      }
      result.checks.push_back({names.scenario, names.steps[step], verdicts});
    }
  }
}

LoadResult Recorder::Snapshot() const {
  LoadResult result;
  FillCounts(result);
  for (std::size_t i = 0; i < times_.size(); ++i) {
    if (times_[i]) result.phases[TimesKey(i)] = *times_[i];
  }
  result.examples = examples_;
  return result;
}

LoadResult Recorder::Take() {
  LoadResult result;
  FillCounts(result);
  for (std::size_t i = 0; i < times_.size(); ++i) {
    if (times_[i]) result.phases[TimesKey(i)] = std::move(*std::exchange(times_[i], nullptr));
  }
  result.examples = std::move(examples_);
  return result;
}

}  // namespace smtpgauge
