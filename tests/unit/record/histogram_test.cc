#include "runner/record/histogram.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "runner/record/packed_histogram.h"

namespace smtpgauge {
namespace {

using std::chrono_literals::operator""ns;
using std::chrono_literals::operator""us;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""h;

TEST(Histogram, HasTheLayoutOfHdrHistogram) {
  // 1 us to 1 h with 3 digits: 22 buckets, (22 + 1) * 1024 counts.
  EXPECT_EQ(Histogram::SlotCount(), 23552U);
  const std::pair<std::int64_t, std::size_t> known[] = {
      {0, 0},       {1, 1},       {1023, 1023}, {1024, 1024}, {2047, 2047}, {2048, 2048},
      {2049, 2048}, {2050, 2049}, {4095, 3071}, {4096, 3072}, {4099, 3072}, {4100, 3073}};
  for (const auto& [micros, slot] : known)
    EXPECT_EQ(Histogram::SlotIndex(micros), slot) << micros;
  EXPECT_LT(Histogram::SlotIndex(Histogram::kHighestMicros), Histogram::SlotCount());
}

TEST(Histogram, SlotsAreContiguousAndWithinThreeDigits) {
  for (std::size_t i = 0; i < Histogram::SlotCount(); ++i) {
    const std::int64_t low = Histogram::SlotValue(i);
    const std::int64_t high = Histogram::SlotHighest(i);
    ASSERT_EQ(Histogram::SlotIndex(low), i);
    ASSERT_EQ(Histogram::SlotIndex(high), i);
    ASSERT_LE(static_cast<double>(high - low), static_cast<double>(low) / 1000) << i;
  }
}

TEST(Histogram, IsEmptyAtFirst) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0U);
  EXPECT_EQ(histogram.Quantile(0.5), 0);
  EXPECT_EQ(histogram.Mean(), 0);
  EXPECT_EQ(histogram.Min(), 0);
  EXPECT_EQ(histogram.Max(), 0);
  EXPECT_TRUE(histogram.slots().empty());
}

TEST(Histogram, TruncatesToMicrosecondsAndCutsAtTheEnds) {
  Histogram histogram;
  histogram.Record(-5ms);
  histogram.Record(999ns);
  EXPECT_EQ(histogram.Max(), 0);
  histogram.Record(1999ns);
  EXPECT_EQ(histogram.Max(), 1);
  EXPECT_EQ(histogram.overflows(), 0U);
  histogram.Record(1h);
  EXPECT_EQ(histogram.overflows(), 0U);
  histogram.Record(1h + 1us);
  histogram.Record(Duration::max());
  EXPECT_EQ(histogram.overflows(), 2U);
  EXPECT_EQ(histogram.Max(), Histogram::kHighestMicros);
  EXPECT_EQ(histogram.count(), 6U);
}

TEST(Histogram, QuantilesAreRanksFromBelow) {
  Histogram histogram;
  for (int i = 1; i <= 1000; ++i)
    histogram.RecordMicros(i, 1);
  EXPECT_EQ(histogram.Quantile(0), 1);
  EXPECT_EQ(histogram.Quantile(0.001), 1);
  EXPECT_EQ(histogram.Quantile(0.0011), 2);
  EXPECT_EQ(histogram.Quantile(0.5), 500);
  EXPECT_EQ(histogram.Quantile(0.99), 990);
  EXPECT_EQ(histogram.Quantile(0.999), 999);
  EXPECT_EQ(histogram.Quantile(1), 1000);
  EXPECT_EQ(histogram.Quantile(-1), 1);
  EXPECT_EQ(histogram.Quantile(2), 1000);
  EXPECT_DOUBLE_EQ(histogram.Mean(), 500.5);
}

TEST(Histogram, QuantileNeverExceedsTheMaximum) {
  Histogram histogram;
  histogram.RecordMicros(1'000'000, 1);
  EXPECT_EQ(histogram.Quantile(0.5), 1'000'000);
  histogram.RecordMicros(1'000'001, 1);
  EXPECT_EQ(histogram.Quantile(0.5), 1'000'001);
}

TEST(Histogram, RecordsNothingForACountOfZero) {
  Histogram histogram;
  histogram.RecordMicros(5, 0);
  EXPECT_TRUE(histogram.slots().empty());
  EXPECT_EQ(histogram, Histogram());
}

TEST(Histogram, ClearsToEmpty) {
  Histogram histogram;
  histogram.RecordMicros(7, 3);
  histogram.RecordMicros(70'000, 3);
  histogram.Clear();
  EXPECT_EQ(histogram, Histogram());
  histogram.RecordMicros(9, 1);
  Histogram fresh;
  fresh.RecordMicros(9, 1);
  EXPECT_EQ(histogram, fresh);
}

std::vector<std::int64_t> LogUniformMicros(std::size_t count, unsigned seed) {
  std::mt19937_64 engine(seed);
  std::vector<std::int64_t> values(count);
  for (std::int64_t& value : values)
    value = static_cast<std::int64_t>(engine() >> (engine() % 64));
  for (std::int64_t& value : values)
    value &= INT64_MAX;
  return values;
}

TEST(Histogram, MergedPartsEqualOneThatSawEverything) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    Histogram whole;
    std::vector<Histogram> parts(1 + seed % 7);
    std::mt19937 deal(seed);
    for (const std::int64_t value : LogUniformMicros(2000, seed)) {
      whole.RecordMicros(value, 1);
      parts[deal() % parts.size()].RecordMicros(value, 1);
    }
    Histogram merged;
    for (const Histogram& part : parts)
      merged.Merge(part);
    ASSERT_EQ(merged, whole) << seed;
    std::reverse(parts.begin(), parts.end());
    Histogram backwards;
    for (const Histogram& part : parts)
      backwards.Merge(part);
    ASSERT_EQ(backwards, whole) << seed;
  }
}

TEST(Histogram, QuantilesStayWithinThreeDigitsOfTheExactOnes) {
  std::vector<std::int64_t> values = LogUniformMicros(5000, 42);
  Histogram histogram;
  for (std::int64_t& value : values) {
    histogram.RecordMicros(value, 1);
    value = std::min(value, Histogram::kHighestMicros);
  }
  std::sort(values.begin(), values.end());
  for (const double q : {0.0, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    const auto exact = static_cast<double>(values[QuantileRank(q, values.size()) - 1]);
    EXPECT_NEAR(static_cast<double>(histogram.Quantile(q)), exact, exact / 1000) << q;
  }
}

TEST(PackedHistogram, ReadsAsTheOriginal) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    Histogram histogram;
    for (const std::int64_t value : LogUniformMicros(seed * 100, seed)) {
      histogram.RecordMicros(value, 1 + static_cast<std::uint64_t>(value) % 1000);
    }
    const PackedHistogram packed(histogram);
    EXPECT_EQ(packed.Unpack(), histogram);
    EXPECT_EQ(packed.summary(), histogram.summary());
    for (const double q : {0.0, 0.01, 0.5, 0.9, 0.99, 0.999, 1.0}) {
      EXPECT_EQ(packed.Quantile(q), histogram.Quantile(q)) << q;
    }
  }
}

TEST(PackedHistogram, MergesExactly) {
  Histogram a;
  Histogram b;
  for (const std::int64_t value : LogUniformMicros(500, 1))
    a.RecordMicros(value, 1);
  for (const std::int64_t value : LogUniformMicros(500, 2))
    b.RecordMicros(value, 1);
  PackedHistogram packed(a);
  packed.Merge(PackedHistogram(b));
  packed.Merge(PackedHistogram());
  a.Merge(b);
  EXPECT_EQ(packed, PackedHistogram(a));
  PackedHistogram empty;
  empty.Merge(packed);
  EXPECT_EQ(empty, packed);
  EXPECT_EQ(PackedHistogram(), PackedHistogram(Histogram()));
}

}  // namespace
}  // namespace smtpgauge
