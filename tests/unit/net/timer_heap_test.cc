#include "runner/net/timer_heap.h"

#include <array>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace smtpgauge {
namespace {

TimePoint At(int seconds) {
  return TimePoint(std::chrono::seconds(seconds));
}

TEST(TimerHeap, GivesDueNodesInOrder) {
  std::array<TimerNode, 4> nodes;
  TimerHeap heap;
  const std::array<int, 4> seconds = {30, 10, 40, 20};
  for (std::size_t i = 0; i < nodes.size(); ++i)
    heap.Set(nodes[i], At(seconds[i]));
  EXPECT_EQ(heap.first(), At(10));
  EXPECT_EQ(heap.TakeDue(At(9)), nullptr);
  EXPECT_EQ(heap.TakeDue(At(30)), &nodes[1]);
  EXPECT_EQ(heap.TakeDue(At(30)), &nodes[3]);
  EXPECT_EQ(heap.TakeDue(At(30)), &nodes[0]);
  EXPECT_EQ(heap.TakeDue(At(30)), nullptr);
  EXPECT_FALSE(nodes[0].linked());
  EXPECT_TRUE(nodes[2].linked());
}

TEST(TimerHeap, LeavesTheEntryWhereItIsWhenADeadlineMovesLater) {
  TimerNode node;
  TimerHeap heap;
  heap.Set(node, At(10));
  heap.Set(node, At(500));
  EXPECT_EQ(heap.size(), 1U);
  EXPECT_EQ(heap.first(), At(10)) << "moving later must not touch the heap";
  EXPECT_EQ(heap.TakeDue(At(10)), nullptr);
  EXPECT_EQ(heap.first(), At(500));
  heap.Set(node, At(100));
  EXPECT_EQ(heap.first(), At(100)) << "moving earlier must";
  EXPECT_EQ(heap.TakeDue(At(100)), &node);
}

TEST(TimerHeap, ForgetsRemovedNodes) {
  TimerNode first;
  TimerNode second;
  TimerHeap heap;
  heap.Set(first, At(1));
  heap.Set(second, At(2));
  heap.Remove(first);
  heap.Remove(first);
  EXPECT_EQ(heap.TakeDue(At(5)), &second);
  EXPECT_EQ(heap.first(), TimePoint::max());
}

TEST(TimerHeap, AgreesWithALinearSearchOverRandomHistories) {
  std::mt19937 random(20321);
  std::vector<TimerNode> nodes(64);
  TimerHeap heap;
  std::vector<int> wanted(nodes.size(), -1);
  int now = 0;
  for (int round = 0; round < 20000; ++round) {
    const std::size_t i = random() % nodes.size();
    const unsigned action = random() % 8;
    if (action < 5) {
      wanted[i] = now + static_cast<int>(random() % 100);
      heap.Set(nodes[i], At(wanted[i]));
    } else if (action == 5) {
      wanted[i] = -1;
      heap.Remove(nodes[i]);
    } else {
      now += static_cast<int>(random() % 5);
      while (TimerNode* const due = heap.TakeDue(At(now))) {
        const auto at = static_cast<std::size_t>(due - nodes.data());
        ASSERT_GE(wanted[at], 0);
        ASSERT_LE(wanted[at], now);
        wanted[at] = -1;
      }
      for (const int left : wanted)
        ASSERT_TRUE(left == -1 || left > now);
    }
  }
}

}  // namespace
}  // namespace smtpgauge
