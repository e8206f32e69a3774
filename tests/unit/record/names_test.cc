// The spellings that reports, thresholds and scenarios share.
#include <gtest/gtest.h>

#include "runner/record/check_result.h"
#include "runner/record/event.h"

namespace smtpgauge {
namespace {

TEST(Names, OfPhases) {
  EXPECT_EQ(PhaseName(Phase::kConnect), "connect");
  EXPECT_EQ(PhaseName(Phase::kGreeting), "greeting");
  EXPECT_EQ(PhaseName(Phase::kTls), "tls");
  EXPECT_EQ(PhaseName(Phase::kEhlo), "ehlo");
  EXPECT_EQ(PhaseName(Phase::kAuth), "auth");
  EXPECT_EQ(PhaseName(Phase::kMail), "mail");
  EXPECT_EQ(PhaseName(Phase::kRcpt), "rcpt");
  EXPECT_EQ(PhaseName(Phase::kData), "data");
  EXPECT_EQ(PhaseName(Phase::kEod), "eod");
  EXPECT_EQ(PhaseName(Phase::kQuit), "quit");
  EXPECT_EQ(PhaseName(Phase::kOther), "other");
  EXPECT_EQ(PhaseName(Phase::kMessage), "message");
  EXPECT_EQ(PhaseName(Phase::kSession), "session");
}

TEST(Names, OfOutcomes) {
  EXPECT_EQ(OutcomeName(Outcome::k2yz), "2xx");
  EXPECT_EQ(OutcomeName(Outcome::k5yz), "5xx");
  EXPECT_EQ(OutcomeName(Outcome::kMalformed), "malformed");
  EXPECT_EQ(OutcomeName(Outcome::kTimeout), "timeout");
  EXPECT_EQ(OutcomeName(Outcome::kRefused), "refused");
  EXPECT_EQ(OutcomeName(Outcome::kReset), "reset");
  EXPECT_EQ(OutcomeName(Outcome::kClosed), "closed");
  EXPECT_EQ(OutcomeName(Outcome::kTlsFailed), "tls");
}

TEST(Names, OfVerdictsAndLevels) {
  EXPECT_EQ(VerdictName(Verdict::kPass), "pass");
  EXPECT_EQ(VerdictName(Verdict::kNotApplicable), "not_applicable");
  EXPECT_EQ(VerdictName(Verdict::kError), "error");
  EXPECT_EQ(LevelName(Level::kMust), "MUST");
  EXPECT_EQ(LevelName(Level::kDeFacto), "DF");
}

TEST(Names, AreReadBack) {
  for (std::size_t i = 0; i < kPhaseCount; ++i) {
    EXPECT_EQ(PhaseFromName(PhaseName(static_cast<Phase>(i))), static_cast<Phase>(i));
  }
  for (std::size_t i = 0; i < kOutcomeCount; ++i) {
    EXPECT_EQ(OutcomeFromName(OutcomeName(static_cast<Outcome>(i))), static_cast<Outcome>(i));
  }
  for (std::size_t i = 0; i < kVerdictCount; ++i) {
    EXPECT_EQ(VerdictFromName(VerdictName(static_cast<Verdict>(i))), static_cast<Verdict>(i));
  }
  EXPECT_EQ(PhaseFromName("EOD"), std::nullopt);
  EXPECT_EQ(OutcomeFromName(""), std::nullopt);
  EXPECT_EQ(VerdictFromName("passed"), std::nullopt);
}

TEST(CheckResult, SummaryCountsEveryVerdict) {
  CheckResult result;
  result.results.resize(3);
  result.results[0].verdict = Verdict::kFail;
  result.results[1].verdict = Verdict::kFail;
  result.results[2].verdict = Verdict::kError;
  const auto summary = result.Summary();
  EXPECT_EQ(summary[static_cast<std::size_t>(Verdict::kFail)], 2U);
  EXPECT_EQ(summary[static_cast<std::size_t>(Verdict::kError)], 1U);
  EXPECT_EQ(summary[static_cast<std::size_t>(Verdict::kPass)], 0U);
}

}  // namespace
}  // namespace smtpgauge
