// Steps to operations: order, waits, conditions, loops, fragments.
#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/scenarios/scenario_file.h"

namespace smtpgauge {
namespace {

// One letter for each operation: C onnect, S end, M essage, A wait, ? skip, ( ) loop, = assign,
// T LS, L ogin, . anything else.
std::string Shape(const Script& script) {
  std::string shape;
  for (const Op& op : script.ops) {
    constexpr std::string_view kLetters = "CSMA...TL....?()=";
    shape += kLetters[op.action.index()];
  }
  return shape;
}

TEST(Script, PhasesComeFromTheVerb) {
  const Script script = CompileMembers(R"("probe": [
      {"connect": "target"}, {"expect": "220"}, {"send": "EHLO x", "expect": "250"},
      {"send": "mail from:<>"}, {"send": "RCPT TO:<a@b>", "expect": "250"}, {"send": "DATA"},
      {"raw": "text\r\n.\r\n"}, {"send": "QUIT"}, {"send": "NOOP"}, {"raw": "x", "phase": "eod"}])");
  std::vector<Phase> phases;
  for (const Op& op : script.ops)
    phases.push_back(op.phase);
  EXPECT_EQ(phases,
            (std::vector<Phase>{Phase::kConnect, Phase::kGreeting, Phase::kEhlo, Phase::kEhlo,
                                Phase::kMail, Phase::kRcpt, Phase::kRcpt, Phase::kData, Phase::kEod,
                                Phase::kQuit, Phase::kOther, Phase::kEod}));
  EXPECT_TRUE(std::get<Await>(script.ops[3].action).ehlo);
  EXPECT_TRUE(std::get<Await>(script.ops[6].action).counts_recipient);
  EXPECT_TRUE(std::get<Send>(script.ops[7].action).data_command);
}

TEST(Script, GroupsWriteFirstAndWaitBehind) {
  const Script script = CompileMembers(R"("probe": [{"group": [
      {"use": "envelope"}, {"send": "DATA", "expect": "354"}, {"raw": "early"}]}, {"pause": "1s"}])");
  EXPECT_EQ(Shape(script), "SASASSA.");
  EXPECT_EQ(std::get<Await>(script.ops[1].action).sync, Sync::kLater);
  EXPECT_EQ(std::get<Await>(script.ops[3].action).sync, Sync::kLater);
  EXPECT_EQ(std::get<Await>(script.ops[6].action).sync, Sync::kAlways);
}

TEST(Script, LoopsInsideAGroupAreUnrolled) {
  const Script script = CompileMembers(R"("probe": [{"group": [
      {"repeat": 3, "as": "i", "steps": [{"send": "NOOP ${i}", "expect": "250"}]}]}])");
  EXPECT_EQ(Shape(script), "=SA=SA=SA");
  EXPECT_EQ(std::get<Assign>(script.ops[6].action).value.octets, "3");
}

TEST(Script, LoopsAndSkipsKnowTheirEnds) {
  const Script script = CompileMembers(R"("probe": [
      {"repeat": 3, "as": "i", "steps": [{"send": "NOOP ${i}", "expect": "250"}]},
      {"use": "envelope", "when": {"ehlo": "SIZE"}}, {"send": "RSET"}])");
  EXPECT_EQ(Shape(script), "(SA)?SASAS");
  EXPECT_EQ(std::get<LoopBegin>(script.ops[0].action).end, 4);
  EXPECT_EQ(std::get<LoopBegin>(script.ops[0].action).times.offset, 3);
  EXPECT_EQ(std::get<LoopEnd>(script.ops[3].action).begin, 0);
  EXPECT_EQ(std::get<SkipUnless>(script.ops[4].action).target, 9);
}

TEST(Script, ACaseThatLeavesAMessageNeedsMailUnlessItIsOneOfTheFew) {
  const auto needs_mail = [](const std::string& members) {
    const std::vector<Need> needs = CompileMembers(members).needs;
    return std::find(needs.begin(), needs.end(), Need::kMail) != needs.end();
  };
  const std::string accepted = R"("probe": [{"use": "session"}, {"use": "envelope"},
      {"send": "DATA", "expect": "354"}, {"message": {}, "expect": "25z"}])";
  EXPECT_TRUE(needs_mail(accepted));
  EXPECT_TRUE(needs_mail(R"("mail": "many", )" + accepted));
  EXPECT_FALSE(needs_mail(R"("mail": "few", )" + accepted));
  EXPECT_TRUE(needs_mail(
      R"("setup": [{"use": "session"}, {"use": "deliver"}], "probe": [{"pause": "1s"}])"));
  EXPECT_TRUE(needs_mail(
      R"("probe": [{"bdat": {"last": true}, "expect": {"pass": ["5yz"], "warn": ["250"]}}])"));
  // On a server that is right nothing is left.
  EXPECT_FALSE(needs_mail(R"("probe": [{"message": {}, "expect": "5yz"}])"));
  EXPECT_FALSE(needs_mail(R"("probe": [{"send": "NOOP", "expect": "250"}])"));
}

TEST(Script, TheTargetDecidesBeforeTheRun) {
  const std::string members = R"("setup": [{"use": "session"}], "probe": [
      {"send": "A", "when": {"profile": ["mx", "relay"]}}, {"send": "B", "when": {"tls": "off"}},
      {"send": "C", "when": {"credentials": true}}, {"send": "D", "when": {"credentials": false}}])";
  struct Row {
    const char* profile;
    const char* tls;
    const char* user;
    const char* shape;
  };
  for (const Row& row :
       {Row{"mx", "off", "", "CASASSS"}, Row{"mx", "starttls", "", "CASASATSASS"},
        Row{"mx", "auto", "", "CASA?SATSASS"}, Row{"mx", "off", "joe", "CASA?LSSS"},
        Row{"submission", "implicit", "joe", "CASALS"}}) {
    Bindings target = ExampleTarget();
    target.profile = row.profile;
    target.tls = row.tls;
    target.user = row.user;
    EXPECT_EQ(Shape(CompileMembers(members, target)), row.shape)
        << row.profile << " " << row.tls << " " << row.user;
  }
}

TEST(Script, LmtpSaysLhloAndWaitsForEachRecipient) {
  Bindings target = ExampleTarget();
  target.profile = "lmtp";
  const Script script =
      CompileMembers(R"("setup": [{"use": "session"}], "probe": [{"use": "deliver"}])", target);
  EXPECT_EQ(std::get<Send>(script.ops[2].action).text.octets, "LHLO client.example\r\n");
  EXPECT_TRUE(std::get<Await>(script.ops.back().action).per_recipient);
}

TEST(Script, ConnectionsAreInherited) {
  const Script script = CompileMembers(R"("probe": [{"use": "session-clear", "on": 2},
      {"repeat": 2, "on": 3, "steps": [{"send": "NOOP"}]}, {"send": "NOOP"}])");
  std::string connections;
  for (const Op& op : script.ops)
    connections += std::to_string(op.connection);
  EXPECT_EQ(connections, "22223331");
}

TEST(Script, NeedsThatTheTextMakesPlain) {
  const Script script = CompileMembers(R"("needs": ["slow"], "setup": [{"use": "session"}],
      "probe": [{"send": "RCPT TO:<${unknown}>"}, {"delivered": {}}])");
  EXPECT_EQ(script.needs, (std::vector<Need>{Need::kRecipient, Need::kUnknownRecipient,
                                             Need::kDelivery, Need::kSlow}))
      << "the login of a session needs no credentials";
  const Script login = CompileMembers(R"("probe": [{"auth": {"mechanism": "PLAIN"}}])");
  EXPECT_EQ(login.needs, std::vector<Need>{Need::kCredentials});
}

TEST(Script, EhloParametersGetASlotEach) {
  const Script script = CompileMembers(
      R"("probe": [{"send": "MAIL FROM:<> SIZE=${ehlo.SIZE}"}, {"send": "${ehlo.SIZE} ${ehlo.AUTH}"}])");
  ASSERT_EQ(script.ehlo_slots.size(), 2U);
  EXPECT_EQ(script.ehlo_slots[0].keyword, "SIZE");
  EXPECT_EQ(script.ehlo_slots[1].keyword, "AUTH");
  EXPECT_EQ(script.slot_count, kFirstFreeSlot + 2);
}

TEST(Script, MessagesWithoutAHeaderGetOneThatCanBeFound) {
  const Script script = CompileMembers(R"("probe": [{"message": {}, "expect": "250"},
      {"message": {"header": "A: b\r\n", "body": "c"}}, {"message": {"content": "d"}}])");
  const auto& made = std::get<SendMessage>(script.ops[0].action);
  const std::string header = RenderedText(made.header, {"TOKEN"});
  for (const char* part : {"From: <sender@client.example>\r\n", "To: <box@example.test>\r\n",
                           "Date: Thu, 01 Jan 2026 00:00:00 +0000\r\n",
                           "Message-ID: <TOKEN@client.example>\r\n", "X-Smtpgauge-Run: TOKEN\r\n"})
    EXPECT_NE(header.find(part), std::string::npos) << part;
  EXPECT_TRUE(header.ends_with("\r\n\r\n"));
  EXPECT_FALSE(made.generated);
  const auto& given = std::get<SendMessage>(script.ops[2].action);
  EXPECT_EQ(given.header.octets, "A: b\r\n\r\n");
  EXPECT_EQ(given.body.octets, "c");
  const auto& whole = std::get<SendMessage>(script.ops[3].action);
  EXPECT_EQ(whole.header.octets + whole.body.octets, "d");
}

TEST(Script, StepsAreTracedToTheirPlace) {
  const Script script =
      CompileMembers(R"("setup": [{"use": "hello"}], "probe": [{"silence": "1s", "note": "why"}])");
  EXPECT_EQ(script.pointers[script.ops.back().pointer], "/probe/0");
  EXPECT_EQ(script.notes[script.ops.back().note], "why");
  EXPECT_EQ(script.pointers[script.ops.front().pointer], "fragments/session.json#/hello/steps/0");
  EXPECT_EQ(script.notes[script.ops.front().note], "");
}

TEST(Rows, BindValuesOfAnyKind) {
  const Plan plan = CompileJson(Scenario(R"("cases": [
      {"slug": "a", "verb": "NOOP", "want": "250", "extra": [{"send": "RSET"}, {"send": "NOOP"}]},
      {"slug": "b", "verb": ["NO", {"hex": "4f50"}], "want": {"pass": ["500"], "warn": []},
       "level": "MAY", "title": "special", "needs": ["slow"]}],
    "defaults": {"extra": []},
    "probe": [{"send": ["${verb}", " ${slug}"], "expect": "${want}"}, "${extra}",
              {"send": "x ${verb} y"}])"));
  ASSERT_EQ(plan.scripts.size(), 2U);
  const Script& a = plan.scripts[0];
  const Script& b = plan.scripts[1];
  EXPECT_EQ(a.id, "x/a");
  EXPECT_EQ(a.title, "x (a)");
  EXPECT_EQ(b.title, "special");
  EXPECT_EQ(b.level, Level::kMay);
  EXPECT_EQ(b.needs, std::vector<Need>{Need::kSlow});
  EXPECT_EQ(Shape(a), "SASSS");
  EXPECT_EQ(Shape(b), "SAS");
  EXPECT_EQ(std::get<Send>(b.ops[0].action).text.octets, "NOOP b\r\n");
  EXPECT_EQ(std::get<Send>(b.ops[2].action).text.octets, "x NOOP y\r\n");
  EXPECT_EQ(b.expectations[0].codes[500 - 200], Verdict::kPass);
}

TEST(Rows, EarlierKeysServeLaterOnesAndTargetVariablesStay) {
  const Plan plan = CompileJson(Scenario(R"("cases": [
      {"slug": "a", "local": "odd", "path": "<${local}@${recipient.domain}>"}],
    "probe": [{"send": "RCPT TO:${path}"}])"));
  EXPECT_EQ(std::get<Send>(plan.scripts[0].ops[0].action).text.octets,
            "RCPT TO:<odd@example.test>\r\n");
}

TEST(Rows, GrowthIsBounded) {
  std::string row = R"({"slug": "a", "n0": "0123456789")";
  for (int i = 1; i < 40; ++i) {
    const std::string last = "${n" + std::to_string(i - 1) + "}";
    row += ", \"n" + std::to_string(i) + "\": \"" + last + last + "\"";
  }
  const std::string problems =
      ProblemsOf(Scenario("\"cases\": [" + row + R"(}], "probe": [{"send": "${n39}"}])"));
  EXPECT_NE(problems.find("grows too large"), std::string::npos) << problems.substr(0, 200);
}

TEST(Fragments, ParametersAndTheirDefaults) {
  const ScenarioFile file(Scenario(R"("probe": [{"use": "own", "with": {"verb": "RSET"}},
      {"use": "own", "with": {"verb": "NOOP", "rest": [" ", "${helo}"]}}])"));
  file.Add("fragments/own.json", R"({"own": {"with": {"verb": null, "rest": ""},
      "steps": [{"send": "${verb}${rest}"}]}})");
  const Plan plan = Catalogue::Load({file.path()}).Compile(ExampleTarget());
  const auto& ops = plan.scripts.at(0).ops;
  ASSERT_EQ(ops.size(), 2U);
  EXPECT_EQ(std::get<Send>(ops[0].action).text.octets, "RSET\r\n");
  EXPECT_EQ(std::get<Send>(ops[1].action).text.octets, "NOOP client.example\r\n");
}

TEST(Fragments, ThatUseThemselvesEnd) {
  const ScenarioFile file(Scenario(R"("probe": [{"use": "endless"}])"));
  std::string steps = R"({"use": "endless"})";
  for (int i = 0; i < 20; ++i)
    steps += R"(, {"use": "endless"})";
  file.Add("fragments/own.json", R"({"endless": {"steps": [)" + steps + "]}}");
  try {
    (void)Catalogue::Load({file.path()});
    FAIL() << "20 to the 8th steps";
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("fragments nest at most 8 levels"), std::string::npos);
  }
}

}  // namespace
}  // namespace smtpgauge
