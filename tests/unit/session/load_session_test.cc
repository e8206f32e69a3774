// Sessions under load against a server in memory.
#include "tests/unit/session/load_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace smtpgauge {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST_F(LoadSession, SendsOneCommandAtATimeWithoutPipelining) {
  server.messages = 2;
  Run();
  EXPECT_THAT(server.commands, ElementsAre("EHLO", "MAIL", "RCPT", "DATA", ".", "MAIL", "RCPT",
                                           "DATA", ".", "QUIT"));
  EXPECT_EQ(server.writes.size(), 10U);
  EXPECT_EQ(Ended(Outcome::k2yz), 2U);
  EXPECT_EQ(server.accepted, 2U);
  EXPECT_TRUE(server.done);
  EXPECT_EQ(server.closes, 1);
}

TEST_F(LoadSession, SendsHeaderBodyAndDotInOneWrite) {
  Run();
  EXPECT_THAT(server.writes[4], HasSubstr("X-Smtpgauge-Run: token-1\r\n"));
  EXPECT_THAT(server.writes[4], EndsWith("\r\n\r\nbody\r\n.\r\n"));
}

TEST_F(LoadSession, PutsTheDotAndTheNextEnvelopeIntoOneGroup) {
  options.pipelining = Switch::kAuto;
  server.messages = 3;
  Run();
  ASSERT_EQ(server.writes.size(), 6U);
  EXPECT_THAT(server.writes[1], StartsWith("MAIL FROM:<sender@example.test>\r\nRCPT TO:"));
  EXPECT_THAT(server.writes[1], EndsWith("DATA\r\n"));
  EXPECT_THAT(server.writes[2], HasSubstr("\r\n.\r\nMAIL FROM:"));
  EXPECT_THAT(server.writes[4], EndsWith("\r\n.\r\n"));
  EXPECT_EQ(Ended(Outcome::k2yz), 3U);
}

TEST_F(LoadSession, DoesNotPipelineWhenThatIsNotOffered) {
  options.pipelining = Switch::kAuto;
  server.offers = {};
  Run();
  EXPECT_EQ(server.writes.size(), 6U);
}

TEST_F(LoadSession, KeepsThePasswordWhereItWouldTravelInClear) {
  Bindings bindings;
  bindings.profile = "mx";
  bindings.recipients = {"user@example.test"};
  bindings.user = "tester";
  bindings.password = "correct-horse";
  const Plan plan =
      Catalogue::Load({std::filesystem::path(SMTPGAUGE_SOURCE_DIR) / "scenarios/load"})
          .CompileLoad(bindings, "deliver");
  for (const bool in_clear : {true, false}) {
    ScriptedServer other;
    other.offers = {"AUTH PLAIN"};
    options.load = true;
    options.transcripts = false;
    options.limits = DefaultLimits();
    options.password_in_clear = in_clear;
    Session alone(plan.scripts.front(), 0, options, other);
    alone.Start(other.now, other.now);
    other.Talk(alone, kWhole);
    EXPECT_EQ(std::count(other.commands.begin(), other.commands.end(), "AUTH"), in_clear ? 1 : 0);
  }
}

TEST_F(LoadSession, GroupsWholeMessagesInBdat) {
  options.pipelining = Switch::kAuto;
  options.chunking = Switch::kAuto;
  options.bdat_group = 3;
  server.messages = 7;
  Run();
  ASSERT_EQ(server.writes.size(), 5U) << "EHLO, 3, 3, 1, QUIT";
  EXPECT_EQ(server.accepted, 7U);
  EXPECT_EQ(Ended(Outcome::k2yz), 7U);
  EXPECT_EQ(server.EventsOf(Phase::kData).size(), 0U);
}

TEST_F(LoadSession, GivesTheSameEventsForEverySplitOfTheReplies) {
  options.pipelining = Switch::kAuto;
  server.messages = 3;
  server.recipients_per_message = 2;
  server.replies[{"RCPT", 3}] = "550-5.1.1 nobody\r\n550 5.1.1 here\r\n";
  Run();
  const auto name = [](const Event& event) {
    return std::make_tuple(event.phase, event.outcome, event.code, event.recipients);
  };
  std::vector<std::tuple<Phase, Outcome, std::uint16_t, std::uint32_t>> whole;
  for (const Event& event : server.events)
    whole.push_back(name(event));
  for (std::size_t piece = 1; piece < 60; ++piece) {
    ScriptedServer other;
    std::swap(server, other);
    server.messages = 3;
    server.recipients_per_message = 2;
    server.replies = other.replies;
    Run(piece);
    std::vector<std::tuple<Phase, Outcome, std::uint16_t, std::uint32_t>> split;
    for (const Event& event : server.events)
      split.push_back(name(event));
    EXPECT_EQ(split, whole) << "pieces of " << piece;
  }
}

struct Refusal {
  const char* verb;
  const char* reply;
  Outcome outcome;

  friend void PrintTo(const Refusal& refusal, std::ostream* out) {
    *out << refusal.verb << ' ' << std::string_view(refusal.reply).substr(0, 3);
  }
};

class LoadRefusals : public LoadSession,
                     public ::testing::WithParamInterface<std::tuple<Refusal, Switch>> {};

TEST_P(LoadRefusals, AreCountedAndTheNextMessageGoesThrough) {
  const auto& [refusal, pipelining] = GetParam();
  options.pipelining = pipelining;
  server.messages = 3;
  server.replies[{refusal.verb, 2}] = refusal.reply;
  Run();
  EXPECT_EQ(Ended(Outcome::k2yz), 2U);
  EXPECT_EQ(Ended(refusal.outcome), 1U);
  EXPECT_EQ(server.accepted, 2U);
  ASSERT_EQ(server.EventsOf(Phase::kSession).size(), 1U);
  EXPECT_EQ(server.EventsOf(Phase::kSession)[0].outcome, Outcome::k2yz);
  EXPECT_EQ(server.commands.back(), "QUIT");
  EXPECT_FALSE(server.examples.empty());
}

INSTANTIATE_TEST_SUITE_P(
    EveryCommand, LoadRefusals,
    ::testing::Combine(::testing::Values(Refusal{"MAIL", "450 4.7.1 later\r\n", Outcome::k4yz},
                                         Refusal{"MAIL", "550 5.7.1 no\r\n", Outcome::k5yz},
                                         Refusal{"RCPT", "450 4.7.1 greylisted\r\n", Outcome::k4yz},
                                         Refusal{"RCPT", "550 5.1.1 unknown\r\n", Outcome::k5yz},
                                         Refusal{"DATA", "451 4.3.0 later\r\n", Outcome::k4yz},
                                         Refusal{"DATA", "554 5.0.0 no\r\n", Outcome::k5yz},
                                         Refusal{".", "452 4.3.1 full\r\n", Outcome::k4yz},
                                         Refusal{".", "554 5.6.0 no\r\n", Outcome::k5yz}),
                       ::testing::Values(Switch::kOff, Switch::kOn)));

TEST_F(LoadSession, ReportsTheRecipientsOwnRefusal) {
  options.pipelining = Switch::kOn;
  server.replies[{"RCPT", 1}] = "550 5.1.1 unknown\r\n";
  Run();
  ASSERT_EQ(server.EventsOf(Phase::kMessage).size(), 1U);
  EXPECT_EQ(server.EventsOf(Phase::kMessage)[0].code, 550);
}

TEST_F(LoadSession, SendsToTheRecipientsThatAreLeft) {
  server.recipients_per_message = 3;
  server.replies[{"RCPT", 2}] = "550 5.1.1 unknown\r\n";
  Run();
  ASSERT_EQ(Ended(Outcome::k2yz), 1U);
  EXPECT_EQ(server.EventsOf(Phase::kMessage)[0].recipients, 2U);
}

TEST_F(LoadSession, AnswersAnUndeserved354WithALoneDot) {
  options.pipelining = Switch::kOn;
  server.messages = 2;
  server.replies[{"RCPT", 1}] = "550 5.1.1 unknown\r\n";
  server.replies[{"DATA", 1}] = "354 go on all the same\r\n";
  Run();
  EXPECT_EQ(server.writes[2], ".\r\n");
  EXPECT_EQ(Ended(Outcome::k5yz), 1U);
  EXPECT_EQ(Ended(Outcome::k2yz), 1U);
}

TEST_F(LoadSession, TakesOneLmtpReplyForEachRecipient) {
  for (const Switch chunking : {Switch::kOff, Switch::kOn}) {
    server = ScriptedServer();
    options = SessionOptions();
    options.lmtp = true;
    options.pipelining = Switch::kOn;
    options.chunking = chunking;
    server.messages = 2;
    server.recipients_per_message = 3;
    server.replies[{".", 2}] = "452 4.2.2 full\r\n";
    Run();
    const auto messages = server.EventsOf(Phase::kMessage);
    ASSERT_EQ(messages.size(), 2U);
    EXPECT_EQ(messages[0].outcome, Outcome::k4yz) << "not every recipient got it";
    EXPECT_EQ(messages[0].recipients, 2U);
    EXPECT_EQ(messages[1].outcome, Outcome::k2yz);
    EXPECT_EQ(server.EventsOf(Phase::kEod).size(), 6U);
  }
}

TEST_F(LoadSession, EndsWithEvery421) {
  for (const char* verb : {"connect", "EHLO", "MAIL", "RCPT", "DATA", "."}) {
    server = ScriptedServer();
    server.messages = 2;
    server.replies[{verb, 1}] = "421 4.3.2 shutting down\r\n";
    Run();
    EXPECT_TRUE(server.done) << verb;
    ASSERT_EQ(server.EventsOf(Phase::kSession).size(), 1U) << verb;
    EXPECT_EQ(server.EventsOf(Phase::kSession)[0].outcome, Outcome::k4yz) << verb;
    EXPECT_EQ(server.EventsOf(Phase::kMessage).size(), server.handed_out) << verb;
  }
}

TEST_F(LoadSession, EndsOnRepliesThatNobodyAskedFor) {
  struct Row {
    const char* unasked;
    Outcome outcome;
    std::size_t examples;
  };
  for (const Row& row : {Row{"421 4.4.2 idle\r\n", Outcome::k4yz, 0},
                         Row{"250 2.0.0 queued again\r\n", Outcome::kMalformed, 1}}) {
    SCOPED_TRACE(row.unasked);
    // Together with the reply that ends a message: the next one is not begun.
    server = ScriptedServer();
    server.messages = 2;
    server.replies[{".", 1}] = std::string("250 2.0.0 queued\r\n") + row.unasked;
    Run();
    EXPECT_TRUE(server.done);
    EXPECT_EQ(server.handed_out, 1U);
    EXPECT_EQ(Ended(Outcome::k2yz), 1U);
    EXPECT_EQ(server.EventsOf(Phase::kSession).at(0).outcome, row.outcome);
    EXPECT_EQ(server.examples.size(), row.examples);
    // While the session waits for something to do.
    server = ScriptedServer();
    server.afterwards = SessionHost::Next::kWait;
    Run();
    session->OnOctets(1, row.unasked, server.now);
    EXPECT_TRUE(server.done);
    EXPECT_EQ(server.EventsOf(Phase::kMessage).size(), 1U);
    EXPECT_EQ(server.EventsOf(Phase::kSession).at(0).outcome, row.outcome);
    EXPECT_EQ(server.examples.size(), row.examples);
  }
}

TEST_F(LoadSession, EndsWhenRepliesAndCommandsHaveLostEachOther) {
  const std::pair<const char*, const char*> rows[] = {{"MAIL", "354 go on\r\n"},
                                                      {"RCPT", "354 go on\r\n"},
                                                      {"DATA", "250 2.1.5 ok\r\n"},
                                                      {".", "354 go on\r\n"}};
  for (const Switch pipelining : {Switch::kOff, Switch::kOn}) {
    for (const auto& [verb, reply] : rows) {
      SCOPED_TRACE(verb);
      server = ScriptedServer();
      options.pipelining = pipelining;
      server.replies[{verb, 1}] = reply;
      Run();
      EXPECT_TRUE(server.done);
      EXPECT_EQ(Ended(Outcome::kMalformed), 1U);
      EXPECT_EQ(server.examples.size(), 1U);
      EXPECT_EQ(server.EventsOf(Phase::kSession).at(0).outcome, Outcome::kMalformed);
    }
  }
}

TEST_F(LoadSession, ABdatThatNobodyWillGetIsRefusedAsItsRecipientsWere) {
  options.pipelining = Switch::kOn;
  options.chunking = Switch::kOn;
  server.replies[{"RCPT", 1}] = "450 4.2.0 later\r\n";
  server.replies[{"BDAT", 1}] = "503 5.5.1 no recipients\r\n";
  Run();
  EXPECT_EQ(Ended(Outcome::k4yz), 1U);
  EXPECT_EQ(server.EventsOf(Phase::kMessage).at(0).code, 450);
}

TEST_F(LoadSession, AccountsForEveryMessageWhereverTheServerCloses) {
  for (const Switch pipelining : {Switch::kOff, Switch::kOn}) {
    for (std::size_t octets = 0; octets < 420; ++octets) {
      server = ScriptedServer();
      options = SessionOptions();
      options.pipelining = pipelining;
      server.messages = 3;
      Run(7, octets);
      ASSERT_TRUE(server.done) << octets;
      ASSERT_EQ(server.EventsOf(Phase::kSession).size(), 1U) << octets;
      ASSERT_EQ(server.EventsOf(Phase::kMessage).size(), server.handed_out) << octets;
    }
  }
}

TEST_F(LoadSession, EndsWhenNoReplyComesInTime) {
  server.replies[{"DATA", 1}] = "";
  Run();
  ASSERT_FALSE(server.done);
  session->OnTimer(session->deadline());
  EXPECT_TRUE(server.done);
  EXPECT_EQ(Ended(Outcome::kTimeout), 1U);
}

TEST_F(LoadSession, NamesWhatWasAwaitedWhenTheRunIsOver) {
  for (const char* verb : {"connect", "EHLO", "MAIL", "DATA", "."}) {
    server = ScriptedServer();
    server.replies[{verb, 1}] = "";
    Run();
    ASSERT_FALSE(server.done) << verb;
    const std::size_t before = server.events.size();
    session->GiveUp(server.now);
    EXPECT_TRUE(server.done) << verb;
    EXPECT_EQ(server.events.at(before).outcome, Outcome::kTimeout) << verb;
    EXPECT_EQ(server.EventsOf(Phase::kSession).at(0).outcome, Outcome::kTimeout) << verb;
  }
  server = ScriptedServer();
  server.afterwards = SessionHost::Next::kWait;
  Run();
  session->GiveUp(server.now);  // nothing is owed
  EXPECT_EQ(Ended(Outcome::k2yz), 1U);
  EXPECT_TRUE(server.done);
}

TEST_F(LoadSession, EndsOnOctetsThatAreNoReply) {
  server.replies[{"MAIL", 1}] = "HTTP/1.1 400 Bad Request\r\n";
  Run();
  EXPECT_EQ(Ended(Outcome::kMalformed), 1U);
  EXPECT_EQ(Ended(Outcome::k2yz), 0U);
}

TEST_F(LoadSession, WaitsForMessagesAndGoesOn) {
  server.afterwards = SessionHost::Next::kWait;
  Run();
  EXPECT_TRUE(session->idle());
  EXPECT_EQ(session->deadline(), TimePoint::max());
  server.messages = 2;
  session->OnMessageReady(server.now);
  server.Talk(*session, kWhole);
  EXPECT_EQ(Ended(Outcome::k2yz), 2U);
  EXPECT_TRUE(session->idle());
  session->OnClosed(1, CloseKind::kFin, server.now);
  EXPECT_TRUE(server.done);
}

TEST_F(LoadSession, NamesTheLimitThatStoodInTheWay) {
  Begin();
  session->OnFailed(1, NetFailure::kLimit, "too many open files", server.now);
  EXPECT_EQ(server.limit, "too many open files");
  EXPECT_TRUE(server.done);
}

}  // namespace
}  // namespace smtpgauge
