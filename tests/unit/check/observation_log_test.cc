// Findings of the always-on rules add up over a run, and the worst offence is the one shown.
#include "runner/check/observation_log.h"

#include <gtest/gtest.h>

#include "runner/smtp/reply_parser.h"

namespace smtpgauge {
namespace {

class ObservationLogOfARun : public testing::Test {
 protected:
  void Hear(std::string_view wire, Duration took, const std::string& case_id) {
    smtp::ReplyParser parser;
    const auto reply = parser.Next(wire);
    ASSERT_TRUE(reply);
    const Exhibit exhibit{.reply = &*reply, .verb = "NOOP", .phase = Phase::kOther, .took = took};
    log_.OnReply(exhibit, case_id);
  }
  [[nodiscard]] CaseResult Judged(std::string_view name) {
    CaseResult result;
    EXPECT_TRUE(log_.Judge(name, result));
    return result;
  }

  ObservationLog log_;
};

using std::chrono::seconds;

TEST_F(ObservationLogOfARun, WithoutAnythingToJudgeNothingIsClaimed) {
  EXPECT_EQ(Judged("reply-time").verdict, Verdict::kNotApplicable);
  CaseResult result;
  EXPECT_FALSE(log_.Judge("no-such-rule", result));
}

TEST_F(ObservationLogOfARun, PassesWhenExercised) {
  Hear("250 ok\r\n", seconds(1), "a");
  Hear("250 ok\r\n", seconds(2), "b");
  const CaseResult result = Judged("reply-time");
  EXPECT_EQ(result.verdict, Verdict::kPass);
  EXPECT_EQ(result.reason, "2 judged");
}

TEST_F(ObservationLogOfARun, AFailureOutranksTheWarningBeforeIt) {
  Hear("250 slow\r\n", seconds(11), "first");
  log_.OnCase("first", {{.octets = "of the first"}}, {});
  EXPECT_EQ(Judged("reply-time").verdict, Verdict::kWarn);
  EXPECT_EQ(Judged("reply-time").transcript.at(0).octets, "of the first");
  Hear("250 too slow\r\n", seconds(301), "second");
  Hear("250 too slow again\r\n", seconds(400), "third");
  log_.OnCase("second", {{.octets = "of the second"}}, {});
  log_.OnCase("third", {{.octets = "of the third"}}, {});
  const CaseResult result = Judged("reply-time");
  EXPECT_EQ(result.verdict, Verdict::kFail);
  EXPECT_NE(result.reason.find("(3 of 3 judged; first in second)"), std::string::npos)
      << result.reason;
  EXPECT_NE(result.actual.find("250 too slow"), std::string::npos);
  EXPECT_EQ(result.transcript.at(0).octets, "of the second");
}

TEST_F(ObservationLogOfARun, AnUnannouncedCloseFails) {
  log_.OnPeerClosed(true, "a");
  EXPECT_EQ(Judged(kCloseAnnounced).verdict, Verdict::kPass);
  log_.OnPeerClosed(false, "b");
  EXPECT_EQ(Judged(kCloseAnnounced).verdict, Verdict::kFail);
}

}  // namespace
}  // namespace smtpgauge
