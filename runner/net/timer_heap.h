// A binary heap of deadlines in which moving one later costs a store.
#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

namespace smtpgauge {

using TimePoint = std::chrono::steady_clock::time_point;

/// The owner's part; belongs to at most one heap at a time and must leave it before it dies.
struct TimerNode {
  static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);
  TimePoint deadline{};         ///< the one wanted; the entry in the heap may lie earlier
  std::size_t slot = kNowhere;  ///< place of the entry
  [[nodiscard]] bool linked() const { return slot != kNowhere; }
};

/// At most one entry per node. An entry that comes up while its node wants a later instant goes
/// back in with that: a session that moves its five-minute limit with every command costs the heap
/// one operation in five minutes.
class TimerHeap {
 public:
  TimerHeap() = default;
  TimerHeap(const TimerHeap&) = delete;
  TimerHeap& operator=(const TimerHeap&) = delete;
  ~TimerHeap() { Clear(); }

  void Set(TimerNode& node, TimePoint when);
  void Remove(TimerNode& node);  ///< no effect on a node that is not linked
  /// Unlinks and returns a node whose deadline is at or before `now`; nullptr when there is none.
  [[nodiscard]] TimerNode* TakeDue(TimePoint now);
  /// No node is due before; TimePoint::max() when the heap is empty.
  [[nodiscard]] TimePoint first() const {
    return entries_.empty() ? TimePoint::max() : entries_.front().when;
  }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  /// Unlinks every node.
  void Clear();

 private:
  struct Entry {
    TimePoint when;
    TimerNode* node;
  };
  void Place(std::size_t slot, Entry entry);
  void Up(std::size_t slot);
  void Down(std::size_t slot);

  std::vector<Entry> entries_;
};

}  // namespace smtpgauge
