// What the sane conversations teach, and which cases that makes inapplicable.
#include "runner/check/knowledge.h"

#include <gtest/gtest.h>

#include "runner/smtp/reply_parser.h"

namespace smtpgauge {
namespace {

void Hear(Knowledge& knowledge, std::string_view verb, Phase phase, std::string_view wire,
          bool tls = false) {
  smtp::ReplyParser parser;
  const auto reply = parser.Next(wire);
  ASSERT_TRUE(reply);
  ObservedReply observed{};
  observed.reply = &*reply;
  observed.verb = verb;
  observed.phase = phase;
  observed.tls = tls;
  knowledge.Learn(observed);
}

TEST(Knowledge, KeepsWhatEachReplyShows) {
  Knowledge knowledge;
  Hear(knowledge, "", Phase::kGreeting, "220 mx.example.test hello\r\n");
  Hear(knowledge, "RCPT", Phase::kRcpt, "450 later\r\n");
  EXPECT_EQ(knowledge.greeting, "mx.example.test hello");
  EXPECT_EQ(knowledge.recipient_reply, "450 later");
  EXPECT_EQ(knowledge.refusals[static_cast<std::size_t>(Phase::kRcpt)], 450);
  Hear(knowledge, "RCPT", Phase::kRcpt, "250 ok\r\n");
  EXPECT_EQ(knowledge.refusals[static_cast<std::size_t>(Phase::kRcpt)], 0);
  EXPECT_FALSE(knowledge.takes_mail);
  Hear(knowledge, ".", Phase::kEod, "250 queued\r\n");
  EXPECT_TRUE(knowledge.takes_mail);
  Hear(knowledge, "NOOP", Phase::kOther, "250 ok\r\n");
  EXPECT_EQ(knowledge.noop_code, 250);
}

TEST(Knowledge, ACommandThatIsNotKnownIsNoRefusal) {
  Knowledge knowledge;
  Hear(knowledge, "MAIL", Phase::kMail, "503 out of order\r\n");
  EXPECT_EQ(knowledge.refusals[static_cast<std::size_t>(Phase::kMail)], 0);
  Hear(knowledge, "MAIL", Phase::kMail, "530 log in first\r\n");
  EXPECT_EQ(knowledge.refusals[static_cast<std::size_t>(Phase::kMail)], 530);
}

TEST(Knowledge, OnlyEvidenceMakesACaseInapplicable) {
  Condition wants_size;
  wants_size.ehlo = {"SIZE"};
  Condition wants_no_size;
  wants_no_size.no_ehlo = {"SIZE"};
  Knowledge knowledge;
  EXPECT_EQ(WhyNotApplicable(wants_size, knowledge), "");  // EHLO was not answered: nobody knows
  Hear(knowledge, "EHLO", Phase::kEhlo, "250-mx\r\n250-SIZE 1000\r\n250 AUTH PLAIN\r\n");
  EXPECT_EQ(WhyNotApplicable(wants_size, knowledge), "");
  EXPECT_EQ(WhyNotApplicable(wants_no_size, knowledge), "SIZE is advertised");
  Condition mechanism;
  mechanism.ehlo = {"AUTH CRAM-MD5"};
  EXPECT_EQ(WhyNotApplicable(mechanism, knowledge), "AUTH CRAM-MD5 is not advertised");
  mechanism.ehlo = {"AUTH PLAIN"};
  EXPECT_EQ(WhyNotApplicable(mechanism, knowledge), "");
}

TEST(Knowledge, ARefusedEhloShowsNoKeywords) {
  Knowledge knowledge;
  Hear(knowledge, "EHLO", Phase::kEhlo, "502 no\r\n");
  EXPECT_FALSE(knowledge.session);
}

TEST(Knowledge, TlsAndClearAreToldApart) {
  Knowledge knowledge;
  Hear(knowledge, "EHLO", Phase::kEhlo, "250-mx\r\n250 STARTTLS\r\n");
  Condition in_tls;
  in_tls.ehlo_tls = {"AUTH"};
  EXPECT_EQ(WhyNotApplicable(in_tls, knowledge), "TLS is not offered");
  Hear(knowledge, "EHLO", Phase::kEhlo, "250-mx\r\n250 AUTH PLAIN\r\n", true);
  Hear(knowledge, "EHLO", Phase::kEhlo, "250-mx\r\n250 STARTTLS\r\n");  // the sessions are in clear
  EXPECT_EQ(WhyNotApplicable(in_tls, knowledge), "");
  Condition clear;
  clear.no_ehlo_clear = {"STARTTLS"};
  EXPECT_EQ(WhyNotApplicable(clear, knowledge), "STARTTLS is advertised in clear");
  Condition wants_auth;
  wants_auth.ehlo = {"AUTH"};
  EXPECT_EQ(WhyNotApplicable(wants_auth, knowledge),
            "AUTH is not advertised in clear; it is in TLS (--tls starttls)");
}

}  // namespace
}  // namespace smtpgauge
