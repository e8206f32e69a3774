#include "runner/load/worker.h"

#include <algorithm>
#include <ctime>
#include <fstream>
#include <utility>

#include <fmt/format.h>

namespace smtpgauge {
namespace {

double ThreadCpuSeconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

/// How long this thread was ready to run without a CPU so far; 0 where the kernel does not tell.
double ThreadCpuWaitSeconds() {
  std::ifstream in("/proc/thread-self/schedstat");
  double running = 0, waiting = 0;
  in >> running >> waiting;
  return in ? waiting * 1e-9 : 0;
}

/// Of `total` things, how many have a number index, index + workers, ...
std::uint64_t Share(std::uint64_t total, std::size_t index, std::size_t workers) {
  return total / workers + (index < total % workers ? 1 : 0);
}

std::vector<JudgedScript> NamesOf(const Plan& plan) {
  std::vector<JudgedScript> names;
  for (const Script& script : plan.scripts) {
    JudgedScript& name = names.emplace_back();
    name.scenario = script.id;
    for (const Op& op : script.ops)
      name.steps.push_back(script.pointers[op.pointer]);
  }
  return names;
}

std::vector<std::uint32_t> WeightsOf(const Plan& plan) {
  std::vector<std::uint32_t> weights;
  for (const Script& script : plan.scripts)
    weights.push_back(script.weight);
  return weights;
}

/// When the window of the rates ends, as far as that is known beforehand: stages have an end of
/// their own. A trace ends with its last arrival, which leaves no time to answer it.
TimePoint WindowEnd(const LoadSettings& settings, TimePoint began) {
  if (settings.duration) return began + settings.warmup + *settings.duration;
  if (!settings.shape || settings.messages || settings.shape->PeakRate() <= 0)
    return TimePoint::max();
  const auto end = settings.shape->end();
  return end ? began + *end : TimePoint::max();
}

/// A closed loop has no schedule; its backlog stays empty.
LoadShape ShapeOf(const LoadSettings& settings) {
  return settings.shape ? *settings.shape : LoadShape::Trace({});
}

}  // namespace

LoadWorker::LoadWorker(const LoadSettings& settings, std::unique_ptr<TlsContext> tls,
                       std::size_t index, TimePoint began)
    : settings_(settings),
      index_(index),
      began_(began),
      ends_(settings.duration ? began + settings.warmup + *settings.duration : TimePoint::max()),
      window_end_(WindowEnd(settings, began)),
      next_tick_(began),
      tls_(std::move(tls)),
      recorder_(began, settings.warmup, NamesOf(*settings.plan)),
      random_(settings.seed * 1'000'003 + index),
      mix_(WeightsOf(*settings.plan)),
      shape_(ShapeOf(settings)),
      backlog_(shape_, mix_, settings.plan->scripts.size(), settings.seed, index, settings.workers,
               settings.messages.value_or(kNoLimit)),
      idle_(settings.plan->scripts.size()),
      connecting_(settings.plan->scripts.size()),
      remaining_(settings.messages ? Share(*settings.messages, index, settings.workers) : kNoLimit),
      most_open_(
          std::max<std::uint64_t>(1, Share(settings.max_in_flight, index, settings.workers))),
      token_(fmt::format("{}-{}-", settings.run_id, index)),
      token_prefix_(token_.size()) {
  recorder_.SetWindowEnd(window_end_);
  if (settings.shape) return;
  slots_.resize(std::min(Share(settings.sessions, index, settings.workers), remaining_));
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const std::size_t number = i * settings.workers + index;
    restarts_.push(
        {began + settings.ramp * number / std::max<std::size_t>(settings.sessions, 1), i});
  }
}

LoadWorker::~LoadWorker() {
  loop_.ObserveTurns(nullptr);
}

void LoadWorker::Run() {
  const double cpu_before = ThreadCpuSeconds();
  const double wait_before = ThreadCpuWaitSeconds();
  const TimePoint started = Now();
  cpu_at_tick_ = cpu_before;
  loop_.ObserveTurns(this);
  Arm();
  loop_.Run();
  cpu_seconds_ = ThreadCpuSeconds() - cpu_before;
  cpu_wait_seconds_ = ThreadCpuWaitSeconds() - wait_before;
  wall_seconds_ = std::chrono::duration<double>(Now() - started).count();
  PublishProgress();
  progress_.finished.store(true, std::memory_order_release);
}

LoadResult LoadWorker::TakeResult() {
  LoadResult result = recorder_.Take();
  // What still came in while the run was being stopped must not water down the rate.
  TimePoint end = window_end_;
  const bool all_given = open_loop() ? !backlog_.next() : remaining_ == 0;
  if (settings_.messages && all_given && recorder_.last_message() != TimePoint{}) {
    // So many messages take until the last one's end, and in an open loop as long as they are
    // planned to: ten at 10/s take a second, although the tenth is due after 0.9 s.
    TimePoint last = recorder_.last_message();
    const auto planned = shape_.TimeOf(static_cast<double>(*settings_.messages));
    if (open_loop() && planned) last = std::max(last, began_ + *planned);
    end = std::min(end, last);
  }
  if (ran_out_ && end != TimePoint::max())
    result.measured = std::max(Duration{}, end - began_ - settings_.warmup);
  if (wall_seconds_ > 0) {
    result.generator.cpu_share = cpu_seconds_ / wall_seconds_;
    result.generator.cpu_wait_share = cpu_wait_seconds_ / wall_seconds_;
  }
  return result;
}

std::optional<LoadResult> LoadWorker::TakeSnapshot() {
  const std::lock_guard lock(snapshot_mutex_);
  return std::exchange(snapshot_, std::nullopt);
}

void LoadWorker::OnTurn(TimePoint began, TimePoint ended) {
  recorder_.OnLoopTurn(began, ended);
}

void LoadWorker::OnLimit(std::string_view text) {
  if (limit_.empty()) limit_ = text;
}

/// The worker's only timer: ticks, arrivals, and sessions to be opened (again).
void LoadWorker::OnTimer(TimePoint) {
  const TimePoint now = Now();
  if (stage_ == Stage::kDone) return;
  if (now >= next_tick_) Tick(now);
  if (stage_ == Stage::kRunning) {
    StartDueSlots(now);
    OfferArrivals(now);
    if (now >= ends_) {
      ran_out_ = true;
      Drain(now);
    } else if (open_loop() && !backlog_.next() && backlog_.empty()) {
      ends_ = now;
      ran_out_ = !settings_.duration;
      Drain(now);
    }
  }
  if (stage_ == Stage::kDraining && now >= drained_) AbortAll(now);
  EndWhenIdle();
  Arm();
}

void LoadWorker::Arm() {
  if (stage_ == Stage::kDone) return;
  TimePoint next = std::min(next_tick_, stage_ == Stage::kRunning ? ends_ : drained_);
  if (stage_ == Stage::kRunning) {
    if (!restarts_.empty()) next = std::min(next, restarts_.top().at);
    if (const auto arrival = backlog_.next()) next = std::min(next, began_ + *arrival);
  }
  loop_.SetDeadline(*this, next);
}

/// A tick that comes late although this thread did not run meanwhile: the process was stopped, the
/// machine suspended, or somebody else had the CPU. Nobody sees that in the times of exchanges that
/// were not under way.
void LoadWorker::LookForPause(TimePoint now) {
  const double cpu = ThreadCpuSeconds();
  const auto ran = std::chrono::duration<double>(cpu - std::exchange(cpu_at_tick_, cpu));
  const Duration paused = now - next_tick_ - std::chrono::duration_cast<Duration>(ran);
  if (paused >= kLongPause) recorder_.OnPause(now, paused);
}

void LoadWorker::Tick(TimePoint now) {
  if (now >= began_) LookForPause(now);
  next_tick_ = now + kTick;
  if (now < began_) return;
  recorder_.Tick(now);
  PublishProgress();
  if (snapshot_wanted_.exchange(false, std::memory_order_relaxed)) {
    const std::lock_guard lock(snapshot_mutex_);
    snapshot_ = recorder_.Snapshot();
  }
  const StopRequest request = stop_.load(std::memory_order_relaxed);
  if (request == StopRequest::kGraceful && stage_ == Stage::kRunning) {
    window_end_ = std::min(window_end_, now);
    recorder_.SetWindowEnd(window_end_);
    ran_out_ = true;
    Drain(now);
  }
  if (request == StopRequest::kAtOnce) AbortAll(now);
}

void LoadWorker::PublishProgress() {
  const MessageCounts messages = recorder_.AllMessages();
  const auto publish = [](auto& to, std::uint64_t value) {
    to.store(value, std::memory_order_relaxed);
  };
  publish(progress_.started, messages.started);
  publish(progress_.accepted, messages.accepted);
  publish(progress_.rejected, messages.rejected);
  publish(progress_.failed, messages.failed);
  publish(progress_.missed, messages.missed);
  publish(progress_.open_sessions, recorder_.open_sessions());
  publish(progress_.established, recorder_.sessions().established);
  publish(progress_.completed_sessions, recorder_.sessions().completed);
  publish(progress_.failed_sessions, recorder_.sessions().failed);
}

/// No new work; what is under way may end, idle sessions say goodbye.
void LoadWorker::Drain(TimePoint now) {
  stage_ = Stage::kDraining;
  drained_ = now + settings_.graceful_stop;
  // A session that is still on its way up belongs to what is under way, and its arrival with it.
  for (std::uint16_t script = 0; script < idle_.size(); ++script)
    DropWaiting(script, connecting_[script]);
  // A woken seat may end and leave the list, so the list is copied; none dies inside Wake() but
  // the woken one.
  std::vector<LoadSeat*> waiting;
  for (const auto& seat : seats_) {
    if (seat->session().idle()) waiting.push_back(seat.get());
  }
  for (LoadSeat* const seat : waiting)
    seat->Wake(now);
}

void LoadWorker::DropWaiting(std::uint16_t script, std::uint64_t kept) {
  backlog_.Keep(script, kept, [&](Duration due) {
    if (settings_.plan->scripts[script].delivers) recorder_.OnMissed(began_ + due);
  });
}

void LoadWorker::AbortAll(TimePoint now) {
  stage_ = Stage::kDraining;
  // An arrival whose session is on its way up did not miss one: it ends with that session.
  for (std::uint16_t script = 0; script < idle_.size(); ++script)
    DropWaiting(script, connecting_[script]);
  // Who did not answer within the graceful stop is told from who was cut short by a signal.
  const bool patient = stop_.load(std::memory_order_relaxed) != StopRequest::kAtOnce;
  while (!seats_.empty()) {
    LoadSeat& seat = *seats_.back();
    if (patient) seat.session().GiveUp(now);
    seat.session().Abort("the run was stopped", now);
    seat.AfterSession();
  }
}

void LoadWorker::EndWhenIdle() {
  if (stage_ == Stage::kDone || !seats_.empty()) return;
  if (stage_ == Stage::kRunning) {
    const bool more = open_loop() ? backlog_.next().has_value() : remaining_ > 0;
    if (more) return;
    ran_out_ = true;
  }
  stage_ = Stage::kDone;
  loop_.ClearDeadline(*this);
  loop_.Stop();
}

}  // namespace smtpgauge
