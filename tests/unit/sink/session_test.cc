// The base protocol, line by line: what is said, and how the reply has to start.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/sink/talk.h"

namespace smtpgauge::sink {
namespace {

constexpr std::string_view kEhlo = "EHLO client.example.test";
constexpr std::string_view kMail = "MAIL FROM:<a@b.example>";
constexpr std::string_view kRcpt = "RCPT TO:<user@example.test>";

struct Script {
  std::string_view name;
  std::vector<Turn> turns;
};

std::vector<Script> Scripts() {
  return {
      {"quit before EHLO", {{"QUIT", "221 2.3.0 mx.example.test "}}},
      {"neutral commands before EHLO",
       {{"NOOP", "250"},
        {"RSET", "250"},
        {"HELP", "214-2.0.0 "},
        {"VRFY user", "252"},
        {"EXPN x", "502"}}},
      {"MAIL before EHLO", {{kMail, "503 5.5.1"}, {"NOOP", "250"}}},
      {"HELO is one line", {{"HELO x.example", "250 mx.example.test\r\n"}}},
      {"EHLO arguments",
       {{"EHLO", "501 5.5.4"},
        {"HELO", "501"},
        {"EHLO bad_host.example", "501"},
        {"EHLO [192.0.2.1]", "250-mx.example.test\r\n"},
        {"ehlo [IPv6:2001:db8::1]", "250-"},
        {"EhLo x.example  ", "250-"}}},
      {"EHLO clears",
       {{kEhlo, "250"}, {kMail, "250"}, {kRcpt, "250"}, {kEhlo, "250"}, {"DATA", "503"}}},
      {"HELO clears",
       {{kEhlo, "250"}, {kMail, "250"}, {kRcpt, "250"}, {"HELO x", "250"}, {"DATA", "503"}}},
      {"refused EHLO keeps", {{kEhlo, "250"}, {kMail, "250"}, {"EHLO", "501"}, {kRcpt, "250"}}},
      {"HELO turns extensions off",
       {{kEhlo, "250"},
        {"HELO x", "250"},
        {"MAIL FROM:<> SIZE=100", "555 5.5.4"},
        {"MAIL FROM:<>", "250"}}},
      {"unknown and unimplemented verbs",
       {{"FROBNICATE x", "500 5.5.2"},
        {"XFOO", "500"},
        {"", "500"},
        {" NOOP", "500"},
        {"NOOPX", "500"},
        {"NOOP\tx", "500"},
        {"MAIL\tFROM:<>", "500"},
        {"SEND FROM:<>", "502 5.5.2"},
        {"TURN", "502"},
        {"LHLO x", "500"},
        {"BDATA 5", "500"},
        {"MAILFROM:<>", "500"}}},
      {"arguments that must not be",
       {{kEhlo, "250"},
        {"RSET now", "501 5.5.4"},
        {"QUIT now", "501"},
        {"STARTTLS now", "501"},
        {"RSET  ", "250"},
        {"NOOP  ", "250"},
        {"NOOP hello", "250"},
        {"NOOP \xc3\xa9", "500"}}},
      {"MAIL syntax",
       {{kEhlo, "250"},
        {"MAIL", "501"},
        {"MAIL <a@b>", "501"},
        {"MAIL TO:<a@b>", "501"},
        {"MAIL FROM: <a@b.example>", "501"},
        {"MAIL FROM :<a@b.example>", "501"},
        {"MAIL FROM:a@b.example", "501"},
        {"MAIL FROM:<@@>", "501"},
        {"MAIL FROM:<root>", "501"},
        {"MAIL FROM:<a@b.example>SIZE=10", "501"},
        {"MAIL FROM:<a\x01"
         "b@c.example>",
         "501"},
        {kRcpt, "503"},
        {"mail from:<> size=10 body=8bitmime", "250"}}},
      {"nested MAIL keeps",
       {{kEhlo, "250"}, {kMail, "250"}, {kRcpt, "250"}, {kMail, "503"}, {"DATA", "354"}}},
      {"recipients",
       {{kEhlo, "250"},
        {kRcpt, "503"},
        {kMail, "250"},
        {"RCPT", "501"},
        {"RCPT <x>", "501"},
        {"RCPT TO:<>", "501"},
        {"RCPT TO:<Postmaster>", "250"},
        {"RCPT TO:<POSTMASTER@EXAMPLE.TEST>", "250"},
        {"RCPT TO:<abuse@example.test>", "250"},
        {"RCPT TO:<\"us\\er\"@example.test>", "250 2.1.5"},
        {"RCPT TO:<user+tag@example.test>", "250"},
        {"RCPT TO:<nobody@example.test>", "550 5.1.1"},
        {"RCPT TO:<\"\"@example.test>", "550"},
        {"RCPT TO:<postmaster@[192.0.2.1]>", "250"},
        {"RCPT TO:<postmaster@[192.0.2.2]>", "550 5.7.1"},
        {"RCPT TO:<u@example.test.>", "501"},
        {"RCPT TO:<@relay.example:user@example.test>", "250"},
        {"RCPT TO:<user@example.test> XNOSUCH=1", "555"}}},
      {"no relay",
       {{kEhlo, "250"},
        {kMail, "250"},
        {"RCPT TO:<u@remote.example>", "550 5.7.1"},
        {"RCPT TO:<u%remote.example@example.test>", "550"},
        {"RCPT TO:<remote.example!u@example.test>", "550"},
        {"RCPT TO:<\"u@remote.example\"@example.test>", "550"},
        {"RCPT TO:<u@remote.example@example.test>", "501"},
        {"RCPT TO:<@example.test:u@remote.example>", "550"},
        {"RCPT TO:<user@example.test.evil.example>", "550"}}},
      {"DATA out of order",
       {{kEhlo, "250"},
        {"DATA", "503"},
        {kMail, "250"},
        {"DATA", "503"},
        {"RCPT TO:<x@example.test>", "550"},
        {"DATA", "503"},
        {kRcpt, "250"},
        {"DATA now", "501"},
        {"DATA ", "354"},
        {".", "250"}}},
      {"errors keep the transaction",
       {{kEhlo, "250"},
        {kMail, "250"},
        {kRcpt, "250"},
        {"RCPT TO:<@>", "501"},
        {"FOO", "500"},
        {"HELP", "214"},
        {"VRFY x", "252"},
        {"EXPN x", "502"},
        {"NOOP", "250"},
        {"DATA", "354"}}},
      {"RSET",
       {{kEhlo, "250"},
        {kMail, "250"},
        {kRcpt, "250"},
        {"RSET", "250"},
        {kRcpt, "503"},
        {kMail, "250"}}},
      {"messages one after another",
       {{kEhlo, "250"},
        {kMail, "250"},
        {kRcpt, "250"},
        {"DATA", "354"},
        {"Subject: 1\r\n\r\nx\r\n.", "250"},
        {kRcpt, "503"},
        {kMail, "250"},
        {"DATA", "503"},
        {kRcpt, "250"},
        {"DATA", "354"},
        {"QUIT\r\n.", "250"}}},
      {"SMTPUTF8",
       {{kEhlo, "250"},
        {"MAIL FROM:<\xc3\xa9@b.example>", "550 5.6.7"},
        {"MAIL FROM:<> SMTPUTF8=1", "501"},
        {"MAIL FROM:<a\xc3\x28@b.example> SMTPUTF8", "501"},
        {kMail, "250"},
        {"RCPT TO:<\xc3\xa9@example.test>", "553 5.6.7"},
        {"RSET", "250"},
        {"MAIL FROM:<\xc3\xa9@b.example> BODY=8BITMIME SMTPUTF8", "250"},
        {"RCPT TO:<\xc3\xa9@example.test>", "550 5.1.1"},
        {"VRFY \xc3\xa9", "252 2.6.8"},
        {"VRFY \xc3\xa9 SMTPUTF8", "252 2.5.0"},
        {"VRFY x SMTPUTF8=1", "501"}}},
      {"refused content ends the transaction",
       {{kEhlo, "250"},
        {kMail, "250"},
        {kRcpt, "250"},
        {"DATA", "354"},
        {"a\nb\r\n.", "554"},
        {kRcpt, "503"}}},
      {"HTTP", {{"POST / HTTP/1.1", "421 4.3.0 mx.example.test "}}},
  };
}

TEST(Session, AnswersEveryLineAsTheRfcWantsIt) {
  for (const Script& script : Scripts()) {
    Talk talk;
    for (const Turn& turn : script.turns) {
      const std::string heard = talk.Line(turn.says);
      EXPECT_EQ(heard.substr(0, turn.hears.size()), turn.hears)
          << script.name << ": " << turn.says << "\n"
          << heard;
    }
  }
}

TEST(Session, AnswersTheSameForAnyCutOfTheOctets) {
  const std::string octets =
      "EHLO x.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<user@example.test>\r\n"
      "RCPT TO:<x@example.test>\r\nNOOP \r x\r\nDATA\r\nSubject: x\r\n\r\n..a\r\n.\r\n"
      "MAIL FROM:<>\r\nRCPT TO:<user@example.test>\r\nBDAT 3\r\na\r\nBDAT 4 LAST\r\nb\r\n\r"
      "FOO\r\nQUIT\r\n";
  const std::string expected = Talk().Send(octets);
  EXPECT_NE(expected.find("221 "), std::string::npos);
  EXPECT_EQ(Talk().SendBytewise(octets), expected);
  for (std::size_t cut = 0; cut <= octets.size(); ++cut) {
    Talk talk;
    const std::string first = talk.Send(octets.substr(0, cut));
    EXPECT_EQ(first + talk.Send(octets.substr(cut)), expected) << cut;
  }
}

TEST(Session, GreetsWithItsNameAndNoStatusCode) {
  EXPECT_EQ(Talk().greeting(), "220 mx.example.test ESMTP smtpgauge sink\r\n");
}

TEST(Session, EndsLinesAtCrlfOnly) {
  Talk talk;
  EXPECT_EQ(talk.Send("NOOP\n"), "");
  EXPECT_EQ(talk.Send("NOOP\r"), "");
  EXPECT_EQ(talk.Send("\n").substr(0, 3), "500");
  EXPECT_EQ(talk.Line("NOOP").substr(0, 3), "250");
}

TEST(Session, AnswersAnOverlongLineOnce) {
  for (std::size_t length : {511U, 512U, 1000U, 2048U, 10'000U, 300'000U}) {
    Talk talk;
    const std::string line = "NOOP " + std::string(length - 5, 'x') + "\r\n";
    std::string said = talk.Send(line.substr(0, 400));
    said += talk.Send(line.substr(400));
    said += talk.Line("NOOP");
    EXPECT_EQ(said, "500 5.5.2 Command line too long\r\n250 2.5.0 Nothing done\r\n") << length;
  }
  EXPECT_EQ(Talk().Line("NOOP " + std::string(505, 'x')).substr(0, 3), "250");  // 512 with CRLF
}

TEST(Session, TakesLongerLinesWhereExtensionsAllowThem) {
  Talk talk;
  talk.Line(kEhlo);
  const std::string sender =
      std::string(64, 'l') + "@" + std::string(63, 'd') + "." + std::string(63, 'd') + ".example";
  EXPECT_EQ(talk.Line("MAIL FROM:<" + sender + "> SIZE=1000 RET=HDRS ENVID=" +
                      std::string(100, 'e') + " BODY=8BITMIME SMTPUTF8" + std::string(200, ' '))
                .substr(0, 3),
            "250");
  EXPECT_EQ(talk.Line("RCPT TO:<user@example.test> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;" +
                      std::string(493, 'o'))
                .substr(0, 3),
            "250");
}

TEST(Session, NeverEchoesWhatTheClientSent) {
  Talk talk;
  for (std::string_view line :
       {"FOO \x1b[2J\a", "EHLO \xff\xfe", "MAIL FROM:<\x1b@x>", "VRFY \x1b", "HELP \x1b"})
    for (char c : talk.Line(line))
      EXPECT_TRUE((c >= ' ' && c <= '~') || c == '\r' || c == '\n') << line;
}

TEST(Session, Takes1000RecipientsAndThenSays452) {
  Talk talk;
  talk.Line(kEhlo);
  talk.Line(kMail);
  for (int i = 0; i < 1000; ++i)
    ASSERT_EQ(talk.Line("RCPT TO:<user+" + std::to_string(i) + "@example.test>").substr(0, 3),
              "250");
  EXPECT_EQ(talk.Line(kRcpt).substr(0, 9), "452 4.5.3");
  EXPECT_EQ(talk.Line("DATA").substr(0, 3), "354");
}

TEST(Session, Says421AfterTooManyErrors) {
  Talk talk;
  std::string last;
  for (int i = 0; i < 200 && talk.connection().next == Next::kRead; ++i)
    last = talk.Line("FOO");
  EXPECT_NE(last.find("\r\n421 4.3.0 mx.example.test "), std::string::npos) << last;
}

TEST(Session, RefusesMessagesAboveTheLimitAfterTheData) {
  Config config;
  config.limits.message_octets = 70'000;
  Talk talk(config);
  for (const auto& [size, code] :
       {std::pair<std::size_t, std::string>{70'000, "250"}, {70'001, "552 5.3.4"}}) {
    for (std::string_view line : {kEhlo, kMail, kRcpt, std::string_view("DATA")})
      talk.Line(line);
    std::string content;
    while (content.size() + 102 <= size)
      content += ".." + std::string(98, 'x') + "\r\n";  // 101 each, unstuffed
    std::string tail;
    const std::size_t unstuffed = content.size() / 102 * 101;
    tail = std::string(size - unstuffed > 900 ? 500 : 0, 'y');
    if (!tail.empty()) tail += "\r\n";
    tail += std::string(size - unstuffed - tail.size() - 2, 'z') + "\r\n";
    EXPECT_EQ(talk.Send(content), "");
    EXPECT_EQ(talk.Send(tail + ".\r\n").substr(0, code.size()), code) << size;
  }
}

TEST(Session, StopsMailLoopsAbove100ReceivedFields) {
  for (const auto& [count, code] : {std::pair<int, std::string>{100, "250"}, {101, "554 5.4.6"}}) {
    Talk talk;
    for (std::string_view line : {kEhlo, kMail, kRcpt, std::string_view("DATA")})
      talk.Line(line);
    for (int i = 0; i < count; ++i)
      talk.Line("Received: from a by b");
    EXPECT_EQ(talk.Line(".").substr(0, code.size()), code);
  }
}

}  // namespace
}  // namespace smtpgauge::sink
