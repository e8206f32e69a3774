#include "runner/record/interval_series.h"

#include <chrono>

#include <gtest/gtest.h>

namespace smtpgauge {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""h;

const TimePoint kStart = TimePoint() + 1000s;

TEST(IntervalSeries, PutsValuesIntoTheirSecond) {
  IntervalSeries series(kStart);
  series.RecordResponse(kStart, 1ms);
  series.RecordResponse(kStart + 999ms, 2ms);
  series.Advance(kStart + 1s, 5);
  series.RecordResponse(kStart + 1s, 3ms);
  series.Advance(kStart + 3500ms, 7);
  series.RecordResponse(kStart + 500ms, 4ms);  // late: its second is packed already
  series.RecordResponse(kStart + 9s, 5ms);     // early
  const std::vector<Interval> seconds = series.Snapshot(9);
  ASSERT_EQ(seconds.size(), 10U);
  EXPECT_EQ(seconds[0].message_response.count(), 3U);
  EXPECT_EQ(seconds[0].message_response.Max(), 4000);
  EXPECT_EQ(seconds[1].message_response.count(), 1U);
  EXPECT_EQ(seconds[2].message_response.count(), 0U);
  EXPECT_EQ(seconds[9].message_response.count(), 1U);
  EXPECT_EQ(seconds[0].open_sessions, 5U);
  EXPECT_EQ(seconds[1].open_sessions, 7U);
  EXPECT_EQ(seconds[2].open_sessions, 7U);
  EXPECT_EQ(seconds[3].open_sessions, 9U);
}

TEST(IntervalSeries, KeepsWhatCameEarlyForASecond) {
  IntervalSeries series(kStart);
  series.RecordResponse(kStart + 2s, 5ms);
  ++series.Messages(kStart + 2s).offered;
  series.Advance(kStart + 2s, 0);
  series.RecordResponse(kStart + 2s, 6ms);
  ++series.Messages(kStart + 2s).offered;
  series.Advance(kStart + 3s, 0);
  const std::vector<Interval> seconds = series.Snapshot(0);
  EXPECT_EQ(seconds.at(2).message_response.count(), 2U);
  EXPECT_EQ(seconds.at(2).messages.offered, 2U);
}

TEST(IntervalSeries, IsBoundedWhateverTheClockSays) {
  IntervalSeries series(kStart);
  ++series.Messages(kStart - 1h).offered;
  series.RecordResponse(kStart - 1h, 1ms);
  EXPECT_EQ(series.Snapshot(0).at(0).messages.offered, 1U);
  series.Advance(kStart + 1'000'000h, 1);
  series.Advance(kStart + 2'000'000h, 1);
  series.RecordResponse(kStart + 2'500'000h, 1ms);
  const std::vector<Interval> seconds = series.Snapshot(0);
  EXPECT_EQ(seconds.size(), IntervalSeries::kMaxSeconds);
  EXPECT_EQ(seconds.back().message_response.count(), 1U);
}

}  // namespace
}  // namespace smtpgauge
