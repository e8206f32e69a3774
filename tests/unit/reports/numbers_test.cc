#include "reports/numbers.h"

#include <gtest/gtest.h>

namespace smtpgauge {
namespace {

using std::chrono::nanoseconds;
using std::chrono::system_clock;

TEST(Numbers, ReadAsPeopleWriteThem) {
  EXPECT_EQ(WithThousands(0), "0");
  EXPECT_EQ(WithThousands(999), "999");
  EXPECT_EQ(WithThousands(1000), "1,000");
  EXPECT_EQ(WithThousands(18446744073709551615U), "18,446,744,073,709,551,615");
  EXPECT_EQ(HumanOctets(1023), "1023 B");
  EXPECT_EQ(HumanOctets(1536), "1.50 KiB");
  EXPECT_EQ(HumanOctets(1048576), "1.00 MiB");
  EXPECT_EQ(HumanRate(0.25), "0.25");
  EXPECT_EQ(HumanRate(99.96), "100");
  EXPECT_EQ(HumanRate(1234.5), "1,235");
  EXPECT_EQ(HumanRate(1e300), "1e+300");
  EXPECT_EQ(Counted(1, "case"), "1 case");
  EXPECT_EQ(Counted(1200, "case"), "1,200 cases");
}

TEST(Numbers, PercentNeverRoundsAwayTheException) {
  EXPECT_EQ(Percent(0, 0), "-");
  EXPECT_EQ(Percent(0, 100000), "0.0%");
  EXPECT_EQ(Percent(1, 100000), "<0.1%");
  EXPECT_EQ(Percent(99999, 100000), ">99.9%");
  EXPECT_EQ(Percent(100000, 100000), "100.0%");
  EXPECT_EQ(Percent(1, 3), "33.3%");
}

TEST(Numbers, TimestampsGoBothWays) {
  for (const std::int64_t at : {std::int64_t{0}, std::int64_t{1795363747250000001},
                                std::int64_t{9214646400000000000} - 1}) {
    const system_clock::time_point time{nanoseconds(at)};
    EXPECT_EQ(TimeFrom(TimestampFrom(time)), time);
  }
  EXPECT_EQ(TimestampFrom(system_clock::time_point(nanoseconds(1795363747250000001))),
            "2026-11-22T16:09:07.250000001Z");
}

TEST(Numbers, RefusesOtherTimestamps) {
  for (const std::string_view text :
       {"", "2026-11-22", "2026-11-22 16:09:07.250000001Z", "2026-02-30T16:09:07.250000001Z",
        "2026-11-22T24:09:07.250000001Z", "2026-11-22T16:09:07.2500000010",
        "9999-01-01T00:00:00.000000000Z", "2026-11-22T16:09:07.-25000000Z"}) {
    EXPECT_EQ(TimeFrom(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace smtpgauge
