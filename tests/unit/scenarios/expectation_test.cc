// What an expectation makes of each code, section by section of scenarios/README.md.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/scenarios/scenario_file.h"

namespace smtpgauge {
namespace {

constexpr Verdict P = Verdict::kPass;
constexpr Verdict W = Verdict::kWarn;
constexpr Verdict F = Verdict::kFail;
constexpr Verdict B = Verdict::kBlocked;
constexpr Verdict NA = Verdict::kNotApplicable;

Expectation Compiled(const std::string& expect, const std::string& command,
                     const std::string& section = "probe") {
  const std::string steps = R"([{"send": ")" + command + R"(", "expect": )" + expect + "}]";
  const std::string members =
      section == "probe" ? "\"probe\": " + steps : "\"setup\": " + steps + ", \"probe\": []";
  return CompileMembers(members).expectations.at(0);
}

struct ExpectationCase {
  const char* expect;
  const char* command;
  std::vector<std::pair<int, Verdict>> verdicts;
};

TEST(Expectation, CodesToVerdicts) {
  const std::vector<ExpectationCase> cases = {
      {R"("250")", "NOOP", {{250, P}, {251, W}, {200, W}, {354, F}, {450, F}, {550, F}, {421, B}}},
      {R"("25z")", "NOOP", {{250, P}, {259, P}, {249, F}, {260, F}}},
      {R"("2yz")", "NOOP", {{200, P}, {299, P}, {300, F}}},
      {R"(["503", "554"])", "DATA", {{503, P}, {554, P}, {550, W}, {451, F}, {354, F}}},
      {R"({"pass": ["503"], "warn": []})", "DATA", {{503, P}, {550, F}}},
      {R"({"pass": ["503"], "warn": "5yz", "fail": "50z"})", "X", {{503, P}, {500, F}, {550, W}}},
      {R"({"pass": "5yz", "fail": ["503"]})", "X", {{503, F}, {550, P}}},
      {R"({"pass": ["250"], "fail": ["250"]})", "X", {{250, P}}},
      {R"({"pass": ["220"], "na": ["5yz"], "else": "warn"})", "X", {{554, NA}, {454, W}, {221, W}}},
      // The service closed: only the exact code names it.
      {R"({"pass": ["4yz", "5yz"]})", "X", {{421, B}, {450, P}}},
      {R"({"pass": ["421", "5yz"]})", "X", {{421, P}}},
      // TLS or a login wanted, where success was.
      {R"("250")", "X", {{530, B}, {535, B}, {538, B}, {534, F}}},
      {R"({"pass": ["250"], "warn": ["5yz"]})", "X", {{530, W}}},
      {R"("503")", "X", {{530, W}}},
      // Greylisting and limits.
      {R"("250")", "MAIL FROM:<>", {{451, B}, {550, F}}},
      {R"("25z")", "RCPT TO:<a@b>", {{450, B}, {550, F}}},
      {R"(["501", "553"])", "RCPT TO:<>", {{450, B}, {550, W}, {250, F}}},
      {R"({"pass": ["452"]})", "RCPT TO:<a@b>", {{452, P}, {451, W}}},
      {R"("354")", "DATA", {{451, B}, {550, F}}},
      {R"("250")", "RSET", {{451, F}}},
  };
  for (const ExpectationCase& item : cases) {
    const Expectation expectation = Compiled(item.expect, item.command);
    for (const auto& [code, verdict] : item.verdicts)
      EXPECT_EQ(expectation.codes[static_cast<std::size_t>(code - 200)], verdict)
          << item.expect << " to " << item.command << ": " << code;
  }
}

TEST(Expectation, EndOfDataKnowsContentPolicy) {
  const Script script = CompileMembers(R"("probe": [{"message": {}, "expect": "250"}])");
  const Expectation& expectation = script.expectations.at(0);
  EXPECT_EQ(expectation.codes[550 - 200], B);
  EXPECT_EQ(expectation.codes[554 - 200], B);
  EXPECT_EQ(expectation.codes[451 - 200], B);
  EXPECT_EQ(expectation.codes[552 - 200], F);
}

TEST(Expectation, SetupNeverFails) {
  const Expectation expectation = Compiled(
      R"({"pass": ["250"], "lines": 1, "also": [{"text": "x", "else": "warn"}]})", "NOOP", "setup");
  EXPECT_EQ(expectation.codes[550 - 200], B);
  EXPECT_EQ(expectation.codes[251 - 200], W);
  EXPECT_EQ(expectation.malformed, B);
  EXPECT_EQ(expectation.on_close, B);
  EXPECT_EQ(expectation.on_silence, B);
  ASSERT_EQ(expectation.also.size(), 2U);
  EXPECT_EQ(expectation.also[0].otherwise, B);
  EXPECT_EQ(expectation.also[1].otherwise, W);
}

TEST(Expectation, SaysItselfToPeople) {
  EXPECT_EQ(Compiled(R"("250")", "X").expected, "250 (tolerated: 2yz)");
  EXPECT_EQ(Compiled(R"({"pass": ["503", "554"], "warn": []})", "X").expected, "503, 554");
  EXPECT_EQ(Compiled(R"({"else": "pass", "fail": "2yz"})", "X").expected, "a reply");
  EXPECT_EQ(Compiled(R"({"warn": ["421", "5yz"], "else": "fail"})", "X").expected,
            "421, 5yz (tolerated)");
  EXPECT_EQ(Compiled(R"({"pass": ["500"], "warn": [], "close": "pass"})", "X").expected,
            "500, or the connection closed");
  EXPECT_EQ(Compiled(R"({"na": ["220"], "else": "fail"})", "X").expected, "another reply");
}

TEST(Expectation, SaysWhichConditionFailed) {
  const Expectation expectation = Compiled(R"json({
      "pass": ["250"], "enhanced": "2\\.0\\.0", "lines": 1,
      "also": [{"not_text": "[0-9]"}, {"no_keyword": "X"}, {"within": "1s", "note": "slow"}]})json",
                                           "X");
  std::vector<std::string> notes;
  for (const Predicate& predicate : expectation.also)
    notes.push_back(predicate.note);
  EXPECT_EQ(notes, (std::vector<std::string>{"the enhanced status code is not 2\\.0\\.0",
                                             "the number of lines is another one",
                                             "the text matches [0-9]", "X is listed", "slow"}));
}

TEST(Expectation, EverythingBesideTheCode) {
  const Expectation expectation = Compiled(R"json({
      "pass": ["250"], "close": "warn", "silence": "pass", "malformed": "warn", "within": "5s",
      "text": "^ok", "enhanced": "2\\.0\\.0", "lines": {"least": 2},
      "also": [{"keyword": {"name": "SIZE", "parameters": "[0-9]+"}, "else": "warn", "note": "n"},
               {"each_line": "x", "from": 2}, {"within": "1s", "else": "warn"},
               {"contains": "${token}"}, {"no_keyword": "X"}, {"names_host": true}],
      "capture": {"a": "(x)", "b": {"matches": "y", "else": "fail"}}})json",
                                           "NOOP");
  EXPECT_EQ(expectation.on_close, W);
  EXPECT_EQ(expectation.on_silence, P);
  EXPECT_EQ(expectation.malformed, W);
  EXPECT_EQ(expectation.within, std::chrono::seconds(5));
  using Kind = Predicate::Kind;
  std::vector<Kind> kinds;
  for (const Predicate& predicate : expectation.also)
    kinds.push_back(predicate.kind);
  EXPECT_EQ(kinds, (std::vector<Kind>{Kind::kText, Kind::kEnhanced, Kind::kLines, Kind::kKeyword,
                                      Kind::kEachLine, Kind::kWithin, Kind::kContains,
                                      Kind::kNoKeyword, Kind::kFirstWordNamesHost}));
  EXPECT_FALSE(expectation.also[1].pattern->Matches("12.0.01"));
  EXPECT_TRUE(expectation.also[1].pattern->Matches("2.0.0"));
  EXPECT_EQ(expectation.also[2].least, 2U);
  EXPECT_EQ(expectation.also[3].note, "n");
  EXPECT_EQ(expectation.also[4].from, 1U) << "lines count from 0 in the plan";
  ASSERT_EQ(expectation.captures.size(), 2U);
  EXPECT_NE(expectation.captures[0].slot, expectation.captures[1].slot);
  EXPECT_EQ(expectation.captures[0].otherwise, B);
  EXPECT_EQ(expectation.captures[1].otherwise, F);
}

TEST(Expectation, PatternsQuoteTheTarget) {
  Bindings target = ExampleTarget();
  target.helo_name = "a+b.example";
  const Script script = CompileMembers(
      R"("probe": [{"send": "X", "expect": {"pass": ["250"], "text": "^${helo}$"}}])", target);
  EXPECT_TRUE(script.expectations[0].also[0].pattern->Matches("a+b.example"));
  EXPECT_FALSE(script.expectations[0].also[0].pattern->Matches("aab.example"));
}

}  // namespace
}  // namespace smtpgauge
