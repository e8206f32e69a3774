#include "runner/load/arrivals.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "runner/load/backlog.h"
#include "runner/record/units.h"

namespace smtpgauge {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::vector<Duration> Take(const LoadShape& shape, std::size_t most, std::uint64_t first = 0,
                           std::uint64_t stride = 1) {
  std::vector<Duration> times;
  for (Arrivals arrivals(shape, 7, first, stride); arrivals.time() && times.size() < most;
       arrivals.Advance())
    times.push_back(*arrivals.time());
  return times;
}

TEST(LoadShape, SpacesAConstantRateEvenly) {
  const auto times = Take(LoadShape::Constant(1000), 5);
  for (std::size_t i = 0; i < times.size(); ++i)
    EXPECT_NEAR(static_cast<double>(times[i].count()), static_cast<double>(i) * 1e6, 2);
}

TEST(LoadShape, HoldsEveryWindowToOneArrival) {
  const LoadShape shapes[] = {LoadShape::Constant(333.3),
                              LoadShape::Stages("2s:100,3s:100-1000,1s:0,2s:1000-10,2s:50"),
                              LoadShape::Constant(200).Arriving("sine:150:3s")};
  for (const LoadShape& shape : shapes) {
    const auto times = Take(shape, 3000);
    ASSERT_GT(times.size(), 1500U);
    EXPECT_TRUE(std::is_sorted(times.begin(), times.end()));
    for (Duration begin{}; begin < seconds(4); begin += milliseconds(370)) {
      for (const Duration length : {milliseconds(50), milliseconds(700), milliseconds(2900)}) {
        const auto in_window = std::count_if(times.begin(), times.end(), [&](Duration time) {
          return time >= begin && time < begin + length;
        });
        const double wanted = shape.CountBefore(begin + length) - shape.CountBefore(begin);
        EXPECT_NEAR(static_cast<double>(in_window), wanted, 1.0 + 1e-6);
      }
    }
  }
}

TEST(LoadShape, IntegratesStages) {
  const LoadShape shape = LoadShape::Stages("30s:100,2m:100-1000");
  EXPECT_NEAR(shape.CountBefore(seconds(30)), 3000, 1e-6);
  EXPECT_NEAR(shape.CountBefore(seconds(90)), 3000 + 100 * 60 + 7.5 * 60 * 60 / 2, 1e-6);
  EXPECT_NEAR(shape.CountBefore(seconds(150)), 3000 + 550 * 120, 1e-6);
  EXPECT_EQ(shape.end(), seconds(150));
  EXPECT_FALSE(shape.TimeOf(3000 + 550 * 120 + 1).has_value());
}

TEST(LoadShape, DealsArrivalsToWorkersWithoutLossOrDouble) {
  for (const char* kind : {"constant", "poisson", "burst:4"}) {
    const LoadShape shape = LoadShape::Constant(100).Arriving(kind);
    const auto all = Take(shape, 300);
    std::vector<Duration> dealt;
    for (std::uint64_t worker = 0; worker < 3; ++worker) {
      const auto part = Take(shape, 100, worker, 3);
      dealt.insert(dealt.end(), part.begin(), part.end());
    }
    std::sort(dealt.begin(), dealt.end());
    EXPECT_EQ(dealt, all) << kind;
  }
}

TEST(LoadShape, GivesPoissonGapsOfMeanAndDeviationOne) {
  const auto times = Take(LoadShape::Constant(1000).Arriving("poisson"), 20000);
  double sum = 0;
  double squares = 0;
  for (std::size_t i = 1; i < times.size(); ++i) {
    const double gap = static_cast<double>((times[i] - times[i - 1]).count()) / 1e6;
    sum += gap;
    squares += gap * gap;
  }
  const double count = static_cast<double>(times.size() - 1);
  const double mean = sum / count;
  EXPECT_NEAR(mean, 1, 0.03);
  EXPECT_NEAR(std::sqrt(squares / count - mean * mean), 1, 0.05);
  EXPECT_EQ(times, Take(LoadShape::Constant(1000).Arriving("poisson"), 20000)) << "seeded";
}

TEST(LoadShape, ArrivesInBursts) {
  const auto times = Take(LoadShape::Constant(10).Arriving("burst:5"), 10);
  EXPECT_EQ(times[0], times[4]);
  EXPECT_NEAR(static_cast<double>(times[5].count()), 0.5e9, 2);
  EXPECT_EQ(times[5], times[9]);
}

TEST(LoadShape, RepeatsATrace) {
  const LoadShape shape = LoadShape::Trace("# recorded\n0.5\r\n\n0.25\n0.25\n2\n");
  EXPECT_EQ(Take(shape, 10), (std::vector<Duration>{milliseconds(250), milliseconds(250),
                                                    milliseconds(500), milliseconds(2000)}));
  EXPECT_EQ(shape.CountBefore(seconds(1)), 3);
}

TEST(LoadShape, SaysWhatIsWrong) {
  for (const char* text : {"", "30s", "30:100", "30s:x", "30s:1-", "30s:100,", "0s:5", "1s:-3"})
    EXPECT_THROW((void)LoadShape::Stages(text), UnitError) << text;
  for (const char* text : {"", "gauss", "burst:0", "burst:x", "sine:200:1s", "sine:1:0s", "sine"})
    EXPECT_THROW((void)LoadShape::Constant(100).Arriving(text), UnitError) << text;
  EXPECT_THROW((void)LoadShape::Trace("1\nsoon\n"), UnitError);
}

TEST(Backlog, KeepsTheScheduleOfWhatWaits) {
  const WeightedChoice mix({2, 1});
  const LoadShape shape = LoadShape::Constant(10);
  Backlog backlog(shape, mix, 2, 1, 0, 1, 9);
  std::vector<std::uint16_t> scripts;
  while (backlog.next())
    scripts.push_back(backlog.Offer().script);
  EXPECT_EQ(scripts.size(), 9U);
  EXPECT_EQ(backlog.waiting(0), 6U);
  EXPECT_EQ(backlog.waiting(1), 3U);
  Duration last{-1};
  for (std::uint64_t number = 0; number < 9; ++number) {
    const std::uint16_t script = scripts[number];
    EXPECT_NEAR(static_cast<double>(backlog.oldest(script).count()),
                static_cast<double>(number) * 1e8, 2);
    EXPECT_GT(backlog.oldest(script), last);
    last = backlog.oldest(script);
    backlog.Take(script);
  }
  EXPECT_TRUE(backlog.empty());
}

TEST(Backlog, KeepsTheOldestAndTellsOfTheOthers) {
  const WeightedChoice mix({2, 1});
  const LoadShape shape = LoadShape::Constant(10);
  for (const std::uint64_t kept : {0U, 2U, 6U, 9U}) {
    Backlog backlog(shape, mix, 2, 1, 0, 1, 9);
    while (backlog.next())
      backlog.Offer();
    const Duration oldest = backlog.oldest(0);
    std::vector<Duration> dropped;
    backlog.Keep(0, kept, [&](Duration due) { dropped.push_back(due); });
    EXPECT_EQ(backlog.waiting(0), std::min<std::uint64_t>(kept, 6));
    EXPECT_EQ(dropped.size(), 6 - backlog.waiting(0));
    EXPECT_EQ(backlog.waiting(1), 3U);  // another script's
    EXPECT_TRUE(std::is_sorted(dropped.begin(), dropped.end()));
    if (kept == 0) continue;
    EXPECT_EQ(backlog.oldest(0), oldest);
    for (const Duration due : dropped)
      EXPECT_GT(due, oldest);
  }
}

TEST(WeightedChoice, IsExactInEveryCycle) {
  const WeightedChoice mix({9, 1, 5});
  std::vector<int> counts(3);
  for (std::uint64_t k = 30; k < 45; ++k)
    ++counts[mix.At(k)];
  EXPECT_EQ(counts, (std::vector<int>{9, 1, 5}));
}

}  // namespace
}  // namespace smtpgauge
