#include "runner/load/run.h"

#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <ctime>
#include <memory>
#include <optional>
#include <thread>

#include <fmt/format.h>

#include "runner/load/self_judgement.h"
#include "runner/load/worker.h"

namespace smtpgauge {
namespace {

using Clock = std::chrono::steady_clock;

constexpr Duration kLook = std::chrono::milliseconds(20);
constexpr Duration kShow = std::chrono::milliseconds(100);
/// Nobody answers: not worth waiting for the planned end.
constexpr Duration kGiveUpAtStart = std::chrono::seconds(5);
/// Nobody answers any more, and no planned end would ever come.
constexpr Duration kGiveUpLater = std::chrono::seconds(30);
constexpr Duration kStartUp = std::chrono::milliseconds(2);

double ProcessCpuSeconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// SIGINT and SIGTERM wait to be asked for, in this thread and those it starts.
class SignalGate {
 public:
  SignalGate() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGINT);
    sigaddset(&set_, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &set_, &before_);
  }
  ~SignalGate() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalGate(const SignalGate&) = delete;
  SignalGate& operator=(const SignalGate&) = delete;

  /// 0 when none came in time.
  int Wait(Duration time) const {
    const timespec limit{0, time.count()};
    const int signal = ::sigtimedwait(&set_, nullptr, &limit);
    return signal > 0 ? signal : 0;
  }

 private:
  sigset_t set_{};
  sigset_t before_{};
};

class Run {
 public:
  Run(const LoadSettings& settings, const std::function<void(const LoadStatus&)>& on_status)
      : on_status_(on_status), settings_(settings) {}

  LoadEnd Execute() {
    const double cpu_before = ProcessCpuSeconds();
    const SignalGate signals;
    std::vector<std::unique_ptr<TlsContext>> tls;  // reading certificates takes a while
    for (std::size_t i = 0; i < settings_.workers; ++i)
      tls.push_back(std::make_unique<TlsContext>(settings_.tls));
    began_ = Clock::now() + kStartUp;
    last_answer_ = began_;
    for (std::size_t i = 0; i < settings_.workers; ++i)
      workers_.push_back(std::make_unique<LoadWorker>(settings_, std::move(tls[i]), i, began_));
    LoadEnd end;
    {
      std::vector<std::jthread> threads;
      for (const auto& worker : workers_)
        threads.emplace_back([&worker] { worker->Run(); });
      Attend(signals, end);
    }
    Collect(end);
    const double cpu = ProcessCpuSeconds() - cpu_before;
    const std::uint64_t messages = std::max<std::uint64_t>(1, Look().started);
    end.result.generator.cpu_us_per_message = cpu * 1e6 / static_cast<double>(messages);
    return end;
  }

 private:
  [[nodiscard]] LoadStatus Look() const {
    LoadStatus sum{.elapsed = Clock::now() - began_};
    for (const auto& worker : workers_) {
      const WorkerProgress& one = worker->progress();
      sum.started += one.started.load(std::memory_order_relaxed);
      sum.accepted += one.accepted.load(std::memory_order_relaxed);
      sum.rejected += one.rejected.load(std::memory_order_relaxed);
      sum.failed += one.failed.load(std::memory_order_relaxed);
      sum.missed += one.missed.load(std::memory_order_relaxed);
      sum.open_sessions += one.open_sessions.load(std::memory_order_relaxed);
      sum.established += one.established.load(std::memory_order_relaxed);
      sum.completed_sessions += one.completed_sessions.load(std::memory_order_relaxed);
      sum.failed_sessions += one.failed_sessions.load(std::memory_order_relaxed);
    }
    return sum;
  }

  [[nodiscard]] bool AllFinished() const {
    return std::all_of(workers_.begin(), workers_.end(), [](const auto& worker) {
      return worker->progress().finished.load(std::memory_order_acquire);
    });
  }

  void StopAll(StopRequest request) {
    for (const auto& worker : workers_)
      worker->RequestStop(request);
  }

  /// Watches over the workers until they are finished.
  void Attend(const SignalGate& signals, LoadEnd& end) {
    TimePoint shown = began_;
    while (!AllFinished()) {
      if (const int signal = signals.Wait(kLook); signal != 0) {
        end.signal = signal;
        StopAll(StopRequest::kAtOnce);
      }
      const TimePoint now = Clock::now();
      if (now - shown < kShow) continue;
      shown = now;
      const LoadStatus status = Look();
      on_status_(status);
      if (GivesUp(status, now)) StopAll(StopRequest::kAtOnce);
      if (!settings_.aborting.empty()) CheckAborting(now);
    }
  }

  [[nodiscard]] bool Answered(const LoadResult& result) const {
    const auto& scripts = settings_.plan->scripts;
    const bool mail_only = std::all_of(scripts.begin(), scripts.end(),
                                       [](const Script& script) { return script.delivers; });
    const std::uint64_t sessions = mail_only ? 0 : result.sessions.completed;
    return result.messages.accepted + result.messages.rejected + sessions > 0;
  }

  /// Once a second, first when a second was measured: collects what the workers have so far, and
  /// ends the run when that misses one of the aborting thresholds.
  void CheckAborting(TimePoint now) {
    if (aborted_by_ || now < began_ + settings_.warmup + std::chrono::seconds(1)) return;
    if (now >= next_snapshot_) {
      next_snapshot_ = now + std::chrono::seconds(1);
      snapshot_ = LoadResult();
      snapshots_ = 0;
      for (const auto& worker : workers_)
        worker->RequestSnapshot();
    }
    for (const auto& worker : workers_) {
      const auto part = worker->TakeSnapshot();
      if (!part) continue;
      Merge(snapshot_, *part);
      ++snapshots_;
    }
    if (snapshots_ != workers_.size()) return;
    snapshots_ = 0;
    for (const Threshold& threshold : settings_.aborting) {
      ThresholdResult outcome = threshold.Evaluate(snapshot_);
      if (outcome.passed || !outcome.reason.empty()) continue;
      outcome.aborted_run = true;
      aborted_by_ = std::move(outcome);
      return StopAll(StopRequest::kGraceful);
    }
  }

  void JudgeThresholds(LoadResult& result) const {
    for (const Threshold& threshold : settings_.thresholds)
      result.thresholds.push_back(threshold.Evaluate(result));
    for (const Threshold& threshold : settings_.aborting) {
      const bool aborted = aborted_by_ && aborted_by_->expression == threshold.expression();
      result.thresholds.push_back(aborted ? *aborted_by_ : threshold.Evaluate(result));
    }
  }

  [[nodiscard]] bool GivesUp(const LoadStatus& status, TimePoint now) {
    if (status.answered() != answered_) {
      answered_ = status.answered();
      last_answer_ = now;
    }
    if (status.failed_sessions == 0) return false;
    if (status.established == 0) return now - began_ >= kGiveUpAtStart;
    if (settings_.duration || settings_.shape) return false;
    // Each session failed more than once, behind its greeting: a wrong password, for instance.
    const bool hopeless = answered_ == 0 && status.failed_sessions >= 2 * settings_.sessions;
    if (hopeless) return now - began_ >= kGiveUpAtStart;
    return status.open_sessions == 0 && now - last_answer_ >= kGiveUpLater;
  }

  void Collect(LoadEnd& end) {
    std::string limit;
    for (const auto& worker : workers_) {
      if (worker == workers_.front()) {
        end.result = worker->TakeResult();  // histograms are large: one worker's are not copied
      } else {
        Merge(end.result, worker->TakeResult());
      }
      if (limit.empty()) limit = worker->limit();
    }
    end.result.partial = end.signal != 0;
    end.result.info.elapsed = Clock::now() - began_;
    end.answered = Answered(end.result);
    end.limited = !limit.empty();
    JudgeGenerator(settings_, limit, end.result);
    JudgeThresholds(end.result);
  }

  const std::function<void(const LoadStatus&)>& on_status_;
  const LoadSettings& settings_;
  TimePoint began_{};
  TimePoint last_answer_{};
  std::uint64_t answered_ = 0;
  TimePoint next_snapshot_{};
  LoadResult snapshot_;
  std::size_t snapshots_ = 0;  ///< workers that snapshot_ has
  std::optional<ThresholdResult> aborted_by_;
  std::vector<std::unique_ptr<LoadWorker>> workers_;
};

}  // namespace

LoadEnd RunLoad(const LoadSettings& settings,
                const std::function<void(const LoadStatus&)>& on_status) {
  return Run(settings, on_status).Execute();
}

}  // namespace smtpgauge
