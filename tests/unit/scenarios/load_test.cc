// Load scenarios and mixes: the same steps, with the waits that RFC 2920 spares.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/scenarios/scenario_file.h"

namespace smtpgauge {
namespace {

TEST(LoadScenario, ShippedDeliver) {
  const Catalogue catalogue = Catalogue::Load({ShippedScenarios() / "load"});
  const Plan plan = catalogue.CompileLoad(ExampleTarget(), "deliver");
  ASSERT_EQ(plan.scripts.size(), 1U);
  const Script& script = plan.scripts[0];
  EXPECT_TRUE(script.load);
  EXPECT_EQ(plan.load.messages_per_connection, 100U);
  EXPECT_EQ(plan.load.size, "lognormal:8k:1.0");
  EXPECT_EQ(script.steps, 4) << "connect, greeting, EHLO and its reply";
  std::vector<Sync> waits;
  for (std::size_t i = script.steps; i < script.ops.size(); ++i) {
    if (const auto* await = std::get_if<Await>(&script.ops[i].action)) waits.push_back(await->sync);
  }
  // MAIL, RCPT, DATA, end of data, QUIT.
  EXPECT_EQ(waits, (std::vector<Sync>{Sync::kUnlessPipelining, Sync::kUnlessPipelining,
                                      Sync::kAlways, Sync::kUnlessPipelining, Sync::kAlways}));
  EXPECT_EQ(script.close, script.ops.size() - 2);
  EXPECT_TRUE(std::get<LoopBegin>(script.ops[script.steps + 2U].action).each_recipient);
  const auto& mail = std::get<Send>(script.ops[script.steps].action).text;
  Slots slots(kFirstFreeSlot);
  slots[kSenderSlot] = "feeder@client.example";
  EXPECT_EQ(RenderedText(mail, slots), "MAIL FROM:<feeder@client.example>\r\n");
}

TEST(LoadScenario, MixTakesItsMembersFromTheShippedOnes) {
  const std::string mix = R"({"id": "mixed", "title": "m", "load": {"rate": "50/s"}, "mix": [
      {"scenario": "deliver", "weight": 9}, {"scenario": "connect"}]})";
  const ScenarioFile file(mix);
  const Plan plan = Catalogue::Load({file.path()}).CompileLoad(ExampleTarget(), "mixed");
  ASSERT_EQ(plan.scripts.size(), 2U);
  EXPECT_EQ(plan.scripts[0].id, "deliver");
  EXPECT_EQ(plan.scripts[0].weight, 9U);
  EXPECT_EQ(plan.scripts[1].weight, 1U);
  EXPECT_EQ(plan.load.rate, "50/s");
}

TEST(LoadScenario, UnknownIdNamesTheNearest) {
  const Catalogue catalogue = Catalogue::Load({ShippedScenarios() / "load"});
  try {
    (void)catalogue.CompileLoad({}, "delivr");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("\"deliver\""), std::string::npos) << error.what();
  }
}

TEST(LoadScenario, RunTimeNamesBelongToLoadOnly) {
  EXPECT_NE(ProblemsOf(Scenario(R"("probe": [{"send": "X ${message}"}])")), "");
  EXPECT_EQ(ProblemsOf(R"({"id": "l", "title": "l", "load": {}, "steps": [
      {"send": "X ${message} ${size}", "expect": "250"}]})"),
            "");
}

}  // namespace
}  // namespace smtpgauge
