#include "runner/net/event_loop.h"

#include <sys/socket.h>

#include <array>
#include <functional>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <gtest/gtest.h>
#include <unistd.h>

namespace smtpgauge {
namespace {

using std::chrono::milliseconds;

struct Handler : IoHandler {
  std::function<void(std::uint32_t)> on_ready = [](std::uint32_t) {};
  std::function<void(TimePoint)> on_timer = [](TimePoint) {};
  void OnReady(std::uint32_t events) override { on_ready(events); }
  void OnTimer(TimePoint now) override { on_timer(now); }
};

struct SocketPair {
  std::array<int, 2> fds{};
  SocketPair() {
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds.data()), 0);
  }
  SocketPair(const SocketPair&) = delete;
  SocketPair& operator=(const SocketPair&) = delete;
  ~SocketPair() {
    for (const int fd : fds)
      ::close(fd);
  }
  void Poke() const { EXPECT_EQ(::send(fds[1], "x", 1, 0), 1); }
  void Drain() const {
    std::array<char, 64> buffer{};
    while (::recv(fds[0], buffer.data(), buffer.size(), 0) > 0) {
    }
  }
};

TEST(EventLoop, ReturnsWhenThereIsNothingToDo) {
  EventLoop loop;
  loop.Run();
  EXPECT_EQ(loop.statistics().turns, 0U);
}

TEST(EventLoop, ReportsReadinessAndReturnsOnceNothingIsWatched) {
  EventLoop loop;
  const SocketPair pair;
  Handler handler;
  std::vector<std::uint32_t> seen;
  handler.on_ready = [&](std::uint32_t events) {
    seen.push_back(events);
    pair.Drain();
    if (seen.size() == 1) {
      ::shutdown(pair.fds[1], SHUT_WR);
    } else {
      loop.Unwatch(pair.fds[0], handler);
    }
  };
  ASSERT_EQ(loop.Watch(pair.fds[0], handler, kReadable), 0);
  pair.Poke();
  loop.Run();
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0], kReadable);
  EXPECT_EQ(seen[1], kReadable | kHangup);
  EXPECT_EQ(loop.statistics().events, 2U);
  EXPECT_GT(loop.statistics().longest_turn.count(), 0);
}

TEST(EventLoop, EdgeTriggeredReportsEachArrivalOnce) {
  EventLoop loop;
  const SocketPair pair;
  Handler handler;
  int readable = 0;
  handler.on_ready = [&](std::uint32_t events) { readable += (events & kReadable) != 0 ? 1 : 0; };
  handler.on_timer = [&](TimePoint) { loop.Unwatch(pair.fds[0], handler); };
  ASSERT_EQ(loop.Watch(pair.fds[0], handler, kReadable | kEdge), 0);
  loop.SetDeadline(handler, std::chrono::steady_clock::now() + milliseconds(20));
  pair.Poke();  // never read: a level-triggered set would report it for 20 ms
  loop.Run();
  EXPECT_EQ(readable, 1);
}

TEST(EventLoop, AnswersWithAnErrorNumberForADescriptorThatCannotBeWatched) {
  EventLoop loop;
  Handler handler;
  EXPECT_EQ(loop.Watch(-1, handler, kReadable), EBADF);
  loop.Forget(handler);
  loop.Unwatch(-1, handler);
  loop.Run();  // would not return if the count of what is watched were wrong
}

TEST(EventLoop, CallsEachDeadlineOnceAndNotEarly) {
  EventLoop loop;
  const TimePoint start = std::chrono::steady_clock::now();
  std::array<Handler, 3> handlers;
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < handlers.size(); ++i) {
    const TimePoint due = start + milliseconds(5 * (3 - static_cast<int>(i)));
    handlers[i].on_timer = [&order, i, due](TimePoint now) {
      EXPECT_GE(now, due);
      order.push_back(i);
    };
    loop.SetDeadline(handlers[i], due);
  }
  loop.Run();
  EXPECT_EQ(order, (std::vector<std::size_t>{2, 1, 0}));
  EXPECT_EQ(loop.statistics().timers, 3U);
}

TEST(EventLoop, MovesAndClearsDeadlines) {
  EventLoop loop;
  const TimePoint start = std::chrono::steady_clock::now();
  Handler moved;
  Handler cleared;
  Handler earlier;
  int calls = 0;
  moved.on_timer = [&](TimePoint now) {
    EXPECT_GE(now, start + milliseconds(10));
    ++calls;
  };
  cleared.on_timer = [](TimePoint) { FAIL(); };
  earlier.on_timer = [&](TimePoint) { ++calls; };
  loop.SetDeadline(moved, start + milliseconds(1));
  loop.SetDeadline(moved, start + milliseconds(10));
  loop.SetDeadline(cleared, start + std::chrono::hours(1));
  loop.SetDeadline(earlier, start + std::chrono::hours(1));
  loop.SetDeadline(earlier, start + milliseconds(2));
  loop.ClearDeadline(cleared);
  loop.Run();  // an hour if one of them had been lost
  EXPECT_EQ(calls, 2);
}

TEST(EventLoop, ADestroyedHandlerLeavesNoDeadline) {
  EventLoop loop;
  {
    Handler handler;
    loop.SetDeadline(handler, std::chrono::steady_clock::now() + std::chrono::hours(1));
  }
  loop.Run();
  auto handler = std::make_unique<Handler>();
  handler->on_timer = [&](TimePoint) { handler.reset(); };
  loop.SetDeadline(*handler, std::chrono::steady_clock::now());
  loop.Run();
  EXPECT_EQ(handler, nullptr);
}

TEST(EventLoop, AHandlerThatKeepsBeingDueDoesNotStarveTheOthers) {
  EventLoop loop;
  const SocketPair pair;
  Handler busy;
  Handler reader;
  bool done = false;
  busy.on_timer = [&](TimePoint now) {
    if (!done) loop.SetDeadline(busy, now);
  };
  reader.on_ready = [&](std::uint32_t) {
    done = true;
    loop.Unwatch(pair.fds[0], reader);
  };
  loop.SetDeadline(busy, std::chrono::steady_clock::now());
  ASSERT_EQ(loop.Watch(pair.fds[0], reader, kReadable), 0);
  pair.Poke();
  loop.Run();
  EXPECT_TRUE(done);
}

TEST(EventLoop, DeliversNothingToAHandlerUnwatchedInTheSameTurn) {
  EventLoop loop;
  const SocketPair first;
  const SocketPair second;
  // Whichever is called first removes and destroys the other.
  auto one = std::make_unique<Handler>();
  auto two = std::make_unique<Handler>();
  int calls = 0;
  one->on_ready = [&](std::uint32_t) {
    ++calls;
    loop.Unwatch(first.fds[0], *one);
    loop.Unwatch(second.fds[0], *two);
    two.reset();
  };
  two->on_ready = [&](std::uint32_t) {
    ++calls;
    loop.Unwatch(second.fds[0], *two);
    loop.Unwatch(first.fds[0], *one);
    one.reset();
  };
  ASSERT_EQ(loop.Watch(first.fds[0], *one, kReadable), 0);
  ASSERT_EQ(loop.Watch(second.fds[0], *two, kReadable), 0);
  first.Poke();
  second.Poke();
  loop.Run();
  EXPECT_EQ(calls, 1);
}

TEST(EventLoop, RunsAsioWorkBesideAndLetsItWatch) {
  EventLoop loop;
  const SocketPair pair;
  Handler handler;
  bool ready = false;
  handler.on_ready = [&](std::uint32_t) {
    ready = true;
    loop.Unwatch(pair.fds[0], handler);
  };
  asio::post(loop.context(), [&] {
    ASSERT_EQ(loop.Watch(pair.fds[0], handler, kReadable), 0);
    pair.Poke();
  });
  loop.Run();
  EXPECT_TRUE(ready);
}

TEST(EventLoop, AnAsioHandlerCanEndTheLastWatch) {
  EventLoop loop;
  const SocketPair pair;
  Handler handler;
  ASSERT_EQ(loop.Watch(pair.fds[0], handler, kReadable), 0);
  asio::post(loop.context(), [&] { loop.Unwatch(pair.fds[0], handler); });
  loop.Run();
}

TEST(EventLoop, StopsFromAnotherThread) {
  EventLoop loop;
  const SocketPair pair;
  Handler handler;
  ASSERT_EQ(loop.Watch(pair.fds[0], handler, kReadable), 0);
  std::thread stopper([&] { loop.Stop(); });
  loop.Run();
  stopper.join();
  loop.Unwatch(pair.fds[0], handler);
  loop.Run();
}

TEST(EventLoop, KeepsWhatWasReportedWhenStoppedInMidBatch) {
  EventLoop loop;
  std::array<SocketPair, 3> pairs;
  std::array<Handler, 3> handlers;
  int calls = 0;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    handlers[i].on_ready = [&, i](std::uint32_t) {
      ++calls;
      loop.Unwatch(pairs[i].fds[0], handlers[i]);
      loop.Stop();
    };
    ASSERT_EQ(loop.Watch(pairs[i].fds[0], handlers[i], kReadable | kEdge), 0);
    pairs[i].Poke();
  }
  for (int expected = 1; expected <= 3; ++expected) {
    loop.Run();
    EXPECT_EQ(calls, expected);
  }
}

TEST(EventLoop, LetsAnExceptionThroughAndGoesOnAfterwards) {
  EventLoop loop;
  const SocketPair pair;
  Handler handler;
  bool thrown = false;
  handler.on_ready = [&](std::uint32_t) {
    if (!thrown) {
      thrown = true;
      throw std::runtime_error("out");
    }
    loop.Unwatch(pair.fds[0], handler);
  };
  ASSERT_EQ(loop.Watch(pair.fds[0], handler, kReadable), 0);
  pair.Poke();
  EXPECT_THROW(loop.Run(), std::runtime_error);
  loop.Run();
}

}  // namespace
}  // namespace smtpgauge
