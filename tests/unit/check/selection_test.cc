// Which cases of a plan run, and what a user is told of the others.
#include "runner/check/selection.h"

#include <gtest/gtest.h>

namespace smtpgauge {
namespace {

Script Case(std::string id, Level level = Level::kMust, std::vector<Need> needs = {}) {
  Script script;
  script.id = std::move(id);
  script.level = level;
  script.needs = std::move(needs);
  return script;
}

TEST(Selection, GlobsChooseAndSkipWins) {
  Selection selection;
  EXPECT_TRUE(IsSelected(Case("5321-4.1.1.5-rset-clears"), selection));
  selection.only = {"5321-4.1.1.*", "sec-*"};
  EXPECT_TRUE(IsSelected(Case("5321-4.1.1.5-rset-clears"), selection));
  EXPECT_TRUE(IsSelected(Case("sec-relay-plain/after-message"), selection));
  EXPECT_FALSE(IsSelected(Case("5321-4.1.2-quoted"), selection));
  selection.skip = {"sec-relay-*"};
  EXPECT_FALSE(IsSelected(Case("sec-relay-plain/after-message"), selection));
}

TEST(Selection, SecurityBelongsToTheLeastThatIsAskedFor) {
  struct Row {
    Level least;
    bool must, should, may, security, de_facto;
  };
  for (const Row& row : {Row{Level::kMust, true, false, false, true, false},
                         Row{Level::kShould, true, true, false, true, false},
                         Row{Level::kMay, true, true, true, true, true}}) {
    Selection selection;
    selection.least = row.least;
    EXPECT_EQ(IsSelected(Case("a", Level::kMust), selection), row.must);
    EXPECT_EQ(IsSelected(Case("a", Level::kShould), selection), row.should);
    EXPECT_EQ(IsSelected(Case("a", Level::kMay), selection), row.may);
    EXPECT_EQ(IsSelected(Case("a", Level::kSecurity), selection), row.security);
    EXPECT_EQ(IsSelected(Case("a", Level::kDeFacto), selection), row.de_facto);
  }
}

TEST(Selection, SaysEverythingThatIsMissing) {
  Selection selection;
  const Script script = Case("a", Level::kMust, {Need::kRecipient, Need::kSlow});
  EXPECT_EQ(WhySkipped(script, selection), "needs --recipient ADDR, --opt-in slow");
  selection.supplied = {Need::kRecipient};
  EXPECT_EQ(WhySkipped(script, selection), "needs --opt-in slow");
  selection.supplied.insert(Need::kSlow);
  EXPECT_EQ(WhySkipped(script, selection), "");
}

TEST(Selection, EveryNeedSaysHowToSupplyIt) {
  for (std::size_t i = 0; i < kNeedCount; ++i) {
    const Script script = Case("a", Level::kMust, {static_cast<Need>(i)});
    EXPECT_GT(WhySkipped(script, {}).size(), std::string_view("needs ").size()) << i;
  }
}

TEST(Selection, AMailboxThatCanBeReadTakesManyMessagesWithoutFurtherWord) {
  const Script script = Case("a", Level::kMust, {Need::kDelivery, Need::kMail});
  EXPECT_EQ(WhySkipped(script, {}), "needs --delivered maildir:PATH");
  Selection selection;
  selection.supplied = {Need::kDelivery};
  EXPECT_EQ(WhySkipped(script, selection), "needs --mail many");
}

TEST(Selection, AnotherProfileIsNotConcerned) {
  ScenarioHeader header;
  Selection selection;
  EXPECT_EQ(WhyForeign(header, selection), "");
  header.profiles = {"submission", "relay"};
  EXPECT_EQ(WhyForeign(header, selection), "applies to the profile submission, relay only");
  selection.profile = "relay";
  EXPECT_EQ(WhyForeign(header, selection), "");
}

}  // namespace
}  // namespace smtpgauge
