#include "runner/net/event_loop.h"

#include <algorithm>
#include <atomic>
#include <vector>

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/steady_timer.hpp>

namespace smtpgauge {

namespace {

using Clock = std::chrono::steady_clock;

/// So many looks at our own set before Asio's handlers get their turn again: with work at hand
/// that saves Asio's part of a wake-up, and it bounds how long a coroutine waits.
constexpr int kTurnsPerWakeUp = 8;
constexpr std::size_t kEventsPerTurn = 512;

}  // namespace

struct EventLoop::Core {
  asio::io_context io{1};  // 1: no other thread runs it, but others may stop it
  Poller poller;
  asio::posix::stream_descriptor descriptor{io};
  asio::steady_timer alarm{io};
  TimePoint alarm_at = TimePoint::max();
  TimerHeap heap;
  std::vector<Ready> ready = std::vector<Ready>(kEventsPerTurn);
  std::size_t next = 0;  // ready[next, count) is still to be delivered
  std::size_t count = 0;
  std::size_t watched = 0;
  bool waiting = false;      // Asio waits for the epoll set
  bool dispatching = false;  // the alarm is seen to at the end of the turn
  std::atomic<bool> stop = false;
  TimePoint now = Clock::now();
  LoopStatistics statistics;
  TurnObserver* observer = nullptr;

  Core() { descriptor.assign(poller.fd()); }
  ~Core() { descriptor.release(); }
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  [[nodiscard]] bool stopping() const { return stop.load(std::memory_order_relaxed); }

  static IoHandler& HandlerOf(TimerNode& node) { return static_cast<IoHandler&>(node); }

  void Arm() {
    if (watched == 0 && waiting) descriptor.cancel();  // nothing else would let Run() return
    if (watched == 0 || waiting) return;
    waiting = true;
    descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                          [this](const std::error_code& error) { OnDescriptor(error); });
  }

  void ArmAlarm() {
    const TimePoint wanted = heap.first();
    if (wanted == TimePoint::max()) {
      if (alarm_at != TimePoint::max()) alarm.cancel();
      alarm_at = TimePoint::max();
    } else if (wanted < alarm_at) {
      alarm_at = wanted;
      alarm.expires_at(wanted);
      alarm.async_wait([this](const std::error_code& error) { OnAlarm(error); });
    }
  }

  void OnDescriptor(const std::error_code& error) {
    waiting = false;
    for (int turn = 0; !error && turn < kTurnsPerWakeUp && watched > 0 && !stopping(); ++turn) {
      count = poller.Wait(ready, std::chrono::milliseconds(0));
      next = 0;
      if (count == 0) break;
      Turn();
    }
    Arm();
    ArmAlarm();
  }

  void OnAlarm(const std::error_code& error) {
    if (error) return;  // superseded by an earlier deadline, or not needed any more
    alarm_at = TimePoint::max();
    Turn();
    Arm();
    ArmAlarm();
  }

  /// Delivers what lies in `ready`, then the deadlines that have come.
  void Turn() {
    struct Reset {
      bool& flag;
      ~Reset() { flag = false; }
    } const reset{dispatching};
    dispatching = true;
    now = Clock::now();
    while (next < count && !stopping()) {
      const Ready one = ready[next++];
      if (one.token == nullptr) continue;
      ++statistics.events;
      static_cast<IoHandler*>(one.token)->OnReady(one.events);
    }
    RunTimers();
    const TimePoint ended = Clock::now();
    const std::chrono::nanoseconds took = ended - now;
    ++statistics.turns;
    statistics.busy += took;
    statistics.longest_turn = std::max(statistics.longest_turn, took);
    if (observer != nullptr) observer->OnTurn(now, ended);
  }

  void RunTimers() {
    // Bounded: a handler that sets a deadline in the past gets it with the next turn.
    for (std::size_t left = heap.size(); left > 0 && !stopping(); --left) {
      TimerNode* const node = heap.TakeDue(now);
      if (node == nullptr) break;
      ++statistics.timers;
      statistics.latest_timer =
          std::max<std::chrono::nanoseconds>(statistics.latest_timer, now - node->deadline);
      HandlerOf(*node).OnTimer(now);
    }
  }

  void Discard(const IoHandler& handler) {
    for (std::size_t i = next; i < count; ++i) {
      if (ready[i].token == &handler) ready[i].token = nullptr;
    }
  }
};

IoHandler::~IoHandler() {
  if (linked()) loop_->ClearDeadline(*this);
}

EventLoop::EventLoop() : core_(std::make_unique<Core>()) {}

EventLoop::~EventLoop() = default;

void EventLoop::Run() {
  struct Rearm {
    Core& core;
    ~Rearm() {
      core.stop.store(false, std::memory_order_relaxed);
      core.io.restart();
    }
  } const rearm{*core_};
  // A Run() that was stopped, or left by an exception, in mid-batch: edge-triggered events would be
  // lost for good.
  if (core_->next < core_->count && !core_->stopping()) core_->Turn();
  core_->Arm();
  core_->ArmAlarm();
  core_->io.run();
}

void EventLoop::Stop() {
  core_->stop.store(true, std::memory_order_relaxed);
  core_->io.stop();
}

asio::io_context& EventLoop::context() {
  return core_->io;
}

TimePoint EventLoop::now() const {
  return core_->now;
}

int EventLoop::Watch(int fd, IoHandler& handler, std::uint32_t interest) {
  const int error = core_->poller.Add(fd, &handler, interest);
  if (error != 0) return error;
  ++handler.watches_;
  if (++core_->watched == 1 && !core_->dispatching) core_->Arm();
  return 0;
}

void EventLoop::Unwatch(int fd, IoHandler& handler) {
  if (handler.watches_ == 0) return;
  core_->poller.Remove(fd);
  Forget(handler);
}

void EventLoop::Forget(IoHandler& handler) {
  if (handler.watches_ == 0) return;
  --handler.watches_;
  core_->Discard(handler);
  if (--core_->watched == 0 && !core_->dispatching) core_->Arm();
}

void EventLoop::SetDeadline(IoHandler& handler, TimePoint when) {
  handler.loop_ = this;
  core_->heap.Set(handler, when);
  if (!core_->dispatching) core_->ArmAlarm();
}

void EventLoop::ClearDeadline(IoHandler& handler) {
  core_->heap.Remove(handler);
  if (!core_->dispatching) core_->ArmAlarm();
}

const LoopStatistics& EventLoop::statistics() const {
  return core_->statistics;
}

void EventLoop::ObserveTurns(TurnObserver* observer) {
  core_->observer = observer;
}

void EventLoop::ResetStatistics() {
  core_->statistics = {};
}

}  // namespace smtpgauge
