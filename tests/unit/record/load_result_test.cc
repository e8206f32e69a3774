#include "runner/record/load_result.h"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace smtpgauge {
namespace {

using std::chrono_literals::operator""s;

LoadResult MakeResult(std::int64_t micros) {
  LoadResult result;
  result.info.command = "load";
  result.messages.started = 10;
  result.messages.accepted = 9;
  result.in_window.accepted = 8;
  result.sessions.peak = 3;
  result.measured = 4s;
  result.phases[{Phase::kEod, Outcome::k2yz}].service.RecordMicros(micros, 8);
  result.replies[{Phase::kEod, 250, "2.0.0"}] = 8;
  Histogram second;
  second.RecordMicros(micros, 2);
  result.series.resize(static_cast<std::size_t>(micros));
  result.series[0].open_sessions = 2;
  result.series[0].message_response = PackedHistogram(second);
  result.generator.workers = 1;
  result.generator.cpu_us_per_message = static_cast<double>(micros);
  result.generator.lateness.RecordMicros(micros, 1);
  result.checks = {{"deliver", "/steps/0", {8, 0, 2}}};
  FailureExample example;
  example.scenario = "deliver";
  example.step = "/steps/0";
  result.examples.assign(6, example);
  result.thresholds.resize(1);
  result.notes = {"pipelining: on"};
  return result;
}

TEST(LoadResult, ThroughputIsOfWhatWasAcceptedInTheWindow) {
  EXPECT_DOUBLE_EQ(MakeResult(1).ThroughputPerSecond(), 2);
  EXPECT_EQ(LoadResult().ThroughputPerSecond(), 0);
}

TEST(LoadResult, KnowsWhenNothingWasAcceptedThoughItShouldHaveBeen) {
  struct Row {
    const char* what;
    MessageCounts messages;
    std::vector<StepChecks> checks;
    bool expected;
  };
  const auto counts = [](std::uint64_t accepted, std::uint64_t rejected) {
    MessageCounts messages;
    messages.offered = messages.started = accepted + rejected;
    messages.accepted = messages.recipients_accepted = accepted;
    messages.rejected = rejected;
    return messages;
  };
  MessageCounts half_a_message = counts(0, 9);
  half_a_message.recipients_accepted = 9;
  const StepChecks mail{"deliver", "/steps/0", {9}};
  const StepChecks refused{"deliver", "/steps/1", {0, 0, 9}};
  const StepChecks blocked{"deliver", "/steps/3", {0, 0, 0, 0, 9}};
  const StepChecks as_expected{"spam", "/steps/1", {9}};
  const StepChecks hardly_ever{"spam", "/steps/3", {8, 0, 0, 0, 0, 0, 1}};
  const StepChecks no_goodbye{"spam", "/close/0", {0, 0, 0, 0, 0, 0, 9}};
  const Row rows[] = {
      {"refused", counts(0, 9), {mail, refused}, true},
      {"content refused", counts(0, 9), {mail, blocked}, true},
      {"one was accepted", counts(1, 9), {mail, refused}, false},
      {"LMTP: some recipients have it", half_a_message, {mail, refused}, false},
      {"the scenario wants refusals", counts(0, 9), {mail, as_expected, hardly_ever}, false},
      {"the end of the session is no message's", counts(0, 9), {as_expected, no_goodbye}, false},
      {"a mix of both", counts(0, 18), {as_expected, mail, refused}, true},
      {"nothing was tried", counts(0, 0), {mail, refused}, false}};
  for (const Row& row : rows) {
    LoadResult result;
    result.messages = row.messages;
    result.checks = row.checks;
    EXPECT_EQ(NothingAccepted(result), row.expected) << row.what;
  }
}

TEST(LoadResult, WhatHasNoEndIsUnfinished) {
  MessageCounts messages;
  messages.offered = 100;
  messages.accepted = 80;
  messages.rejected = 5;
  messages.failed = 4;
  messages.missed = 1;
  EXPECT_EQ(messages.Unfinished(), 10U);
}

TEST(LoadResult, MergeAddsEverything) {
  LoadResult sum = MakeResult(1);
  LoadResult other = MakeResult(3);
  other.messages.started = 30;
  other.generator.valid = false;
  other.generator.reasons = {"late"};
  other.checks.push_back({"deliver", "/steps/1", {1}});
  other.partial = true;
  Merge(sum, other);
  EXPECT_EQ(sum.messages.started, 40U);
  EXPECT_EQ(sum.messages.accepted, 18U);
  EXPECT_EQ(sum.in_window.accepted, 16U);
  EXPECT_EQ(sum.sessions.peak, 6U);
  EXPECT_EQ(sum.measured, Duration(4s));
  EXPECT_EQ((sum.phases.at({Phase::kEod, Outcome::k2yz}).service.count()), 16U);
  EXPECT_EQ((sum.replies.at({Phase::kEod, 250, "2.0.0"})), 16U);
  ASSERT_EQ(sum.series.size(), 3U);
  EXPECT_EQ(sum.series[0].open_sessions, 4U);
  EXPECT_EQ(sum.series[0].message_response.count(), 4U);
  EXPECT_EQ(sum.series[0].message_response.Max(), 3);
  EXPECT_FALSE(sum.generator.valid);
  EXPECT_THAT(sum.generator.reasons, ::testing::ElementsAre("late"));
  EXPECT_EQ(sum.generator.workers, 2U);
  EXPECT_DOUBLE_EQ(sum.generator.cpu_us_per_message, (10 * 1.0 + 30 * 3.0) / 40);
  EXPECT_EQ(sum.generator.lateness.count(), 2U);
  ASSERT_EQ(sum.checks.size(), 2U);
  EXPECT_EQ(sum.checks[0].counts[0], 16U);
  EXPECT_EQ(sum.checks[0].counts[2], 4U);
  EXPECT_EQ(sum.examples.size(), kMaxExamplesPerStep);
  EXPECT_TRUE(sum.thresholds.empty());
  EXPECT_EQ(sum.notes.size(), 1U);
  EXPECT_TRUE(sum.partial);
}

TEST(LoadResult, ADefaultOneIsNeutral) {
  LoadResult sum;
  const LoadResult other = MakeResult(2);
  Merge(sum, other);
  EXPECT_EQ(sum.info.command, "load");
  EXPECT_EQ(sum.messages, other.messages);
  EXPECT_EQ(sum.sessions, other.sessions);
  EXPECT_EQ(sum.phases, other.phases);
  EXPECT_EQ(sum.generator.workers, 1U);
  EXPECT_DOUBLE_EQ(sum.generator.cpu_us_per_message, 2);
  EXPECT_EQ(sum.examples.size(), 6U);
}

}  // namespace
}  // namespace smtpgauge
