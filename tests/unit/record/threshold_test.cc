#include "runner/record/threshold.h"

#include <chrono>
#include <cmath>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace smtpgauge {
namespace {

using std::chrono_literals::operator""s;

void RecordMany(LoadResult& result, Phase phase, Outcome outcome, std::int64_t micros,
                std::uint64_t count) {
  PhaseTimes& times = result.phases[{phase, outcome}];
  times.service.RecordMicros(micros, count);
  times.response.RecordMicros(2 * micros, count);
}

/// 1000 messages offered in 2 s: 960 accepted, 30 rejected, 10 missed; 1000 rcpt of which 40 were
/// refused.
LoadResult MakeResult() {
  LoadResult result;
  result.messages.offered = 1000;
  result.messages.started = 990;
  result.messages.completed = 990;
  result.messages.accepted = 960;
  result.messages.rejected = 30;
  result.messages.missed = 10;
  result.in_window = result.messages;
  result.measured = 2s;
  RecordMany(result, Phase::kRcpt, Outcome::k2yz, 1000, 960);
  RecordMany(result, Phase::kRcpt, Outcome::k5yz, 100, 40);
  RecordMany(result, Phase::kEod, Outcome::k2yz, 2000, 960);
  RecordMany(result, Phase::kMessage, Outcome::k2yz, 5000, 960);
  result.generator.lateness.RecordMicros(100, 5);
  result.generator.loop_stalls.RecordMicros(700, 1);
  StepChecks checks;
  checks.counts[static_cast<std::size_t>(Verdict::kPass)] = 1920;
  checks.counts[static_cast<std::size_t>(Verdict::kFail)] = 40;
  result.checks = {checks, checks};
  return result;
}

/// Five seconds behind one of warm-up: 100 accepted messages in each, in the third only 40, which
/// took a second instead of 10 ms, and 60 were rejected.
LoadResult MakeSeries() {
  LoadResult result;
  result.measured_from = 1s;
  result.measured = 5s;
  for (int second = 0; second < 6; ++second) {
    const bool slow = second == 3;
    Interval& interval = result.series.emplace_back();
    interval.messages.offered = 100;
    interval.messages.accepted = slow ? 40 : second == 0 ? 0 : 100;
    interval.messages.rejected = slow ? 60 : 0;
    Histogram response;
    response.RecordMicros(slow ? 1'000'000 : 10'000, interval.messages.accepted);
    interval.message_response = PackedHistogram(response);
  }
  return result;
}

TEST(Threshold, HoldsInEveryWindowOrSaysWhatTheFirstBadOneHad) {
  struct Windowed {
    std::string_view expression;
    double actual;
    bool passed;
  };
  const Windowed cases[] = {
      {"throughput >= 100 over 2s", 70, false},     {"throughput >= 70 over 2s", 100, true},
      {"p99(message) < 20ms over 1s", 1000, false}, {"p99(message) <= 1s over 1s", 0.01, true},
      {"p50(message) < 20ms over 5s", 10, true},    {"rate(accepted) > 60% over 2s", 100, true},
      {"rate(accepted) > 60% over 1s", 40, false},  {"count(accepted) > 400 over 5s", 440, true}};
  for (const Windowed& one : cases) {
    const ThresholdResult got = Threshold::Parse(one.expression).Evaluate(MakeSeries());
    EXPECT_EQ(got.passed, one.passed) << one.expression;
    EXPECT_NEAR(got.actual, one.actual, one.actual * 0.001) << one.expression;
  }
}

TEST(Threshold, WhatIsStillUnderWayIsNoRefusal) {
  // A second into a run on a server that takes half a second for each.
  LoadResult early;
  early.messages.offered = early.messages.started = 100;
  early.messages.completed = early.messages.accepted = 50;
  EXPECT_DOUBLE_EQ(Threshold::Parse("rate(accepted) > 95%").Evaluate(early).actual, 100);
  EXPECT_DOUBLE_EQ(Threshold::Parse("rate(started) > 95%").Evaluate(early).actual, 100);
  early.messages.accepted = 0;
  const ThresholdResult nothing = Threshold::Parse("rate(accepted) > 95%").Evaluate(early);
  EXPECT_EQ(nothing.reason, "no message was offered, or none came to an end");
}

TEST(Threshold, AWindowThatTheRunDoesNotFillIsNoPass) {
  const ThresholdResult got = Threshold::Parse("throughput > 1 over 6s").Evaluate(MakeSeries());
  EXPECT_FALSE(got.passed);
  EXPECT_EQ(got.reason, "nothing was measured in a whole window of 6 s");
}

TEST(Threshold, WindowsAreOfWholeSecondsAndOfWhatIsKeptBySecond) {
  for (const std::string_view bad :
       {"throughput > 1 over 1500ms", "throughput > 1 over 0s", "throughput > 1 over ",
        "p99(eod) < 1s over 10s", "p99(message.2xx) < 1s over 10s", "checks(fail) == 0 over 10s"}) {
    EXPECT_THROW((void)Threshold::Parse(bad), ThresholdError) << bad;
  }
}

struct Case {
  std::string_view expression;
  double actual;
  std::string_view unit;
  bool passed;
};

TEST(Threshold, MeasuresAndCompares) {
  const Case cases[] = {
      {"p99(eod) < 250ms", 4, "ms", true},
      {"p99(eod)<4ms", 4, "ms", false},
      {"p99(eod) <= 4ms", 4, "ms", true},
      {"p99.9(message.response) < 1s", 0.01, "s", true},
      {"p50(message.service) == 5000us", 5000, "us", true},
      {"p1(rcpt) < 1ms", 0.2, "ms", true},
      {"p1(rcpt.2xx) < 1ms", 2, "ms", false},
      {"p100( rcpt . 5xx . service ) == 100us", 100, "us", true},
      {"mean(rcpt.service) < 5ms", 0.964, "ms", true},
      {"max(eod.service) > 2ms", 2, "ms", false},
      {"min(rcpt.service) >= 100us", 100, "us", true},
      {"p99(lateness) < 1ms", 0.1, "ms", true},
      {"max(loop_stalls) < 500us", 700, "us", false},
      {"rate(accepted) > 95%", 96, "%", true},
      {"rate(accepted) > 96%", 96, "%", false},
      {"rate(missed) <= 1%", 1, "%", true},
      {"rate(5xx) < 2.1%", 100.0 * 40 / 1960, "%", true},
      {"rate(rcpt.5xx) < 4%", 4, "%", false},
      {"rate(timeout) == 0%", 0, "%", true},
      {"throughput > 400/s", 480, "/s", true},
      {"throughput >= 480", 480, "", true},
      {"throughput > 28801/m", 28800, "/m", false},
      {"count(failed) == 0", 0, "", true},
      {"count(rejected) != 30", 30, "", false},
      {"count(rcpt) == 1000", 1000, "", true},
      {"count(rcpt.5xx) < 40", 40, "", false},
      {"count(2xx) == 1920", 1920, "", true},
      {"checks(fail) == 0", 80, "", false},
      {"checks(pass) >= 3840", 3840, "", true},
      {" throughput>1/h ", 480.0 * 3600, "/h", true},
  };
  const LoadResult result = MakeResult();
  for (const Case& c : cases) {
    SCOPED_TRACE(c.expression);
    const ThresholdResult evaluated = Threshold::Parse(c.expression).Evaluate(result);
    EXPECT_NEAR(evaluated.actual, c.actual, c.actual * 1e-9);
    EXPECT_EQ(evaluated.unit, c.unit);
    EXPECT_EQ(evaluated.passed, c.passed);
    EXPECT_EQ(evaluated.reason, "");
  }
  EXPECT_EQ(Threshold::Parse("  p99(eod) < 1s ").expression(), "p99(eod) < 1s");
}

TEST(Threshold, HasNotPassedWhereNothingWasMeasured) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"p99(eod) < 250ms", "no exchange of eod was measured"},
      {"p99(eod.4xx) < 250ms", "no exchange of eod with outcome 4xx was measured"},
      {"mean(lateness) < 250ms", "no lateness was measured"},
      {"rate(accepted) > 95%", "no message was offered, or none came to an end"},
      {"count(failed) == 0", "no message was offered, or none came to an end"},
      {"count(rcpt.4xx) == 0", "no exchange of rcpt was measured"},
      {"rate(5xx) < 1%", "no exchange was measured"},
      {"throughput != 1/s", "the measured time is zero"},
      {"checks(fail) == 0", "no reply was judged"},
  };
  for (const auto& [expression, reason] : cases) {
    const ThresholdResult evaluated = Threshold::Parse(expression).Evaluate(LoadResult());
    EXPECT_FALSE(evaluated.passed) << expression;
    EXPECT_TRUE(std::isnan(evaluated.actual)) << expression;
    EXPECT_EQ(evaluated.reason, reason);
  }
}

TEST(Threshold, SaysWhatIsAllowed) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", "< <= > >= == !="},
      {"p99(eod)", "< <= > >= == !="},
      {"p99(eod) = 5ms", "< <= > >= == !="},
      {"p99(eod) << 5ms", "< <= > >= == !="},
      {"p99(eod) < 5ms < 6ms", "is no duration"},
      {"p99(eod) <", "is no duration"},
      {"p99(eod) < 5", "is no duration"},
      {"p99(eod) < 5%", "is no duration"},
      {"p99(eodd) < 5ms", "connect, greeting, tls, ehlo"},
      {"p99(eod.6xx) < 5ms", "2xx, 3xx, 4xx, 5xx, malformed"},
      {"p99(eod.service.2xx) < 5ms", "PHASE[.OUTCOME][.response|.service]"},
      {"p99(eod.2xx.4xx) < 5ms", "PHASE[.OUTCOME][.response|.service]"},
      {"p99(eod.) < 5ms", "PHASE[.OUTCOME][.response|.service]"},
      {"p101(eod) < 5ms", "p0 to p100"},
      {"p(eod) < 5ms", "p0 to p100"},
      {"median(eod) < 5ms", "p0 to p100"},
      {"p99 eod < 5ms", "p0 to p100"},
      {"p99(eod < 5ms", "p0 to p100"},
      {"< 5ms", "p0 to p100"},
      {"rate(accepted) > 0.95", "as in 95%"},
      {"rate(accepted) > %", "as in 95%"},
      {"rate(accepted) > -1%", "as in 95%"},
      {"rate(rcpt) > 1%", "PHASE.OUTCOME"},
      {"rate(rcpt.) > 1%", "PHASE.OUTCOME"},
      {"rate(nothing) > 1%", "offered, started"},
      {"count(failed) == 0%", "a plain number"},
      {"count(failed) ==", "a plain number"},
      {"throughput > 400/d", "is no rate"},
      {"throughput > 400ms", "is no rate"},
      {"checks(failed) == 0", "pass, warn, fail"},
  };
  for (const auto& [expression, allowed] : cases) {
    SCOPED_TRACE(expression);
    try {
      static_cast<void>(Threshold::Parse(expression));
      ADD_FAILURE() << "was taken";
    } catch (const ThresholdError& error) {
      EXPECT_THAT(error.what(), ::testing::HasSubstr(std::string(allowed)));
      EXPECT_THAT(error.what(), ::testing::StartsWith("threshold '"));
    }
  }
}

}  // namespace
}  // namespace smtpgauge
