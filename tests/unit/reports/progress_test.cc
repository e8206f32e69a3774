#include "reports/progress.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace smtpgauge {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

CheckProgress HalfWay() {
  CheckProgress check;
  check.counts = {38, 3, 2, 1, 0, 0, 0};
  check.done = 44;
  check.total = 88;
  check.current = "5321-4.1.1.1-\x1b[31m";
  return check;
}

LoadProgress Loading() {
  LoadProgress load;
  load.length = seconds(20);
  load.accepted = 12345;
  load.accepted_per_second = 2469;
  load.p99_micros = 4200;
  load.open_sessions = 50;
  load.missed = 7;
  return load;
}

// Both ends of a pipe; what was written is read back without waiting.
class Pipe {
 public:
  Pipe() { EXPECT_EQ(::pipe2(ends_, O_NONBLOCK), 0); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  [[nodiscard]] int writer() const { return ends_[1]; }
  [[nodiscard]] std::string Read() const {
    std::string text(65536, '\0');
    const ssize_t got = ::read(ends_[0], text.data(), text.size());
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
  }

 private:
  int ends_[2] = {-1, -1};
};

TEST(ProgressBar, ShowsShareTimeAndFindings) {
  EXPECT_EQ(ProgressBar(HalfWay(), milliseconds(1250), {.width = 120}),
            "[============>           ]  50%  1 s  44 of 88 cases, 2 fail, 3 warn  "
            "5321-4.1.1.1-\\x1b[31m");
  EXPECT_EQ(ProgressBar(Loading(), seconds(5), {.width = 120}),
            "[======>                 ]  25%  5 s  12,345 accepted, 2,469/s, p99 4.20 ms, "
            "50 sessions, 7 missed");
}

TEST(ProgressBar, NeverWraps) {
  for (std::size_t width = 30; width < 120; ++width) {
    EXPECT_LE(ProgressBar(HalfWay(), seconds(1), {.width = width}).size(), width);
    EXPECT_LE(ProgressBar(Loading(), seconds(1), {.width = width}).size(), width);
  }
}

TEST(ProgressBar, StaysInsideItsFrame) {
  EXPECT_TRUE(
      ProgressBar(Loading(), seconds(100), {}).starts_with("[========================] 100%"));
  EXPECT_TRUE(
      ProgressBar(CheckProgress{}, seconds(0), {}).starts_with("[>                       ]   0%"));
  LoadProgress counted = Loading();
  counted.length = {};
  counted.messages_planned = 24690;
  EXPECT_TRUE(ProgressBar(counted, seconds(3), {}).starts_with("[============>           ]  50%"));
}

TEST(ProgressSentence, FitsALog) {
  EXPECT_EQ(ProgressSentence(HalfWay(), milliseconds(12900)),
            "12 s: 44 of 88 cases, 2 fail, 3 warn");
}

TEST(ProgressDisplay, WritesALineEveryFewSecondsToALog) {
  const Pipe pipe;
  ProgressDisplay display(pipe.writer(), ProgressDisplay::Kind::kLines, {});
  for (int i = 0; i <= 120; ++i)
    display.Update(HalfWay(), milliseconds(100 * i));
  display.Clear();
  EXPECT_EQ(pipe.Read(),
            "5 s: 44 of 88 cases, 2 fail, 3 warn\n10 s: 44 of 88 cases, 2 fail, 3 warn\n");
}

TEST(ProgressDisplay, RedrawsInPlaceAndCleansUp) {
  const Pipe pipe;
  {
    ProgressDisplay display(pipe.writer(), ProgressDisplay::Kind::kBar, {});
    display.Update(HalfWay(), milliseconds(0));
    display.Update(HalfWay(), milliseconds(99));
    display.Update(HalfWay(), milliseconds(100));
  }
  const std::string text = pipe.Read();
  const std::string bar = "\r\x1b[K" + ProgressBar(HalfWay(), seconds(0), {});
  EXPECT_EQ(text, bar + bar + "\r\x1b[K");
}

TEST(ProgressDisplay, SurvivesAReaderThatIsGone) {
  const int closed = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ProgressDisplay display(closed, ProgressDisplay::Kind::kBar, {});
  display.Update(HalfWay(), milliseconds(0));
  ::close(closed);
}

}  // namespace
}  // namespace smtpgauge
