// What lies in the Maildir afterwards.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/sink/talk.h"

namespace smtpgauge::sink {
namespace {

class Delivery : public ::testing::Test {
 protected:
  Delivery() {
    std::string pattern = ::testing::TempDir() + "sink-delivery-XXXXXX";
    directory_ = ::mkdtemp(pattern.data());
    config_.maildir = directory_ + "/%n";
  }
  ~Delivery() override { std::filesystem::remove_all(directory_); }

  [[nodiscard]] std::vector<std::string> Messages(const std::string& mailbox) const {
    std::vector<std::string> messages;
    std::error_code none;
    for (const auto& entry :
         std::filesystem::directory_iterator(directory_ + "/" + mailbox + "/new", none)) {
      std::ifstream file(entry.path(), std::ios::binary);
      messages.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    return messages;
  }

  // Delivers one message by DATA to the recipients and returns the reply.
  static std::string Send(Talk& talk, const std::vector<std::string>& recipients,
                          const std::string& stuffed,
                          const std::string& sender = "MiXed@b.example") {
    talk.Line("EHLO x.example");
    talk.Line("MAIL FROM:<" + sender + ">");
    for (const std::string& recipient : recipients)
      talk.Line("RCPT TO:<" + recipient + ">");
    talk.Line("DATA");
    return talk.Send(stuffed + ".\r\n");
  }

  // The message below the trace fields.
  static std::string Content(const std::string& message) {
    return message.substr(message.find("+0000\r\n") + 7);
  }

  std::string directory_;
  Config config_;
};

TEST_F(Delivery, KeepsTheContentOctetByOctet) {
  std::string body = "Subject: x\r\nReceived: old\r\n\r\n";
  for (int c = 1; c < 256; ++c)
    if (c != '\r' && c != '\n') body += static_cast<char>(c);
  body += "  \t\r\n\r\nFrom x\r\n" + std::string(998, 'l') + "\r\n\r\n";
  Talk talk(config_);
  EXPECT_EQ(Send(talk, {"user@example.test"}, body + "..\r\n..x\r\n...\r\na..b\r\n").substr(0, 3),
            "250");
  ASSERT_EQ(Messages("user").size(), 1U);
  EXPECT_EQ(Content(Messages("user")[0]), body + ".\r\n.x\r\n..\r\na..b\r\n");
}

TEST_F(Delivery, PutsTheTraceOnTop) {
  Talk talk(config_);
  Send(talk, {"user@example.test"}, "Subject: x\r\n\r\nx\r\n");
  const std::string message = Messages("user").at(0);
  EXPECT_EQ(message.substr(0, 30), "Return-Path: <MiXed@b.example>");
  EXPECT_NE(
      message.find(
          "\r\nReceived: from x.example ([192.0.2.7])\r\n\tby mx.example.test with ESMTP id "),
      std::string::npos)
      << message;
  EXPECT_NE(message.find("\r\n\tfor <user@example.test>;\r\n\t"), std::string::npos) << message;
}

TEST_F(Delivery, NamesNoRecipientAmongSeveral) {
  Talk talk(config_);
  Send(talk, {"user@example.test", "abuse@example.test", "nobody@example.test"}, "x: y\r\n\r\n",
       "");
  ASSERT_EQ(Messages("user").size(), 1U);
  ASSERT_EQ(Messages("abuse").size(), 1U);
  EXPECT_EQ(Messages("user")[0].find(" for <"), std::string::npos);
  EXPECT_EQ(Messages("user")[0].substr(0, 15), "Return-Path: <>");
}

TEST_F(Delivery, TellsTheProtocol) {
  struct Case {
    std::string_view hello;
    std::string_view mail;
    bool tls, login;
    std::string_view with;
  };
  for (const Case& each :
       {Case{"HELO x", "MAIL FROM:<>", false, false, " with SMTP id"},
        Case{"EHLO x", "MAIL FROM:<>", true, false, " with ESMTPS id"},
        Case{"EHLO x", "MAIL FROM:<>", true, true, " with ESMTPSA id"},
        Case{"EHLO x", "MAIL FROM:<> SMTPUTF8", false, false, " with UTF8SMTP id"},
        Case{"EHLO x", "MAIL FROM:<> SMTPUTF8", true, true, " with UTF8SMTPSA id"}}) {
    std::filesystem::remove_all(directory_ + "/user");
    config_.users = {{"jo", "secret"}};
    Talk talk(config_);
    if (each.tls) talk.EnterTls();
    talk.Line(each.hello);
    if (each.login) talk.Line("AUTH PLAIN AGpvAHNlY3JldA==");
    for (std::string_view line : {each.mail, std::string_view("RCPT TO:<user@example.test>"),
                                  std::string_view("DATA"), std::string_view(".")})
      talk.Line(line);
    ASSERT_EQ(Messages("user").size(), 1U) << each.with;
    EXPECT_NE(Messages("user")[0].find(each.with), std::string::npos) << Messages("user")[0];
  }
}

TEST_F(Delivery, RemovesWhatOnlyItMaySay) {
  Talk talk(config_);
  Send(talk, {"user@example.test"},
       "Return-Path: <spoof@x>\r\n folded\r\nAuthentication-Results: MX.example.test;\r\n "
       "spf=pass\r\n"
       "Authentication-Results: other.example; spf=pass\r\nreturn-path: <y>\r\nSubject: "
       "x\r\n\r\nReturn-Path: body\r\n");
  EXPECT_EQ(
      Content(Messages("user").at(0)),
      "Authentication-Results: other.example; spf=pass\r\nSubject: x\r\n\r\nReturn-Path: body\r\n");
}

TEST_F(Delivery, DeliversNothingThatWasNotConfirmed) {
  Talk talk(config_);
  EXPECT_EQ(Send(talk, {"user@example.test"}, "bare\nLF\r\n").substr(0, 3), "554");
  talk.Line("MAIL FROM:<>");
  talk.Line("RCPT TO:<user@example.test>");
  talk.Line("DATA");
  talk.Line("half a message");
  talk.Drop();
  Talk other(config_);
  other.Line("EHLO x");
  other.Line("MAIL FROM:<>");
  other.Line("RCPT TO:<user@example.test>");
  other.Send("BDAT 100\r\nhalf a chunk");
  other.Drop();
  EXPECT_TRUE(Messages("user").empty());
}

TEST_F(Delivery, ForgetsChunksAtRset) {
  Talk talk(config_);
  talk.Line("EHLO x");
  talk.Line("MAIL FROM:<>");
  talk.Line("RCPT TO:<user@example.test>");
  talk.Send(
      "BDAT 5\r\nfirstRSET\r\nMAIL FROM:<>\r\nRCPT TO:<user@example.test>\r\nBDAT 8\r\na: "
      "b\r\n\r\r");
  talk.Send("BDAT 4 LAST\r\n\nx\r\n");
  EXPECT_EQ(Messages("user").size(), 0U);  // CR CR LF: refused
  talk.Send(
      "MAIL FROM:<>\r\nRCPT TO:<user@example.test>\r\nBDAT 7\r\na: b\r\n\rBDAT 4 LAST\r\n\nx\r\n");
  ASSERT_EQ(Messages("user").size(), 1U);
  EXPECT_EQ(Content(Messages("user")[0]), "a: b\r\n\r\nx\r\n");
}

TEST_F(Delivery, StaysWithinTheStore) {
  config_.acceptance = Acceptance::kEverything;
  Talk talk(config_);
  talk.Line("EHLO x");
  talk.Line("MAIL FROM:<>");
  for (std::string_view line :
       {"RCPT TO:<\"../../x\"@example.test>", "RCPT TO:<\"..\"@example.test>",
        "RCPT TO:<\"$(id);x\"@example.test>"})
    talk.Line(line);
  talk.Line("DATA");
  EXPECT_EQ(talk.Line(".").substr(0, 3), "250");
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory_))
    names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (std::vector<std::string>{"_..", "_.._.._x", "__id__x"}));
}

TEST_F(Delivery, Says451WhenTheDiskDoesNotTakeIt) {
  config_.maildir = "/dev/null/nowhere";
  Talk talk(config_);
  EXPECT_EQ(Send(talk, {"user@example.test"}, "x\r\n").substr(0, 9), "451 4.3.0");
}

TEST_F(Delivery, IsReportedToSendersWhoAskForIt) {
  Talk talk(config_);
  for (const auto& [sender, notify, reports] :
       {std::tuple{"abuse@example.test", " NOTIFY=SUCCESS,DELAY ORCPT=rfc822;u+2Bx@y", 1U},
        std::tuple{"abuse@example.test", " NOTIFY=FAILURE", 0U},
        std::tuple{"abuse@example.test", "", 0U},
        std::tuple{"abuse@example.test", " NOTIFY=NEVER", 0U},
        std::tuple{"", " NOTIFY=SUCCESS", 0U},
        std::tuple{"a@remote.example", " NOTIFY=SUCCESS", 0U}}) {
    std::filesystem::remove_all(directory_ + "/abuse");
    talk.Line("EHLO x");
    talk.Line(std::string("MAIL FROM:<") + sender + "> ENVID=e+2B1 RET=HDRS");
    talk.Line(std::string("RCPT TO:<user@example.test>") + notify);
    talk.Line("DATA");
    EXPECT_EQ(talk.Line("Subject: asked\r\n\r\nbody\r\n.").substr(0, 3), "250");
    ASSERT_EQ(Messages("abuse").size(), reports) << sender << notify;
    if (reports == 0) continue;
    const std::string report = Messages("abuse")[0];
    for (std::string_view part :
         {"Return-Path: <>\r\n", "multipart/report; report-type=delivery-status",
          "Original-Envelope-Id: e+1\r\n", "Original-Recipient: rfc822;u+2Bx@y\r\n",
          "Action: delivered\r\n", "\r\nSubject: asked\r\n"})
      EXPECT_NE(report.find(part), std::string::npos) << part << "\n" << report;
    EXPECT_EQ(report.find("body\r\n"), std::string::npos);
  }
}

}  // namespace
}  // namespace smtpgauge::sink
