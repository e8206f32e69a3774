// One thread of a load run: an event loop, its share of the sessions and arrivals, its recorder.
// Nothing is shared with other workers while they run but the settings and a few atomics.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <queue>
#include <string>
#include <string_view>
#include <vector>

#include "runner/load/backlog.h"
#include "runner/load/load_seat.h"
#include "runner/load/settings.h"
#include "runner/load/weights.h"
#include "runner/net/event_loop.h"
#include "runner/record/recorder.h"

namespace smtpgauge {

enum class StopRequest : std::uint8_t { kNone, kGraceful, kAtOnce };

/// What others may look at while a worker runs.
struct WorkerProgress {
  std::atomic<std::uint64_t> started = 0, accepted = 0, rejected = 0, failed = 0, missed = 0;
  std::atomic<std::uint64_t> open_sessions = 0, established = 0, completed_sessions = 0;
  std::atomic<std::uint64_t> failed_sessions = 0;
  std::atomic<bool> finished = false;
};

class LoadWorker final : private IoHandler, private TurnObserver {
 public:
  /// Worker `index` of settings.workers: takes sessions, arrivals and messages index, index +
  /// workers, ... The settings outlive it.
  LoadWorker(const LoadSettings& settings, std::unique_ptr<TlsContext> tls, std::size_t index,
             TimePoint began);
  ~LoadWorker() override;

  /// Until its share is done, or what RequestStop() asked for.
  void Run();
  /// From any thread; takes effect within kTick.
  void RequestStop(StopRequest request) { stop_.store(request, std::memory_order_relaxed); }
  /// The result so far, asked for by RequestSnapshot() and made within kTick; from any thread.
  void RequestSnapshot() { snapshot_wanted_.store(true, std::memory_order_relaxed); }
  [[nodiscard]] std::optional<LoadResult> TakeSnapshot();
  [[nodiscard]] const WorkerProgress& progress() const { return progress_; }
  /// Behind Run(): the result with this worker's own figures.
  [[nodiscard]] LoadResult TakeResult();
  /// Behind Run(): limits of this machine that stood in the way; the first sentence.
  [[nodiscard]] const std::string& limit() const { return limit_; }

  // For its seats.
  EventLoop& loop() { return loop_; }
  TlsContext& tls() { return *tls_; }
  Recorder& recorder() { return recorder_; }
  const LoadSettings& settings() const { return settings_; }
  TimePoint began() const { return began_; }
  SessionHost::Next NextMessage(LoadSeat& seat, MessageJob& job);
  void OnFinished(LoadSeat& seat);
  void OnLimit(std::string_view text);

 private:
  static constexpr Duration kTick = std::chrono::milliseconds(100);
  static constexpr Duration kLongPause = std::chrono::milliseconds(100);
  static constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

  /// Closed loop: one of the sessions that shall be open at any time.
  struct Slot {
    std::uint32_t failures = 0;  ///< in a row
  };
  struct Restart {
    TimePoint at;
    std::size_t slot;
    bool operator>(const Restart& other) const { return at > other.at; }
  };
  enum class Stage : std::uint8_t { kRunning, kDraining, kDone };

  void OnReady(std::uint32_t) override {}
  void OnTimer(TimePoint now) override;
  void OnTurn(TimePoint began, TimePoint ended) override;

  void Tick(TimePoint now);
  void LookForPause(TimePoint now);
  void Drain(TimePoint now);
  void AbortAll(TimePoint now);
  void DropWaiting(std::uint16_t script, std::uint64_t kept);
  void StartDueSlots(TimePoint now);
  void OfferArrivals(TimePoint now);
  void ServeWaiting(std::uint16_t script, TimePoint now);
  LoadSeat& Open(std::uint16_t script, TimePoint scheduled, std::size_t which);
  void Arm();
  void EndWhenIdle();
  void FillJob(LoadSeat& seat, MessageJob& job, TimePoint scheduled, TimePoint now);
  bool MustThink(LoadSeat& seat, MessageJob& job, TimePoint now);
  void FailOldest(std::uint16_t script, Outcome outcome, TimePoint now);
  [[nodiscard]] static TimePoint Now() { return std::chrono::steady_clock::now(); }
  [[nodiscard]] bool open_loop() const { return settings_.shape.has_value(); }
  [[nodiscard]] std::uint64_t Unclaimed() const;
  void PublishProgress();

  const LoadSettings& settings_;
  std::size_t index_;
  TimePoint began_;
  TimePoint ends_;        ///< no new work from here on
  TimePoint window_end_;  ///< of the rates; max(): what happens last, see TakeResult()
  TimePoint drained_ = TimePoint::max();
  TimePoint next_tick_;
  EventLoop loop_;
  std::unique_ptr<TlsContext> tls_;
  Recorder recorder_;
  Random random_;
  WeightedChoice mix_;
  LoadShape shape_;
  Backlog backlog_;
  std::vector<std::unique_ptr<LoadSeat>> seats_;
  std::vector<std::vector<LoadSeat*>> idle_;  ///< by script; open loop
  std::vector<std::size_t> connecting_;       ///< by script: seats that have not asked yet
  std::vector<Slot> slots_;
  std::priority_queue<Restart, std::vector<Restart>, std::greater<>> restarts_;
  std::uint64_t remaining_;  ///< messages not handed out, or kNoLimit
  std::size_t most_open_;
  std::uint64_t opened_ = 0;  ///< sessions
  std::uint64_t tokens_ = 0;
  std::size_t next_recipient_ = 0;
  std::size_t next_sender_ = 0;
  std::string token_;
  std::size_t token_prefix_ = 0;
  std::string limit_;
  Stage stage_ = Stage::kRunning;
  bool ran_out_ = false;  ///< the load ended, as planned or as a threshold had it
  double cpu_at_tick_ = 0;
  double cpu_seconds_ = 0;
  double cpu_wait_seconds_ = 0;
  double wall_seconds_ = 0;
  std::atomic<StopRequest> stop_ = StopRequest::kNone;
  WorkerProgress progress_;
  std::atomic<bool> snapshot_wanted_ = false;
  std::mutex snapshot_mutex_;
  std::optional<LoadResult> snapshot_;  ///< under snapshot_mutex_
};

}  // namespace smtpgauge
