// One worker thread's loop: sockets by one epoll set of our own, everything else by Asio.
//
// Asio watches that epoll set as a single descriptor, and carries timers of its own, signals, DNS
// and the coroutines that orchestrate. Of the ways to use Asio that were measured, this one costs
// no more than bare epoll.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "runner/net/poller.h"
#include "runner/net/timer_heap.h"

namespace asio {
class io_context;
}

namespace smtpgauge {

class EventLoop;

/// What the loop calls. A handler has one deadline; moving it later costs a store. It may be
/// destroyed from within any callback, its own included; its descriptors have to be unwatched
/// first.
class IoHandler : private TimerNode {
 public:
  IoHandler() = default;
  IoHandler(const IoHandler&) = delete;
  IoHandler& operator=(const IoHandler&) = delete;
  virtual ~IoHandler();
  /// Bits kReadable, kWritable, kHangup.
  virtual void OnReady(std::uint32_t events) = 0;
  /// The deadline has come; it is cleared by then. `now` is the loop's.
  virtual void OnTimer(TimePoint now) = 0;

 private:
  friend class EventLoop;
  EventLoop* loop_ = nullptr;  ///< where the deadline was set; only meaningful while linked()
  std::uint32_t watches_ = 0;  ///< descriptors watched for it
};

/// Hears of every turn of a loop that had work: how long our own callbacks kept all else waiting.
class TurnObserver {
 public:
  virtual ~TurnObserver() = default;
  virtual void OnTurn(TimePoint began, TimePoint ended) = 0;
};

struct LoopStatistics {
  std::uint64_t turns = 0;                  ///< wake-ups that found work
  std::uint64_t events = 0;                 ///< OnReady calls
  std::uint64_t timers = 0;                 ///< OnTimer calls
  std::chrono::nanoseconds busy{};          ///< time inside callbacks
  std::chrono::nanoseconds longest_turn{};  ///< the worst stall that our own work caused
  std::chrono::nanoseconds latest_timer{};  ///< the worst delay of an OnTimer behind its deadline
};

class EventLoop {
 public:
  EventLoop();  ///< throws std::system_error when descriptors have run out
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// Until Stop(), or until nothing is watched, no deadline is set and Asio has no work.
  /// An exception from a callback passes through; Run() may be called again.
  void Run();
  /// Ends Run() after the callback under way, or the next Run() at once when none is under way.
  /// From any thread; from a signal by asio::signal_set.
  void Stop();

  [[nodiscard]] asio::io_context& context();
  /// Read once per turn, so it can be as old as the turn is long: good for deadlines, not for
  /// measuring. Outside IoHandler callbacks take the clock itself.
  [[nodiscard]] TimePoint now() const;

  /// Calls `handler` when `fd` is ready. Level-triggered unless kEdge is given. 0, or errno.
  [[nodiscard]] int Watch(int fd, IoHandler& handler, std::uint32_t interest);
  /// Before the descriptor is closed. Nothing that was already reported is delivered afterwards.
  /// No effect on a handler for which nothing is watched, say because Watch() failed.
  void Unwatch(int fd, IoHandler& handler);
  /// Unwatch() for a descriptor that is closed right afterwards: saves the system call.
  void Forget(IoHandler& handler);

  void SetDeadline(IoHandler& handler, TimePoint when);
  void ClearDeadline(IoHandler& handler);

  [[nodiscard]] const LoopStatistics& statistics() const;
  void ResetStatistics();
  /// At most one; nullptr for none. It outlives the loop or is taken off.
  void ObserveTurns(TurnObserver* observer);

 private:
  struct Core;
  std::unique_ptr<Core> core_;
};

}  // namespace smtpgauge
