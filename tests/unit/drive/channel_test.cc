// A session on a real socket against an OpenSSL server: nothing that came by an edge may be left
// unread.
#include <array>
#include <string>
#include <string_view>
#include <thread>

#include <gtest/gtest.h>

#include "runner/drive/seat.h"
#include "runner/net/event_loop.h"
#include "tests/unit/net/tls_server.h"
#include "tests/unit/scenarios/scenario_file.h"

namespace smtpgauge {
namespace {

class TestSeat final : public Seat {
 public:
  using Seat::Seat;

 private:
  void Finished() override { loop().Stop(); }
};

/// Greets, unless it did so early, and answers each command of one line with 250, QUIT with 221
/// and the end of everything.
void Answer(SSL* ssl, const TlsServer& server, const std::string& greeting) {
  const auto say = [ssl](std::string_view text) {
    SSL_write(ssl, text.data(), static_cast<int>(text.size()));
  };
  if (server.early().empty()) say(greeting);
  std::array<char, 1000> line{};
  for (;;) {
    const int taken = SSL_read(ssl, line.data(), static_cast<int>(line.size()));
    if (taken <= 0) return;
    const bool quits = std::string_view(line.data(), static_cast<std::size_t>(taken)) == "QUIT\r\n";
    say(quits ? "221 Bye\r\n" : "250 Ok\r\n");
    if (quits) return;
  }
}

class ChannelTls : public ::testing::Test {
 protected:
  CaseOutcome Run(TlsServer& server, const std::string& greeting) {
    const Script script = CompileMembers(
        R"("probe": [{"connect": "implicit"}, {"expect": "220"}, {"send": "NOOP", "expect": "250"},)"
        R"({"send": "QUIT", "expect": "221"}])");
    const Listener listener;
    Destination destination;
    destination.endpoints = {listener.endpoint()};
    destination.server_names = {"mx.example"};
    SessionOptions options;
    options.limits.fill(std::chrono::seconds(3));
    std::jthread thread([&] {
      const Peer peer = listener.Accept();
      Serve(server, peer, [&](SSL* ssl) { Answer(ssl, server, greeting); });
    });
    EventLoop loop;
    TlsContext context({});
    TestSeat seat(loop, context, destination, script, 0, options);
    seat.Begin(std::chrono::steady_clock::now());
    loop.Run();
    thread.join();
    EXPECT_TRUE(seat.session().done());
    return seat.session().outcome();
  }
};

TEST_F(ChannelTls, TheGreetingIsReadThatCameWithTheEndOfTheHandshake) {
  TlsServer server({.early = "220 early\r\n"});
  const CaseOutcome outcome = Run(server, "");
  EXPECT_EQ(outcome.verdict, Verdict::kPass) << outcome.reason;
}

TEST_F(ChannelTls, AReplyOfManyRecordsIsReadWhole) {
  TlsServer server({});
  std::string greeting;
  for (int line = 0; line < 400; ++line)
    greeting += "220-" + std::string(500, 'x') + "\r\n";
  const CaseOutcome outcome = Run(server, greeting + "220 long\r\n");
  EXPECT_EQ(outcome.verdict, Verdict::kPass) << outcome.reason;
}

}  // namespace
}  // namespace smtpgauge
