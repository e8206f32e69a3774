#include "runner/cli/listing.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace smtpgauge {
namespace {

ScenarioHeader Header(const std::string& id, Level level, const std::string& section) {
  ScenarioHeader header;
  header.id = id;
  header.title = "title of " + id;
  header.level = level;
  header.rfc = section.empty() ? "" : "5321";
  header.section = section;
  return header;
}

// Two rows of one requirement, one split in two scenarios of two sections, one pending, an
// observation, a load.
Plan ExamplePlan() {
  Plan plan;
  plan.headers = {Header("a", Level::kMust, "4.1.10"),     Header("b/x", Level::kShould, "4.1.9"),
                  Header("b/y", Level::kShould, "4.1.10"), Header("c", Level::kMust, "4.1.9"),
                  Header("d", Level::kMay, "4.1.9"),       Header("sec-e", Level::kSecurity, ""),
                  Header("deliver", Level::kDeFacto, "")};
  plan.headers[3].pending = "wants DNS";
  plan.headers[4].observes = "crlf";
  plan.headers[6].load = true;
  const auto add = [&plan](const std::string& id, std::uint16_t header, std::vector<Need> needs) {
    Script& script = plan.scripts.emplace_back();
    script.id = id;
    script.header = header;
    script.needs = std::move(needs);
    script.load = plan.headers[header].load;
  };
  add("a/one", 0, {Need::kRecipient});
  add("a/two", 0, {Need::kSlow});
  add("b/x", 1, {});
  add("b/y", 2, {});
  add("sec-e", 5, {});
  add("deliver", 6, {Need::kRecipient});
  return plan;
}

std::vector<std::string> Ids(const ListingChoice& choice) {
  std::vector<std::string> ids;
  for (const ListedScenario& listed : SelectScenarios(ExamplePlan(), choice))
    ids.push_back(listed.header.id);
  return ids;
}

TEST(Listing, SelectsByIdRowAndLevel) {
  using Strings = std::vector<std::string>;
  EXPECT_EQ(Ids({}).size(), 7U);
  EXPECT_EQ(Ids({{"a/two"}, "may"}), (Strings{"a"}));
  EXPECT_EQ(Ids({{"b*"}, "may"}), (Strings{"b/x", "b/y"}));
  EXPECT_EQ(Ids({{"nothing"}, "may"}), (Strings{}));
  EXPECT_EQ(Ids({{}, "must"}), (Strings{"a", "c", "sec-e"}));
  EXPECT_EQ(Ids({{}, "should"}), (Strings{"a", "b/x", "b/y", "c", "sec-e"}));
}

TEST(Listing, CoverageCountsRequirementsOnce) {
  const auto rows = CoverageOf(SelectScenarios(ExamplePlan(), {}));
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].section, "4.1.9") << "sections sort as numbers";
  EXPECT_EQ(rows[0].rows, 3U);
  EXPECT_EQ(rows[0].executable, 2U);
  EXPECT_EQ(rows[1].section, "4.1.10");
  EXPECT_EQ(rows[1].rows, 1U);
  EXPECT_EQ(rows[1].needs, (std::set<Need>{Need::kRecipient, Need::kSlow}));
  EXPECT_EQ(rows[2].rfc, "") << "what no RFC owns comes last, and load scenarios not at all";
  EXPECT_EQ(rows[2].rows, 1U);
}

TEST(Listing, Texts) {
  const auto listed = SelectScenarios(ExamplePlan(), {{"a", "c", "d", "deliver"}, "may"});
  EXPECT_EQ(ListText(listed),
            "a        MUST    recipient,slow  title of a [2 rows]\n"
            "c        MUST    -               title of c [pending]\n"
            "d        MAY     -               title of d [observation]\n"
            "deliver  -       recipient       title of deliver [load]\n"
            "4 scenarios, 2 cases\n");
  EXPECT_NE(ListJson(listed).find("\"cases\": [\n      \"a/one\","), std::string::npos);
  const auto rows = CoverageOf(listed);
  EXPECT_EQ(CoverageText(rows),
            "RFC    section         rows  executable  needs\n"
            "5321   4.1.9              2           1  -\n"
            "5321   4.1.10             1           1  recipient,slow\n"
            "all                       3           2\n");
  EXPECT_EQ(CoverageJson({rows[1]}),
            "[\n  {\n    \"rfc\": \"5321\",\n    \"section\": \"4.1.10\",\n    \"rows\": 1,\n"
            "    \"executable\": 1\n  }\n]\n");
}

}  // namespace
}  // namespace smtpgauge
