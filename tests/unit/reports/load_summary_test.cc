// What is said about a load run as a whole.
#include "reports/load_summary.h"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace smtpgauge {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

/// A hundred messages in two seconds; ten of them began before the window.
LoadResult SampleRun() {
  LoadResult result;
  result.measured = std::chrono::seconds(2);
  result.messages.offered = result.messages.started = 100;
  result.messages.completed = result.messages.accepted = 100;
  result.messages.recipients_accepted = 150;
  result.messages.content_octets = 204800;
  result.in_window = result.messages;
  result.in_window.accepted = 90;
  result.in_window.recipients_accepted = 140;
  result.sessions.started = result.sessions.completed = 5;
  result.generator.cpu_share = 0.2;
  result.phases[{Phase::kRcpt, Outcome::k2yz}].service.RecordMicros(100, 150);
  result.phases[{Phase::kRcpt, Outcome::k4yz}].service.RecordMicros(100, 50);
  return result;
}

TEST(LoadSummary, RatesAreOfTheWindowAndCountsOfWhatWasDue) {
  const LoadResult result = SampleRun();
  EXPECT_EQ(ConclusionSentence(result),
            "45.0 messages/s accepted over 2.00 s (100.0% of 100 offered).");
  EXPECT_EQ(GoodputSentence(result),
            "150 of 200 recipients, 200 KiB of content accepted (70.0 recipients/s, 100 KiB/s)");
  const CountRow accepted = MessageRows(result).at(3);
  EXPECT_EQ(accepted.name, "accepted");
  EXPECT_EQ(accepted.count, 100U);
  EXPECT_EQ(accepted.in_window, 90U);
}

TEST(LoadSummary, SaysOnTopThatNothingWasAccepted) {
  LoadResult result = SampleRun();
  result.messages.accepted = result.messages.recipients_accepted = 0;
  result.in_window.accepted = 0;
  result.messages.rejected = 100;
  result.checks = {{"deliver", "/steps/1", {0, 0, 100}}};
  EXPECT_THAT(ConclusionSentence(result), StartsWith("NOTHING WAS ACCEPTED"));
  EXPECT_EQ(ConclusionOf(result), LoadConclusion::kNothingAccepted);
  result.generator.valid = false;
  EXPECT_EQ(ConclusionOf(result), LoadConclusion::kInvalid);
}

TEST(LoadSummary, TellsOfSessionsThatFailed) {
  LoadResult result = SampleRun();
  result.sessions.started = 12;
  result.sessions.failed = 7;
  EXPECT_THAT(ConclusionSentence(result), HasSubstr("sessions that failed: 7 of 12"));
}

TEST(LoadSummary, CountsSessionsWhereThereIsNoMail) {
  LoadResult result;
  result.measured = std::chrono::seconds(2);
  result.phases[{Phase::kSession, Outcome::k2yz}].service.RecordMicros(100, 50);
  EXPECT_EQ(ConclusionSentence(result),
            "25.0 sessions/s completed over 2.00 s; no message was due.");
}

TEST(LoadSummary, SaysWhoSetThePace) {
  LoadResult result = SampleRun();
  EXPECT_THAT(PaceSentence(result), StartsWith("the target's replies"));
  result.generator.cpu_share = 0.95;
  EXPECT_THAT(PaceSentence(result), StartsWith("the generator set the pace"));
  result.generator.cpu_share = 0.5;
  result.generator.cpu_wait_share = 0.45;
  EXPECT_THAT(PaceSentence(result), HasSubstr("waited for one 45% of the time"));
  result.generator.lateness.RecordMicros(10, 100);
  EXPECT_THAT(PaceSentence(result), StartsWith("the schedule set the pace"));
  result.messages.delayed = 3;
  EXPECT_THAT(PaceSentence(result), HasSubstr("3 arrivals waited for one, 0 never got one"));
  EXPECT_EQ(PaceSentence(LoadResult()), "");
}

TEST(LoadSummary, WhatWasCutShortIsARowOfItsOwn) {
  LoadResult result = SampleRun();
  EXPECT_EQ(MessageRows(result).size(), 8U);
  result.messages.accepted = 97;
  ASSERT_EQ(MessageRows(result).size(), 9U);
  EXPECT_EQ(MessageRows(result).back().count, 3U);
}

}  // namespace
}  // namespace smtpgauge
