// Commands of one step in a group are queued, answered and recorded as a run. Nothing that a run
// tells may depend on it: the same replies octet by octet, in the same instant, are taken one by
// one, and must give the same events.
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenarios/catalogue.h"
#include "tests/unit/session/scripted_server.h"

namespace smtpgauge {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t kWhole = 1 << 20;
constexpr std::uint32_t kRecipients = 9;

Plan PlanOf(const std::filesystem::path& folder, const std::string& profile, const char* id) {
  Bindings bindings;
  bindings.profile = profile;
  bindings.recipients = {"user@example.test"};
  return Catalogue::Load({folder}).CompileLoad(bindings, id);
}

const Plan& Deliver(bool lmtp) {
  const std::filesystem::path folder =
      std::filesystem::path(SMTPGAUGE_SOURCE_DIR) / "scenarios/load";
  static const Plan kSmtp = PlanOf(folder, "mx", "deliver");
  static const Plan kLmtp = PlanOf(folder, "lmtp", "deliver");
  return lmtp ? kLmtp : kSmtp;
}

/// Two commands for each recipient, replies looked into, and a capture that a predicate refers to.
const Plan& Particular() {
  static const Plan kPlan = [] {
    const auto folder = std::filesystem::path(::testing::TempDir()) / "reply_run";
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "particular.json") << R"({
  "id": "particular", "title": "Replies that are looked into", "load": {},
  "open": [{"use": "session"}],
  "steps": [
    {"send": "MAIL FROM:<${sender}>", "expect": "250"},
    {"send": "RCPT TO:<${recipient}>", "expect": {"pass": "25z", "text": "recipient"},
     "each": "recipients"},
    {"repeat": 3, "steps": [{"send": "NOOP", "expect": "250"}]},
    {"send": "DATA", "expect": "354"},
    {"message": {}, "expect": "250"}
  ],
  "close": [{"send": "QUIT", "expect": "221"}]
})";
    return PlanOf(folder, "mx", "particular");
  }();
  return kPlan;
}

using Fields =
    std::tuple<Phase, Outcome, Verdict, std::uint16_t, std::uint16_t, std::uint16_t, std::int64_t,
               std::int64_t, std::int64_t, std::int64_t, std::uint32_t, std::uint64_t>;

struct Told {
  std::vector<Fields> events;
  std::vector<std::string> writes, examples;
  std::size_t reports = 0;
};

struct Row {
  const char* name;
  std::map<std::pair<std::string, int>, std::string> replies;
  bool lmtp = false;
  bool particular = false;
};

Told Talk(const Row& row, std::size_t piece) {
  const Plan& plan = row.particular ? Particular() : Deliver(row.lmtp);
  const Script& script = plan.scripts.front();
  SessionOptions options;
  options.load = true;
  options.lmtp = row.lmtp;
  options.transcripts = false;
  options.limits = DefaultLimits();
  options.pipelining = Switch::kOn;
  ScriptedServer server;
  server.replies = row.replies;
  server.lmtp = row.lmtp;
  server.messages = 3;
  server.recipients = {"a@example.test", "bb@example.test"};
  server.recipients_per_message = kRecipients;
  server.clock_stands = true;
  Session session(script, 0, options, server);
  session.Start(server.now - std::chrono::milliseconds(5), server.now);
  server.Talk(session, piece);
  EXPECT_TRUE(server.done);

  Told told;
  for (const Event& event : server.events) {
    const auto count = [](TimePoint at) { return at.time_since_epoch().count(); };
    told.events.emplace_back(event.phase, event.outcome, event.verdict, event.step, event.code,
                             event.enhanced.detail, count(event.due), count(event.scheduled),
                             count(event.started), count(event.finished), event.recipients,
                             event.octets_out);
  }
  told.writes = server.writes;
  told.examples = server.examples;
  told.reports = server.reports;
  return told;
}

const std::vector<Row>& Rows() {
  const std::string accepted = "250 2.1.5 recipient\r\n";
  const std::string unknown = "550 5.1.1 unknown\r\n";
  static const std::vector<Row> kRows = {
      {"all alike", {}},
      {"one refused", {{{"RCPT", 4}, unknown}}},
      {"refused in a row",
       {{{"RCPT", 4}, unknown}, {{"RCPT", 5}, unknown}, {{"RCPT", 6}, unknown}}},
      {"first and last refused", {{{"RCPT", 1}, unknown}, {{"RCPT", 9}, unknown}}},
      {"another text", {{{"RCPT", 3}, "250 2.1.5 recipient too\r\n"}, {{"RCPT", 4}, "250 ok\r\n"}}},
      {"another code", {{{"RCPT", 5}, "251 2.1.5 recipient\r\n"}, {{"RCPT", 6}, "251 x\r\n"}}},
      {"several lines",
       {{{"RCPT", 2}, "250-2.1.5 one\r\n250 2.1.5 two\r\n"},
        {{"RCPT", 3}, "250-2.1.5 one\r\n250 2.1.5 two\r\n"},
        {{"RCPT", 4}, "250-2.1.5 one\r\n" + accepted}}},
      {"bare line feeds", {{{"RCPT", 2}, "250 a\n"}, {{"RCPT", 3}, "250 a\n"}}},
      {"service closes", {{{"RCPT", 7}, "421 4.3.2 shutting down\r\n"}}},
      {"out of step", {{{"RCPT", 7}, "354 go on\r\n"}}},
      {"no reply at all", {{{"RCPT", 3}, "what?\r\n"}, {{"RCPT", 4}, "what?\r\n"}}},
      {"sender refused", {{{"MAIL", 2}, "450 4.7.1 later\r\n"}}},
      {"LMTP", {}, true},
      {"LMTP, one full", {{{".", 5}, "452 4.2.2 full\r\n"}, {{"RCPT", 2}, unknown}}, true},
      {"looked into", {}, false, true},
      {"looked into, one odd", {{{"RCPT", 5}, "250 2.1.5 user\r\n"}}, false, true},
      {"looked into, NOOP refused", {{{"NOOP", 2}, "500 5.5.1 no\r\n"}}, false, true},
  };
  return kRows;
}

TEST(ReplyRun, TellsTheSameAsItsRepliesOneByOne) {
  for (const Row& row : Rows()) {
    SCOPED_TRACE(row.name);
    const Told one_by_one = Talk(row, 1);
    for (std::size_t piece : {std::size_t{2}, std::size_t{7}, std::size_t{20}, std::size_t{21},
                              std::size_t{22}, std::size_t{43}, std::size_t{100}, kWhole}) {
      SCOPED_TRACE(piece);
      const Told told = Talk(row, piece);
      EXPECT_EQ(told.events, one_by_one.events);
      EXPECT_EQ(told.writes, one_by_one.writes);
      EXPECT_EQ(told.examples, one_by_one.examples);
    }
  }
}

TEST(ReplyRun, TellsTheSameWhereverItIsSplit) {
  const Told one_by_one = Talk(Rows()[1], 1);
  for (std::size_t piece = 2; piece < 300; ++piece)
    ASSERT_EQ(Talk(Rows()[1], piece).events, one_by_one.events) << piece;
}

TEST(ReplyRun, IsRecordedAtOnce) {
  const Told together = Talk(Rows()[0], kWhole);
  const Told one_by_one = Talk(Rows()[0], 1);
  EXPECT_EQ(one_by_one.reports, one_by_one.events.size());
  // Of each run the first and the last reply go the usual way.
  EXPECT_EQ(together.reports + 3 * (kRecipients - 3), together.events.size());
}

TEST(ReplyRun, WritesEveryRecipientOfTheRing) {
  const Told told = Talk(Rows()[0], kWhole);
  std::string commands;
  for (std::uint32_t i = 0; i < kRecipients; ++i)
    commands += i % 2 == 0 ? "RCPT TO:<a@example.test>\r\n" : "RCPT TO:<bb@example.test>\r\n";
  EXPECT_THAT(told.writes.at(1), HasSubstr(">\r\n" + commands + "DATA\r\n"));
}

}  // namespace
}  // namespace smtpgauge
