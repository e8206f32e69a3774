// When the generator calls its own numbers INVALID, and when not.
#include "runner/load/self_judgement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace smtpgauge {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

LoadResult SampleRun() {
  LoadResult result;
  result.measured = 10s;
  return result;
}

std::vector<std::string> Reasons(LoadResult result, std::string_view limit = "") {
  JudgeGenerator(LoadSettings(), limit, result);
  EXPECT_EQ(result.generator.valid, result.generator.reasons.empty());
  return result.generator.reasons;
}

TEST(SelfJudgement, StandingStillForMoreThanAHundredthIsInvalid) {
  LoadResult result = SampleRun();
  result.generator.paused = 100ms;
  EXPECT_THAT(Reasons(result), IsEmpty());
  result.generator.paused = 110ms;
  EXPECT_THAT(Reasons(result), ElementsAre(HasSubstr("stood still for 110 ms of 10.0 s")));
}

TEST(SelfJudgement, WaitingForACpuIsInvalidUnlessTheRunWasTooShortToTell) {
  LoadResult result = SampleRun();
  result.generator.cpu_wait_share = 0.5;
  EXPECT_THAT(Reasons(result), IsEmpty());
  result.generator.cpu_wait_share = 0.6;
  EXPECT_THAT(Reasons(result), ElementsAre(HasSubstr("no CPU for 60 % of the run")));
  result.measured = 900ms;
  EXPECT_THAT(Reasons(result), IsEmpty());
}

TEST(SelfJudgement, ALimitOfTheMachineIsInvalid) {
  EXPECT_THAT(Reasons(SampleRun(), "too many open files"),
              ElementsAre(HasSubstr("too many open files")));
}

TEST(SelfJudgement, LatenessCountsByWhatItFalsifies) {
  LoadResult result = SampleRun();
  result.generator.lateness.RecordMicros(100, 98);
  result.generator.lateness.RecordMicros(20'000, 2);
  PhaseTimes& messages = result.phases[{Phase::kMessage, Outcome::k2yz}];
  messages.response.RecordMicros(50'000, 100);
  EXPECT_THAT(Reasons(result), ElementsAre(HasSubstr("1 % of the messages")));
  messages.response.RecordMicros(500'000, 900);
  EXPECT_THAT(Reasons(result), IsEmpty());
}

}  // namespace
}  // namespace smtpgauge
