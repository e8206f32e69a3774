// The server over loopback: TLS, closing, delays, limits, many connections.
#include "runner/sink/server.h"

#include <chrono>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "runner/sink/latency.h"
#include "tests/unit/sink/client.h"

namespace smtpgauge::sink {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

class Running {
 public:
  explicit Running(Config config = {}) : server(std::move(config)) { server.Start(); }
  Server server;
};

void Envelope(Client& client) {
  client.Ask("EHLO x.example");
  client.Ask("MAIL FROM:<a@b.example>");
  client.Ask("RCPT TO:<user@example.test>");
}

std::string Deliver(Client& client) {
  client.Ask("MAIL FROM:<a@b.example>");
  client.Ask("RCPT TO:<user@example.test>");
  client.Ask("DATA");
  return client.Ask("Subject: x\r\n\r\nx\r\n.");
}

TEST(Server, ServesAndCounts) {
  Running running;
  Client client(running.server.port());
  EXPECT_EQ(client.Reply().substr(0, 4), "220 ");
  Envelope(client);
  client.Ask("RCPT TO:<abuse@example.test>");
  client.Ask("RCPT TO:<x@example.test>");
  client.Ask("DATA");
  EXPECT_EQ(client.Ask("x: y\r\n\r\n..\r\n.").substr(0, 3), "250");
  EXPECT_EQ(client.Ask("QUIT").substr(0, 3), "221");
  EXPECT_TRUE(client.AtEnd());
  running.server.Stop();
  const Counters counters = running.server.counters();
  EXPECT_EQ(counters.connections, 1U);
  EXPECT_EQ(counters.open_connections, 0U);
  EXPECT_EQ(counters.messages, 1U);
  EXPECT_EQ(counters.recipients, 2U);
  EXPECT_EQ(counters.bytes, 11U);
  EXPECT_EQ(counters.rejected_commands, 1U);
  EXPECT_NE(CountersJson(counters).find("\"messages\": 1"), std::string::npos);
}

TEST(Server, AnswersAGroupInOneOrder) {
  Running running;
  Client client(running.server.port());
  client.Reply();
  client.Ask("EHLO x");
  client.Send(
      "RSET\r\nMAIL FROM:<>\r\nRCPT TO:<user@example.test>\r\nRCPT "
      "TO:<x@example.test>\r\nDATA\r\n");
  for (std::string_view code : {"250", "250", "250", "550", "354"})
    EXPECT_EQ(client.Reply().substr(0, 3), code);
  client.Send("x\r\n.\r\nMAIL FROM:<>\r\nQUIT\r\nNOOP\r\n");
  for (std::string_view code : {"250", "250", "221"})
    EXPECT_EQ(client.Reply().substr(0, 3), code);
  EXPECT_TRUE(client.AtEnd());
}

TEST(Server, TakesLargeGroupsFromClientsThatReadLate) {
  Running running;
  Client client(running.server.port());
  client.Reply();
  const int small = 16 * 1024;
  ::setsockopt(client.fd(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  constexpr int kCommands = 10'000;
  std::string group;
  for (int i = 0; i < kCommands; ++i)
    group += "NOOP\r\n";
  client.Send(group);
  for (int i = 0; i < kCommands; ++i)
    ASSERT_EQ(client.Reply(), "250 2.5.0 Nothing done\r\n") << i;
}

TEST(Server, AnswersAfterTheClientHasClosedItsHalf) {
  Running running;
  Client client(running.server.port());
  client.Send("EHLO x\r\nQUIT\r\n");
  ::shutdown(client.fd(), SHUT_WR);
  for (std::string_view code : {"220", "250", "221"})
    EXPECT_EQ(client.Reply().substr(0, 3), code);
  EXPECT_TRUE(client.AtEnd());
}

TEST(Server, StartsTlsAndForgetsWhatCameInClear) {
  Running running;
  Client client(running.server.port());
  client.Reply();
  client.Ask("EHLO before.example");
  client.Send("STARTTLS\r\nMAIL FROM:<evil@x.example>\r\nNOOP\r\n");
  EXPECT_EQ(client.Reply().substr(0, 3), "220");
  ASSERT_TRUE(client.StartTls());
  EXPECT_EQ(client.Ask("MAIL FROM:<>").substr(0, 3), "503");
  EXPECT_EQ(client.Ask("EHLO after.example").find("STARTTLS"), std::string::npos);
  EXPECT_EQ(client.Ask("RCPT TO:<user@example.test>").substr(0, 3), "503");
  EXPECT_EQ(Deliver(client).substr(0, 3), "250");
  EXPECT_EQ(client.Ask("QUIT").substr(0, 3), "221");
}

TEST(Server, RunsInjectedCommandsOnlyWithThatFault) {
  Config config;
  config.faults = {"starttls-injection"};
  Running running(config);
  Client client(running.server.port());
  client.Reply();
  client.Ask("EHLO x");
  client.Send("STARTTLS\r\nNOOP\r\n");
  client.Reply();
  ASSERT_TRUE(client.StartTls());
  EXPECT_EQ(client.Ask("EHLO x").substr(0, 9), "250 2.5.0");
}

TEST(Server, SurvivesClientsThatVanishInTls) {
  Running running;
  for (int i = 0; i < 20; ++i) {
    Client client(running.server.port());
    client.Reply();
    client.Ask("EHLO x");
    client.Ask("STARTTLS");
    ASSERT_TRUE(client.StartTls());
    std::string group;
    for (int k = 0; k < 200; ++k)
      group += "HELP\r\n";
    client.Send(group);
    client.Reset();
  }
  Client client(running.server.port());
  EXPECT_EQ(client.Reply().substr(0, 3), "220");
}

TEST(Server, ShowsItsFaultsAroundTheHandshake) {
  Config config;
  config.tls_port = 0;
  config.faults = {"tls-greets-again", "implicit-tls-greets-in-clear", "failed-handshake-hangs"};
  config.limits.idle = 300ms;
  Running running(config);
  Client client(running.server.port());
  client.Reply();
  client.Ask("EHLO x");
  client.Ask("STARTTLS");
  ASSERT_TRUE(client.StartTls());
  EXPECT_EQ(client.Reply().substr(0, 3), "220");
  Client implicit(running.server.tls_port());
  EXPECT_EQ(implicit.Reply().substr(0, 3), "220");
  Client broken(running.server.port());
  broken.Reply();
  broken.Ask("EHLO x");
  broken.Ask("STARTTLS");
  const auto start = Clock::now();
  broken.Send("this is no ClientHello\r\n");
  while (!broken.AtEnd())
    broken.Reply();
  EXPECT_GE(Clock::now() - start, 250ms);
}

TEST(Server, SpeaksImplicitTlsWithoutAWordInClear) {
  Config config;
  config.tls_port = 0;
  Running running(config);
  ASSERT_NE(running.server.tls_port(), running.server.port());
  Client client(running.server.tls_port());
  ASSERT_TRUE(client.StartTls());
  EXPECT_EQ(client.Reply().substr(0, 4), "220 ");
  Envelope(client);
  client.Ask("DATA");
  for (int i = 0; i < 2000; ++i)
    client.Send(std::string(500, 'x') + "\r\n");
  EXPECT_EQ(client.Ask(".").substr(0, 3), "250");
  EXPECT_EQ(client.Ask("QUIT").substr(0, 3), "221");
  running.server.Stop();
  EXPECT_EQ(running.server.counters().tls_handshakes, 1U);
}

TEST(Server, ClosesAfterABrokenHandshakeAndServesOn) {
  Running running;
  Client client(running.server.port());
  client.Reply();
  client.Ask("EHLO x");
  client.Ask("STARTTLS");
  client.Send("this is no ClientHello at all, not even a little\r\n");
  while (!client.AtEnd())
    client.Reply();
  Client next(running.server.port());
  EXPECT_EQ(next.Reply().substr(0, 3), "220");
}

TEST(Server, SurvivesClientsThatVanishInEveryState) {
  Running running;
  for (const std::vector<std::string_view>& lines : std::vector<std::vector<std::string_view>>{
           {},
           {"EHLO x"},
           {"EHLO x", "MAIL FROM:<>"},
           {"EHLO x", "MAIL FROM:<>", "RCPT TO:<user@example.test>"},
           {"EHLO x", "MAIL FROM:<>", "RCPT TO:<user@example.test>", "DATA"},
           {"EHLO x", "STARTTLS"}}) {
    Client client(running.server.port());
    client.Reply();
    for (std::string_view line : lines)
      client.Ask(line);
    client.Send("half a li");
    client.Reset();
  }
  Client client(running.server.port());
  EXPECT_EQ(client.Reply().substr(0, 3), "220");
  running.server.Stop();
  EXPECT_EQ(running.server.counters().messages, 0U);
  EXPECT_EQ(running.server.counters().open_connections, 0U);
}

TEST(Server, SaysGoodbyeWhenItStops) {
  Running running;
  Client client(running.server.port());
  client.Reply();
  client.Ask("EHLO x");
  running.server.Stop();
  EXPECT_EQ(client.Reply().substr(0, 26), "421 4.3.0 mx.example.test ");
  EXPECT_TRUE(client.AtEnd());
}

TEST(Server, ClosesIdleConnectionsWith421) {
  Config config;
  config.limits.idle = 50ms;
  Running running(config);
  Client client(running.server.port());
  client.Reply();
  EXPECT_EQ(client.Reply().substr(0, 10), "421 4.4.2 ");
  EXPECT_TRUE(client.AtEnd());
}

TEST(Server, RefusesConnectionsAboveItsLimit) {
  Config config;
  config.limits.connections = 2;
  Running running(config);
  Client first(running.server.port());
  Client second(running.server.port());
  EXPECT_EQ(first.Reply().substr(0, 3), "220");
  EXPECT_EQ(second.Reply().substr(0, 3), "220");
  Client third(running.server.port());
  EXPECT_EQ(third.Reply().substr(0, 4), "421 ");
  EXPECT_TRUE(third.AtEnd());
  first.Ask("QUIT");
  EXPECT_TRUE(first.AtEnd());
  Client fourth(running.server.port());
  EXPECT_EQ(fourth.Reply().substr(0, 3), "220");
}

TEST(Server, WaitsBeforeTheRepliesThatItIsToldTo) {
  Config config;
  config.latency[static_cast<std::size_t>(Verb::kEndOfData)] = Latency::Parse("30ms");
  config.latency[static_cast<std::size_t>(Verb::kMail)] = Latency::Parse("20ms");
  Running running(config);
  Client client(running.server.port());
  client.Reply();
  client.Ask("EHLO x");
  const auto start = Clock::now();
  client.Send("MAIL FROM:<>\r\nRCPT TO:<user@example.test>\r\nDATA\r\n");
  for (std::string_view code : {"250", "250", "354"})
    EXPECT_EQ(client.Reply().substr(0, 3), code);
  EXPECT_GE(Clock::now() - start, 20ms);
  client.Send("x\r\n.\r\nMAIL FROM:<>\r\nNOOP\r\n");
  for (std::string_view code : {"250", "250", "250"})
    EXPECT_EQ(client.Reply().substr(0, 3), code);
  EXPECT_GE(Clock::now() - start, 70ms);
}

TEST(Server, ServesAtItsCapacityWhateverTheNumberOfClients) {
  Config config;
  config.capacity_per_s = 200;
  Running running(config);
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 10; ++i) {
    clients.push_back(std::make_unique<Client>(running.server.port()));
    clients.back()->Reply();
    Envelope(*clients.back());
    clients.back()->Ask("DATA");
  }
  const auto start = Clock::now();
  for (auto& client : clients)
    client->Send("x\r\n.\r\n");
  for (auto& client : clients)
    EXPECT_EQ(client->Reply().substr(0, 3), "250");
  EXPECT_GE(Clock::now() - start, 49ms);  // ten slots of 5 ms, the first one waited for as well
}

TEST(Server, IsAsleepAsOftenAsItIsToldTo) {
  Config config;
  config.stall = Stall::Parse("40ms/50ms");
  Running running(config);
  Client client(running.server.port());
  client.Reply();
  const auto start = Clock::now();
  auto longest = Clock::duration::zero();
  while (Clock::now() - start < 200ms) {
    const auto asked = Clock::now();
    client.Ask("NOOP");
    longest = std::max(longest, Clock::now() - asked);
  }
  EXPECT_GE(longest, 35ms);
}

TEST(Server, RejectsByChanceAndSeed) {
  Config config;
  config.rejections = {{Verb::kRcpt, 450, 0.5}, {Verb::kEndOfData, 451, 1}};
  Running running(config);
  Client client(running.server.port());
  client.Reply();
  client.Ask("EHLO x");
  client.Ask("MAIL FROM:<>");
  int refused = 0;
  for (int i = 0; i < 100; ++i)
    refused += client.Ask("RCPT TO:<user@example.test>").substr(0, 9) == "450 4.7.0" ? 1 : 0;
  EXPECT_GT(refused, 25);
  EXPECT_LT(refused, 75);
  client.Ask("DATA");
  EXPECT_EQ(client.Ask(".").substr(0, 9), "451 4.3.0");
  EXPECT_EQ(running.server.counters().messages, 0U);
  EXPECT_EQ(running.server.counters().rejected_messages, 1U);
}

TEST(Server, SharesItsPortAmongThreads) {
  Config config;
  config.threads = 3;
  Running running(config);
  for (int i = 0; i < 60; ++i) {
    Client client(running.server.port());
    client.Reply();
    client.Ask("EHLO x");
    EXPECT_EQ(Deliver(client).substr(0, 3), "250");
    client.Ask("QUIT");
  }
  running.server.Stop();
  EXPECT_EQ(running.server.counters().messages, 60U);
  EXPECT_EQ(running.server.counters().connections, 60U);
}

TEST(Server, SaysWhyItCannotStart) {
  Server first(Config{});
  Config same;
  same.port = first.port();
  EXPECT_THROW(Server{same}, std::system_error);
  Config address;
  address.host = "mail.example.test";
  EXPECT_THROW(Server{address}, std::invalid_argument);
  Config certificate;
  certificate.certificate_file = "/nonexistent.pem";
  EXPECT_THROW(Server{certificate}, std::runtime_error);
}

}  // namespace
}  // namespace smtpgauge::sink
