#include "runner/sink/fault.h"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "runner/sink/reply.h"
#include "tests/unit/sink/talk.h"

namespace smtpgauge::sink {
namespace {

TEST(FaultTable, NamesEveryFaultOnceAndEveryBehaviour) {
  std::set<std::string_view> ids;
  std::set<Fault> behaviours;
  for (const FaultRow& row : FaultRows()) {
    EXPECT_TRUE(ids.insert(row.id).second) << row.id;
    EXPECT_FALSE(row.description.empty()) << row.id;
    const bool behaves = row.behaviour != Fault::kReplyText;
    EXPECT_TRUE(!behaves || behaviours.insert(row.behaviour).second) << row.id;
    const bool has_text =
        std::any_of(ReplyFaults().begin(), ReplyFaults().end(),
                    [&](const ReplyFault& reply) { return reply.fault == row.id; });
    EXPECT_EQ(has_text, row.behaviour == Fault::kReplyText) << row.id;
  }
  EXPECT_EQ(behaviours.size(), kFaultCount - 1);
  EXPECT_GE(FaultRows().size(), 130U);
  for (const ReplyFault& reply : ReplyFaults())
    EXPECT_TRUE(ids.contains(reply.fault)) << reply.fault;
}

TEST(FaultTable, ListsOneFaultALine) {
  const std::string list = FaultList();
  EXPECT_EQ(static_cast<std::size_t>(std::count(list.begin(), list.end(), '\n')),
            FaultRows().size());
}

TEST(FaultSet, NamesTheNearestWhenItDoesNotKnowOne) {
  try {
    FaultSet({"rset-keeps-recipient"});
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_NE(std::string(error.what()).find("rset-keeps-recipients"), std::string::npos);
  }
}

TEST(ReplyTable, HasWellFormedRepliesWithoutFaults) {
  const ReplyTable replies("mx.example.test", FaultSet());
  for (std::size_t i = 0; i < kReplyCount; ++i) {
    std::string_view text = replies.Text(static_cast<Reply>(i));
    const std::string_view code = text.substr(0, 3);
    while (!text.empty()) {
      const std::string_view line = text.substr(0, text.find("\r\n") + 2);
      text.remove_prefix(line.size());
      EXPECT_EQ(line.substr(0, 3), code);
      EXPECT_EQ(line[3], text.empty() ? ' ' : '-') << line;
      EXPECT_LE(line.size(), 512U);
      const bool plain =
          code == "354" || code == "334" || i <= static_cast<std::size_t>(Reply::kHelo);
      const std::string status = std::string(code.substr(0, 1)) + ".";
      EXPECT_TRUE(plain || line.substr(4, 2) == status) << line;
    }
  }
}

// No fault may crash the server or keep it from ending, whatever it does to the conversation.
TEST(Faults, SurviveALongConversation) {
  for (const FaultRow& row : FaultRows()) {
    Config config;
    config.faults = {std::string(row.id)};
    config.users = {{"jo", "secret"}};
    config.offer = FullOffer();
    Talk talk(config);
    for (const bool bytewise : {false, true}) {
      if (bytewise) talk.EnterTls();
      const std::string octets =
          "NOOP\nx\r\nEHLO [192.0.2.1]\r\nMAIL FROM:<\"a b\"@b.example> SIZE=5\r\n"
          "RCPT TO:<user@example.test>\r\nRCPT TO:<x@example.test>\r\nDATA\r\na\n.\nb\r\n.\r\n\r\n"
          "..\r\n.\r\nRSET\r\nAUTH PLAIN\r\n*\r\nAUTH LOGIN\r\nAAAA\r\nQUIT\r\nMAIL FROM:<>\r\n"
          "RCPT TO:<user@example.test>\r\nBDAT 010\r\n0123456789BDAT 0 LAST\r\nVRFY x\r\nFOO\r\n" +
          std::string(3000, 'x') + "\r\nHELP\r\n";
      const std::string said = bytewise ? talk.SendBytewise(octets) : talk.Send(octets);
      EXPECT_LT(said.size(), 100'000U) << row.id;
    }
    talk.Drop();
  }
}

struct Sample {
  std::string_view fault;
  std::vector<std::string_view> before;
  std::string_view says;
  std::string_view hears;
};

TEST(Faults, DoWhatTheyAreNamedFor) {
  const std::vector<std::string_view> envelope = {"EHLO x", "MAIL FROM:<>",
                                                  "RCPT TO:<user@example.test>"};
  const std::vector<std::string_view> data = {"EHLO x", "MAIL FROM:<>",
                                              "RCPT TO:<user@example.test>", "DATA"};
  for (const Sample& each : std::vector<Sample>{
           {"rset-keeps-recipients",
            {"EHLO x", "MAIL FROM:<>", "RCPT TO:<user@example.test>", "RSET"},
            "DATA",
            "354"},
           {"noop-two-replies", {}, "NOOP", "250 2.5.0 Fine\r\n250"},
           {"eod-lf-lf", data, "x\n.\nNOOP", "250 2.5.0 Message accepted\r\n250"},
           {"eod-crlf-cr", data, "x\r\n.\rNOOP", "250 2.5.0 Message accepted\r\n250"},
           {"bare-lf-ends-command", {}, "NOOP\nNOOP", "250 2.5.0 Nothing done\r\n250"},
           {"refused-chunk-not-read",
            {"EHLO x"},
            "BDAT 4 LAST\r\nNOOP",
            "503 5.5.1 Send MAIL first\r\n250"},
           {"size-overflows", {"EHLO x"}, "MAIL FROM:<> SIZE=4294967297", "250"},
           {"relay-suffix-match",
            {"EHLO x", "MAIL FROM:<>"},
            "RCPT TO:<user@example.test.evil.example>",
            "250"},
           {"status-codes-missing", {}, "NOOP", "250 Nothing"},
           {"status-class-mismatch", {}, "FOO", "500 4.5.2"},
           {"status-bad-syntax", {}, "NOOP", "250 2.5.00 "},
           {"reply-tab-separator", {}, "NOOP", "250\t2.5.0"},
           {"reply-bare-lf", {}, "NOOP", "250 2.5.0 Nothing done\n"},
           {"verb-prefix-matches", {}, "NOOPX", "250"},
           {"replies-overtake",
            {"EHLO x", "MAIL FROM:<>"},
            "RCPT TO:<user@example.test>\r\nRCPT TO:<x@example.test>",
            "550 5.1.1 No such mailbox here\r\n250"},
           {"open-relay", {"EHLO x", "MAIL FROM:<>"}, "RCPT TO:<a@remote.example>", "250"},
           {"null-recipient-accepted", {"EHLO x", "MAIL FROM:<>"}, "RCPT TO:<>", "250"},
           {"two-at-signs-accepted",
            {"EHLO x", "MAIL FROM:<>"},
            "RCPT TO:<user@b@example.test>",
            "250"},
           {"control-in-path-accepted",
            {"EHLO x"},
            "MAIL FROM:<a\x01"
            "b@c.example>",
            "250"},
           {"nested-mail-resets",
            {"EHLO x", "MAIL FROM:<>", "RCPT TO:<user@example.test>", "MAIL FROM:<>"},
            "DATA",
            "503"},
           {"syntax-error-resets",
            {"EHLO x", "MAIL FROM:<>", "RCPT TO:<user@example.test>", "FOO"},
            "DATA",
            "503"},
           {"sequence-error-resets",
            {"EHLO x", "MAIL FROM:<>", "DATA"},
            "RCPT TO:<user@example.test>",
            "503"},
           {"end-of-data-keeps-transaction",
            {"EHLO x", "MAIL FROM:<>", "RCPT TO:<user@example.test>", "DATA", "."},
            "DATA",
            "354"},
           {"mail-keeps-old-recipients",
            {"EHLO x", "MAIL FROM:<>", "RCPT TO:<user@example.test>", "DATA", ".", "MAIL FROM:<>"},
            "DATA",
            "354"},
           {"chunk-answered-early", envelope, "BDAT 9", "250"},
           {"long-command-split", {}, "", "500"},
       }) {
    Config config;
    config.faults = {std::string(each.fault)};
    Talk talk(config);
    for (std::string_view line : each.before)
      talk.Line(line);
    const std::string heard = talk.Line(each.says);
    EXPECT_EQ(heard.substr(0, each.hears.size()), each.hears) << each.fault << "\n" << heard;
  }
}

}  // namespace
}  // namespace smtpgauge::sink
