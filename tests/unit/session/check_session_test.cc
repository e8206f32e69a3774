// Sessions of check, driven by hand: what is proven behind a probe, which close is allowed.
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "runner/session/session.h"
#include "tests/unit/scenarios/scenario_file.h"

namespace smtpgauge {
namespace {

using std::chrono::seconds;

/// Takes what a session says and does nothing by itself.
class Peer final : public SessionHost {
 public:
  std::string written;
  bool slow = false;  ///< octets take until OnWritten()
  int observed = 0;
  std::vector<bool> closes_allowed;

  void Connect(Session&, std::uint8_t, const smtpgauge::Connect&) override {}
  void StartTls(Session&, std::uint8_t, const smtpgauge::StartTls*) override {}
  bool Write(Session&, std::uint8_t, std::span<const iovec> octets) override {
    for (const iovec& piece : octets)
      written.append(static_cast<const char*>(piece.iov_base), piece.iov_len);
    return !slow;
  }
  void Close(Session&, std::uint8_t, Close::How) override {}
  std::vector<std::string> ReadDelivered(std::string_view, std::string_view) override { return {}; }
  void OnReply(Session&, const ObservedReply&) override { ++observed; }
  void OnPeerClosed(Session&, CloseKind, bool allowed) override {
    closes_allowed.push_back(allowed);
  }
  Next NextMessage(Session&, MessageJob&) override { return Next::kClose; }
  void OnEvent(const Event&) override {}
  void OnLimit(std::string_view) override {}
  void OnExample(Session&, const Op&, Verdict, std::string_view) override {}
  void OnDone(Session&) override {}
};

class CheckSession : public ::testing::Test {
 protected:
  /// Up to the greeting, which has been answered for.
  void Begin(const std::string& probe, const Bindings& target = ExampleTarget()) {
    options.limits.fill(seconds(30));
    script = CompileMembers(R"("probe": [{"connect": "clear"}, {"expect": "220"}, )" + probe + "]",
                            target);
    session.emplace(script, 0, options, peer);
    session->Start(now, now);
    session->OnConnected(1, now);
    Say("220 mx.example.test\r\n");
  }
  void Say(const std::string& octets) { session->OnOctets(1, octets, now); }

  TimePoint now{seconds(100)};
  SessionOptions options;
  Peer peer;
  Script script;
  std::optional<Session> session;
};

TEST_F(CheckSession, AStuckServerIsToldByItsOwnPace) {
  struct Row {
    Duration reply, patience;
  };
  for (const auto& [reply, patience] :
       {Row{seconds(0), seconds(10)}, Row{seconds(1), seconds(10)}, Row{seconds(2), seconds(20)},
        Row{seconds(9), seconds(30)}}) {
    Begin(R"({"send": "RSET", "expect": "250"})");
    now += reply;
    Say("250 Ok\r\n");
    ASSERT_TRUE(peer.written.ends_with("NOOP\r\n"));
    EXPECT_EQ(session->deadline() - now, patience);
    now = session->deadline();
    session->OnTimer(now);
    EXPECT_TRUE(session->done());
    EXPECT_EQ(session->outcome().verdict, Verdict::kFail);
  }
}

TEST_F(CheckSession, TheTimeForACommandOfAGroupBeginsWithTheReplyBeforeIt) {
  Begin(R"({"group": [{"send": "RSET", "expect": "250"},
                      {"send": "HELP", "expect": {"pass": ["214"], "within": "3s"}}]})");
  now += seconds(4);
  Say("250 Ok\r\n");
  EXPECT_EQ(session->deadline() - now, seconds(3));
  now += seconds(2);
  Say("214 Help\r\n");
  EXPECT_EQ(session->outcome().verdict, Verdict::kPass);
}

TEST_F(CheckSession, WhereALateReplyIsToleratedNothingIsProvenBehindIt) {
  Begin(R"({"send": "RSET", "expect": {"pass": ["250"], "silence": "warn"}})");
  now = session->deadline();
  session->OnTimer(now);
  EXPECT_TRUE(session->done());
  EXPECT_EQ(session->outcome().verdict, Verdict::kWarn);
  EXPECT_EQ(peer.written.find("NOOP"), std::string::npos);
}

TEST_F(CheckSession, AToleratedCloseDuringASilenceIsNoLossOfTheConnection) {
  Begin(R"({"silence": "5s", "reply": {"pass": [], "close": "warn"}})");
  session->OnClosed(1, CloseKind::kFin, now);
  EXPECT_TRUE(session->done());
  EXPECT_EQ(session->outcome().verdict, Verdict::kWarn);
  EXPECT_EQ(session->outcome().actual, "the server closed the connection");
}

TEST_F(CheckSession, ACloseWithoutAWordIsAllowedAfterATimeout) {
  struct Row {
    Duration idle;
    bool allowed;
  };
  for (const auto& [idle, allowed] :
       {Row{seconds(0), false}, Row{seconds(59), false}, Row{seconds(60), true}}) {
    Begin(R"({"expect": {"pass": ["421"], "within": "10m"}})");
    now += idle;
    session->OnClosed(1, CloseKind::kFin, now);
    EXPECT_EQ(peer.closes_allowed.back(), allowed) << idle / seconds(1);
  }
}

TEST_F(CheckSession, TheLimitOfAReplyBeginsWhenTheOctetsHaveLeft) {
  peer.slow = true;
  Begin(R"({"send": "NOOP", "expect": "250"})");
  now += seconds(30);
  session->OnTimer(now);  // of the limit, while octets are on their way
  ASSERT_FALSE(session->done());
  EXPECT_EQ(session->deadline() - now, seconds(30));  // twice that of the end of data, in all
  session->OnWritten(1, now);
  EXPECT_EQ(session->deadline() - now, seconds(30));
  now = session->deadline();
  session->OnTimer(now);
  EXPECT_TRUE(session->done());
  EXPECT_EQ(session->outcome().actual, "no reply within 30 s");
}

TEST_F(CheckSession, OctetsThatNeverLeaveEndTheCase) {
  peer.slow = true;
  Begin(R"({"send": "NOOP", "expect": "250"})");
  for (int i = 0; i < 2; ++i) {
    now = session->deadline();
    session->OnTimer(now);
  }
  EXPECT_TRUE(session->done());
}

TEST_F(CheckSession, ASecretThatTheServerRepeatsIsShownNowhere) {
  Bindings target = ExampleTarget();
  target.user = "joe";
  target.password = "open-sesame";
  for (const char* probe :
       {R"({"auth": {"mechanism": "PLAIN", "initial": "always"}})",
        R"({"send": ["AUTH PLAIN ", {"base64": "\u0000joe\u0000${password}"}], "expect": "235"})",
        R"({"send": "AUTH X ${password}", "segments": [5, 0], "expect": "235"})"}) {
    Begin(probe, target);
    const std::string line = peer.written.substr(peer.written.rfind("AUTH"));
    const std::string word = line.substr(line.rfind(' ') + 1, line.size() - line.rfind(' ') - 3);
    ASSERT_GT(word.size(), Secrets::kShortest);
    Say("500 unknown command " + line.substr(0, line.size() - 2) + " open-sesame\r\n");
    ASSERT_TRUE(session->done());
    EXPECT_EQ(session->outcome().verdict, Verdict::kFail);
    std::string shown = session->outcome().actual + session->outcome().reason;
    for (const TranscriptEntry& entry : session->TakeTranscript())
      shown += entry.octets;
    EXPECT_EQ(shown.find(word), std::string::npos) << shown;
    EXPECT_NE(shown.find("500 unknown command AUTH"), std::string::npos) << shown;
    peer.written.clear();
  }
}

TEST_F(CheckSession, AnAlertOfTlsIsNoReply) {
  Begin(R"({"silence": "3s", "phase": "tls", "reply": {"else": "fail", "malformed": "pass"}})");
  const int before = peer.observed;
  Say(std::string("\x15\x03\x03\x00\x02\x02\n", 7));
  EXPECT_EQ(peer.observed, before);
  EXPECT_EQ(session->outcome().verdict, Verdict::kPass);
}

}  // namespace
}  // namespace smtpgauge
