// Extensions, each by a conversation: what is offered works, what is not is refused cleanly.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/sink/talk.h"

namespace smtpgauge::sink {
namespace {

constexpr std::string_view kMail = "MAIL FROM:<a@b.example>";
constexpr std::string_view kRcpt = "RCPT TO:<user@example.test>";

Config Offering(ExtensionSet offer, Profile profile = Profile::kMx) {
  Config config;
  config.offer = offer;
  config.profile = profile;
  config.users = {{"jo", "secret"}};
  return config;
}

// Says MAIL or RCPT with one parameter in a fresh transaction.
std::string Ask(std::string_view command, std::string_view parameter, ExtensionSet offer,
                Profile profile = Profile::kMx) {
  Talk talk(Offering(offer, profile));
  talk.EnterTls();
  talk.Line("EHLO x.example");
  if (profile == Profile::kSubmission) talk.Line("AUTH PLAIN AGpvAHNlY3JldA==");
  if (command == "MAIL") return talk.Line("MAIL FROM:<a@b.example> " + std::string(parameter));
  talk.Line("MAIL FROM:<a@b.example> SMTPUTF8");
  return talk.Line("RCPT TO:<user@example.test> " + std::string(parameter));
}

struct Row {
  std::string_view command;
  std::string parameter;
  std::string_view hears;
};

TEST(Parameters, AreJudgedOneByOne) {
  const std::vector<Row> rows = {
      {"MAIL", "SIZE=1000", "250"},
      {"MAIL", "SIZE=10485760", "250"},
      {"MAIL", "SIZE=10485761", "552 5.3.4"},
      {"MAIL", "SIZE=99999999999999999999", "552"},
      {"MAIL", "SIZE=18446744073709551617", "552"},
      {"MAIL", "SIZE=100000000000000000000", "501"},
      {"MAIL", "SIZE=abc", "501"},
      {"MAIL", "SIZE=-1", "501"},
      {"MAIL", "SIZE=", "501"},
      {"MAIL", "SIZE", "501"},
      {"MAIL", "SIZE=1 SIZE=2", "501"},
      {"MAIL", "BODY=7BIT", "250"},
      {"MAIL", "body=8bitmime", "250"},
      {"MAIL", "BODY=BINARYMIME", "250"},
      {"MAIL", "BODY=9BITMIME", "501"},
      {"MAIL", "BODY=", "501"},
      {"MAIL", "BODY=7BIT BODY=8BITMIME", "501"},
      {"MAIL", "SMTPUTF8 BODY=8BITMIME", "250"},
      {"MAIL", "BODY=8BITMIME SMTPUTF8", "250"},
      {"MAIL", "AUTH=<>", "250"},
      {"MAIL", "AUTH=e+3Dmc2@example.com", "250"},
      {"MAIL", "AUTH=a=b", "501"},
      {"MAIL", "AUTH=+ZZ", "501"},
      {"MAIL", "RET=full", "250"},
      {"MAIL", "RET=BODY", "501"},
      {"MAIL", "RET=FULL RET=FULL", "501"},
      {"MAIL", "ENVID=" + std::string(100, 'e'), "250"},
      {"MAIL", "ENVID=" + std::string(101, 'e'), "501"},
      {"MAIL", "ENVID=a+ZZ", "501"},
      {"MAIL", "ENVID=a+2b", "501"},
      {"MAIL", "ENVID=a+2B", "250"},
      {"MAIL", "ENVID=a=b", "501"},
      {"MAIL", "ENVID=", "501"},
      {"MAIL", "REQUIRETLS", "250"},
      {"MAIL", "REQUIRETLS=1", "501"},
      {"MAIL", "BY=120;R", "250"},
      {"MAIL", "BY=+120;R", "250"},
      {"MAIL", "BY=600;NT", "250"},
      {"MAIL", "BY=-30;N", "250"},
      {"MAIL", "BY=0;N", "250"},
      {"MAIL", "BY=0;R", "501 5.5.4"},
      {"MAIL", "BY=-1;R", "501"},
      {"MAIL", "BY=x;R", "501"},
      {"MAIL", "BY=10", "501"},
      {"MAIL", "BY=1234567890;R", "501"},
      {"MAIL", "BY=59;R", "555"},
      {"MAIL", "BY=60;R", "250"},
      {"MAIL", "MT-PRIORITY=3", "250"},
      {"MAIL", "MT-PRIORITY=-9", "250"},
      {"MAIL", "MT-PRIORITY=0", "250"},
      {"MAIL", "MT-PRIORITY=10", "501 5.5.2"},
      {"MAIL", "MT-PRIORITY=+3", "501"},
      {"MAIL", "MT-PRIORITY=x", "501"},
      {"MAIL", "MT-PRIORITY=1 MT-PRIORITY=1", "501"},
      {"MAIL", "SOLICIT=org.example:ADV", "250"},
      {"MAIL", "HOLDFOR=60", "555"},
      {"MAIL", "XNOSUCH=1", "555 5.5.4"},
      {"MAIL", "=5", "501"},
      {"MAIL", "-A=1", "501"},
      {"MAIL", "A=", "501"},
      {"MAIL", "A=b=c", "501"},
      {"MAIL", " SIZE=1", "501"},
      {"RCPT", "NOTIFY=NEVER", "250"},
      {"RCPT", "NOTIFY=success,Failure,DELAY", "250"},
      {"RCPT", "NOTIFY=NEVER,SUCCESS", "501"},
      {"RCPT", "NOTIFY=FOO", "501"},
      {"RCPT", "NOTIFY=", "501"},
      {"RCPT", "NOTIFY=NEVER NOTIFY=NEVER", "501"},
      {"RCPT", "ORCPT=rfc822;u+2Btag@x", "250"},
      {"RCPT", "ORCPT=x-own;u", "250"},
      {"RCPT", "ORCPT=;u", "501"},
      {"RCPT", "ORCPT=rfc822", "501"},
      {"RCPT", "ORCPT=rfc822;a+2b", "501"},
      {"RCPT", "ORCPT=rfc822;a ORCPT=rfc822;a", "501"},
      {"RCPT", "ORCPT=utf-8;\\x{E9}@x.example", "250"},
      {"RCPT", "ORCPT=utf-8;\xc3\xa9@x.example", "250"},
      {"RCPT", "RRVS=2014-04-03T23:01:00Z", "250"},
      {"RCPT", "RRVS=2014-04-03T23:01:00+02:00;C", "250"},
      {"RCPT", "RRVS=2014-04-03T23:01:00.5Z", "501"},
      {"RCPT", "RRVS=2014-04-03T23:01:00", "501"},
      {"RCPT", "RRVS=2014-04-03T23:01:00Z;X", "501"},
      {"RCPT", "RRVS=1980-01-01T00:00:00Z", "550 5.7.17"},
      {"RCPT", "SIZE=1", "555"},
  };
  for (const Row& row : rows) {
    const std::string heard = Ask(row.command, row.parameter, FullOffer());
    EXPECT_EQ(heard.substr(0, row.hears.size()), row.hears) << row.parameter << "\n" << heard;
  }
}

TEST(Parameters, OfTheSubmissionProfile) {
  for (const Row& row :
       std::vector<Row>{{"MAIL", "HOLDFOR=60", "250"},
                        {"MAIL", "HOLDFOR=604801", "501 5.5.4"},
                        {"MAIL", "HOLDFOR=60 HOLDUNTIL=2099-01-01T00:00:00Z", "501"},
                        {"MAIL", "HOLDUNTIL=2001-01-01T00:00:00Z", "501"},
                        {"MAIL", "HOLDUNTIL=2099-12-31T23:59:59Z", "250"},
                        {"MAIL", "HOLDUNTIL=2099-12-31T23:59:59+00:00", "501"},
                        {"MAIL", "HOLDUNTIL=2100-01-01T00:00:00Z", "501"},
                        {"MAIL", "HOLDFOR=600 BY=60;N", "501"},
                        {"MAIL", "HOLDFOR=600 BY=60;R", "501"},
                        {"MAIL", "BY=60;R HOLDFOR=600", "501"}}) {
    const std::string heard = Ask(row.command, row.parameter, FullOffer(), Profile::kSubmission);
    EXPECT_EQ(heard.substr(0, row.hears.size()), row.hears) << row.parameter << "\n" << heard;
  }
}

TEST(Parameters, OfWhatIsNotOfferedAreUnknown) {
  for (std::string_view parameter :
       {"SIZE=1", "BODY=8BITMIME", "SMTPUTF8", "AUTH=<>", "RET=FULL", "ENVID=x", "REQUIRETLS",
        "BY=120;R", "HOLDFOR=60", "MT-PRIORITY=1", "SOLICIT=x"})
    EXPECT_EQ(Ask("MAIL", parameter, ExtensionSet()).substr(0, 3), "555") << parameter;
  ExtensionSet text_only;
  text_only.Add(Extension::kEightBitMime);
  EXPECT_EQ(Ask("MAIL", "BODY=BINARYMIME", text_only).substr(0, 3), "555");
}

TEST(Commands, OfWhatIsNotOfferedAreNotImplemented) {
  Talk talk(Offering(ExtensionSet()));
  talk.Line("EHLO x.example");
  for (std::string_view line :
       {"STARTTLS", "AUTH PLAIN x", "BDAT 5 LAST", "ETRN example.test", "HELP"})
    EXPECT_EQ(talk.Line(line).substr(0, 9), "502 5.5.2") << line;
}

TEST(Ehlo, ListsWhatIsOfferedInClearAndInTls) {
  Talk talk(Offering(FullOffer()));
  const std::string clear = talk.Line("EHLO x.example");
  EXPECT_NE(clear.find("250-STARTTLS\r\n"), std::string::npos);
  EXPECT_NE(clear.find("250-AUTH SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5\r\n"), std::string::npos);
  EXPECT_EQ(clear.find("REQUIRETLS"), std::string::npos);
  EXPECT_EQ(clear.find("FUTURERELEASE"), std::string::npos);
  talk.EnterTls();
  EXPECT_EQ(talk.Line(kMail).substr(0, 3), "503");
  const std::string tls = talk.Line("EHLO x.example");
  EXPECT_EQ(tls.find("STARTTLS"), std::string::npos);
  EXPECT_NE(tls.find("250-AUTH SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5 PLAIN LOGIN\r\n"),
            std::string::npos);
  EXPECT_NE(tls.find("250-REQUIRETLS\r\n"), std::string::npos);
}

TEST(StartTls, IsRefusedWhereItMakesNoSense) {
  Talk talk;
  EXPECT_EQ(talk.Line("STARTTLS").substr(0, 3), "503");
  talk.Line("EHLO x.example");
  talk.Line(kMail);
  EXPECT_EQ(talk.Line("STARTTLS").substr(0, 3), "503");
  talk.Line("RSET");
  EXPECT_EQ(talk.Line("STARTTLS").substr(0, 9), "220 2.7.0");
  EXPECT_EQ(talk.connection().next, Next::kStartTls);
  talk.EnterTls();
  EXPECT_EQ(talk.Line("STARTTLS").substr(0, 3), "503");
}

TEST(Etrn, StartsTheQueueOfOwnDomainsOnly) {
  Talk talk(Offering(FullOffer()));
  talk.Line("EHLO x.example");
  for (const Turn& turn :
       {Turn{"ETRN example.test", "250"}, Turn{"ETRN @example.test", "250"}, Turn{"ETRN", "501"},
        Turn{"ETRN bad..name", "501"}, Turn{"ETRN example.net", "459"}, Turn{"ETRN @com", "459"},
        Turn{"ETRN #queue", "459"}, Turn{kMail, "250"}, Turn{"ETRN example.test", "503"}})
    EXPECT_EQ(talk.Line(turn.says).substr(0, 3), turn.hears) << turn.says;
}

struct ChunkCase {
  std::string_view name;
  std::string_view octets;
  std::vector<std::string_view> replies;  // starts of the lines after MAIL and RCPT
};

TEST(Bdat, ReadsWhatItWasPromisedAndThenAnswers) {
  for (const ChunkCase& each : std::vector<ChunkCase>{
           {"one chunk", "BDAT 6 LAST\r\na: b\r\nNOOP\r\n", {"250 2.5.0 Message", "250"}},
           {"three and nothing",
            "BDAT 2\r\nabBDAT 2\r\ncdBDAT 2\r\n\r\nBDAT 0 LAST\r\n",
            {"250", "250", "250", "250 2.5.0 Message"}},
           {"lower case", "bdat 5 last\r\nabcde", {"250 2.5.0 Message"}},
           {"leading zeros", "BDAT 0010 LAST\r\n0123456789NOOP\r\n", {"250", "250 2.5.0 Nothing"}},
           {"after LAST", "BDAT 2 LAST\r\nabBDAT 6\r\nNOOP\r\nRSET\r\n", {"250", "503", "250"}},
           {"DATA between", "BDAT 2\r\nabDATA\r\nRSET\r\n", {"250", "503", "250"}},
           {"RCPT between", "BDAT 2\r\nabRCPT TO:<user@example.test>\r\n", {"250", "503"}},
           {"bad sizes",
            "BDAT\r\nBDAT x\r\nBDAT -1\r\nBDAT 6 FOO\r\nNOOP\r\nNOOP\r\n",
            {"501", "501", "501", "501", "250"}},
           {"dots are octets",
            "BDAT 9 LAST\r\na\r\n.\r\n..xNOOP\r\n",
            {"250 2.5.0 Message", "250"}},
           {"bare LF", "BDAT 3 LAST\r\na\nbNOOP\r\n", {"554", "250"}},
           {"short count", "BDAT 2 LAST\r\nabcdef\r\nNOOP\r\n", {"250", "500", "250"}},
           {"huge", "BDAT 18446744073709551616\r\n", {"421"}},
       }) {
    Talk talk;
    talk.Line("EHLO x.example");
    talk.Line(kMail);
    talk.Line(kRcpt);
    const std::string heard = talk.Send(each.octets);
    std::size_t from = 0;
    for (std::string_view reply : each.replies) {
      EXPECT_EQ(heard.substr(from, reply.size()), reply) << each.name << "\n" << heard;
      from = heard.find('\n', from) + 1;
    }
    EXPECT_EQ(from, heard.size()) << each.name << "\n" << heard;
  }
}

TEST(Bdat, SaysNothingBeforeTheLastOctet) {
  Talk talk;
  talk.Line("EHLO x.example");
  EXPECT_EQ(talk.Send("BDAT 12 LAST\r\nNOOP\r\n"), "");
  EXPECT_EQ(talk.Send("NOOP\r\nNOOP\r\n"),
            "503 5.5.1 Send MAIL first\r\n250 2.5.0 Nothing done\r\n");
  talk.Line(kMail);
  EXPECT_EQ(talk.Send("BDAT 6 LAST\r\nNOOP\r"), "");
  EXPECT_EQ(talk.Send("\n"), "503 5.5.1 No recipient was accepted\r\n");
}

TEST(Bdat, DiscardsChunksBehindAFailedOne) {
  Config config;
  config.limits.message_octets = 65'536;
  Talk talk(config);
  talk.Line("EHLO x.example");
  talk.Line(kMail);
  talk.Line(kRcpt);
  const std::string heard = talk.Send("BDAT 65537\r\n" + std::string(65'537, 'x') +
                                      "BDAT 5\r\nhelloBDAT 5 LAST\r\nworldRSET\r\n");
  EXPECT_EQ(heard,
            "552 5.3.4 Message exceeds the size limit\r\n503 5.5.1 Send MAIL first\r\n"
            "503 5.5.1 Send MAIL first\r\n250 2.5.0 Transaction cleared\r\n");
}

TEST(Bdat, CarriesAnyOctetForBinaryMime) {
  Talk talk;
  talk.Line("EHLO x.example");
  talk.Line("MAIL FROM:<> BODY=BINARYMIME");
  talk.Line(kRcpt);
  EXPECT_EQ(talk.Line("DATA").substr(0, 3), "503");
  std::string octets;
  for (int i = 0; i < 256; ++i)
    octets += static_cast<char>(i);
  EXPECT_EQ(talk.Send("BDAT 256 LAST\r\n" + octets).substr(0, 3), "250");
}

Config Lmtp() {
  Config config;
  config.profile = Profile::kLmtp;
  return config;
}

TEST(Lmtp, AnswersForEachRecipient) {
  Talk talk(Lmtp());
  EXPECT_EQ(talk.Line("EHLO x").substr(0, 3), "500");
  EXPECT_EQ(talk.Line("HELO x").substr(0, 3), "500");
  EXPECT_NE(talk.Line("LHLO x").find("PIPELINING"), std::string::npos);
  talk.Line(kMail);
  EXPECT_EQ(talk.Line("DATA").substr(0, 3), "503");
  for (std::string_view line : {kRcpt, kRcpt, std::string_view("RCPT TO:<x@example.test>"),
                                std::string_view("RCPT TO:<abuse@example.test>")})
    talk.Line(line);
  talk.Line("DATA");
  const std::string one = "250 2.5.0 Message accepted\r\n";
  EXPECT_EQ(talk.Line("Subject: x\r\n\r\nx\r\n."), one + one + one);
  talk.Line(kMail);
  talk.Line(kRcpt);
  talk.Line(kRcpt);
  EXPECT_EQ(talk.Send("BDAT 1\r\nxBDAT 1 LAST\r\ny"), "250 2.5.0 Chunk received\r\n" + one + one);
}

TEST(Lmtp, IsSilentAtBdatLastWithoutRecipient) {
  Talk talk(Lmtp());
  talk.Line("LHLO x");
  talk.Line(kMail);
  talk.Line("RCPT TO:<x@example.test>");
  EXPECT_EQ(talk.Send("BDAT 5 LAST\r\nhelloNOOP\r\n"), "250 2.5.0 Nothing done\r\n");
}

TEST(Submission, WantsALogin) {
  Talk talk(Offering(FullOffer(), Profile::kSubmission));
  talk.EnterTls();
  for (const Turn& turn :
       {Turn{"EHLO x.example", "250"}, Turn{kMail, "530 5.7.0"}, Turn{"NOOP", "250"},
        Turn{"RSET", "250"}, Turn{"AUTH PLAIN AGpvAHNlY3JldA==", "235 2.7.0"}, Turn{"RSET", "250"},
        Turn{"MAIL FROM:<>", "250"}, Turn{"RCPT TO:<u@remote.example>", "250"},
        Turn{"RCPT TO:<u@host>", "554"}})
    EXPECT_EQ(talk.Line(turn.says).substr(0, turn.hears.size()), turn.hears) << turn.says;
}

}  // namespace
}  // namespace smtpgauge::sink
