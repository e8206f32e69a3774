#include "runner/sink/latency.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

namespace smtpgauge::sink {
namespace {

using namespace std::chrono_literals;

TEST(ParseDuration, KnowsItsUnits) {
  EXPECT_EQ(ParseDuration("250us"), 250us);
  EXPECT_EQ(ParseDuration("1.5s"), 1500ms);
  EXPECT_EQ(ParseDuration("2m"), 120s);
  for (std::string_view text : {"", "5", "ms", "-1ms", "5 ms", "5h", "nanms", "1e30s"})
    EXPECT_FALSE(ParseDuration(text)) << text;
}

// The mean of many draws, in milliseconds.
double Mean(std::string_view text) {
  const auto latency = Latency::Parse(text);
  Random random(7);
  double sum = 0;
  for (int i = 0; i < 20'000; ++i)
    sum += static_cast<double>(latency->Draw(random).count()) / 1e6;
  return sum / 20'000;
}

TEST(Latency, DrawsFromItsDistribution) {
  EXPECT_DOUBLE_EQ(Mean("5ms"), 5);
  EXPECT_NEAR(Mean("uniform:1ms-9ms"), 5, 0.1);
  EXPECT_NEAR(Mean("exp:5ms"), 5, 0.2);
  EXPECT_NEAR(Mean("lognormal:5ms:0.5"), 5 * 1.1331, 0.2);  // e^(0.5*0.5/2)
  EXPECT_DOUBLE_EQ(Mean("exp:0ms"), 0);
}

TEST(Latency, RefusesEverythingElse) {
  for (std::string_view text :
       {"", "x", "5", "uniform:9ms-1ms", "uniform:1ms", "exp:", "lognormal:5ms", "poisson:5ms"})
    EXPECT_FALSE(Latency::Parse(text)) << text;
}

TEST(Stall, IsShorterThanItsPeriod) {
  EXPECT_EQ(Stall::Parse("1s/10s")->period, 10s);
  for (std::string_view text : {"1s", "10s/1s", "1s/1s", "/"})
    EXPECT_FALSE(Stall::Parse(text)) << text;
}

}  // namespace
}  // namespace smtpgauge::sink
