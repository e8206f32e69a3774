#include "runner/net/timer_heap.h"

namespace smtpgauge {

void TimerHeap::Set(TimerNode& node, TimePoint when) {
  node.deadline = when;
  if (!node.linked()) {
    entries_.push_back({when, &node});
    node.slot = entries_.size() - 1;
    Up(node.slot);
  } else if (when < entries_[node.slot].when) {
    entries_[node.slot].when = when;
    Up(node.slot);
  }
}

void TimerHeap::Remove(TimerNode& node) {
  if (!node.linked()) return;
  const std::size_t slot = node.slot;
  node.slot = TimerNode::kNowhere;
  const Entry last = entries_.back();
  entries_.pop_back();
  if (slot == entries_.size()) return;
  Place(slot, last);
  Up(slot);
  Down(last.node->slot);
}

TimerNode* TimerHeap::TakeDue(TimePoint now) {
  while (first() <= now) {
    TimerNode& node = *entries_.front().node;
    if (node.deadline <= now) {
      Remove(node);
      return &node;
    }
    entries_.front().when = node.deadline;
    Down(0);
  }
  return nullptr;
}

void TimerHeap::Clear() {
  for (const Entry& entry : entries_)
    entry.node->slot = TimerNode::kNowhere;
  entries_.clear();
}

void TimerHeap::Place(std::size_t slot, Entry entry) {
  entries_[slot] = entry;
  entry.node->slot = slot;
}

void TimerHeap::Up(std::size_t slot) {
  const Entry entry = entries_[slot];
  while (slot > 0) {
    const std::size_t parent = (slot - 1) / 2;
    if (entries_[parent].when <= entry.when) break;
    Place(slot, entries_[parent]);
    slot = parent;
  }
  Place(slot, entry);
}

void TimerHeap::Down(std::size_t slot) {
  const Entry entry = entries_[slot];
  for (;;) {
    std::size_t child = 2 * slot + 1;
    if (child >= entries_.size()) break;
    if (child + 1 < entries_.size() && entries_[child + 1].when < entries_[child].when) ++child;
    if (entry.when <= entries_[child].when) break;
    Place(slot, entries_[child]);
    slot = child;
  }
  Place(slot, entry);
}

}  // namespace smtpgauge
