#include "reports/check_summary.h"

#include <numeric>

#include <gtest/gtest.h>

#include "tests/unit/reports/samples.h"

namespace smtpgauge {
namespace {

std::size_t Sum(const std::array<std::uint32_t, kVerdictCount>& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::size_t{0});
}

TEST(CheckSummary, CountsEveryCaseExactlyOnce) {
  for (const CheckResult& check : {SampleCheck(), CleanCheck(), HostileCheck(), CheckResult{}}) {
    EXPECT_EQ(Sum(check.Summary()), check.results.size());
    std::size_t standing = 0;
    for (const auto& cases : ByStanding(check))
      standing += cases.size();
    EXPECT_EQ(standing, check.results.size());
    std::array<std::uint32_t, kVerdictCount> by_group{};
    std::size_t grouped = 0;
    for (const CaseGroup& group : GroupByRfc(check)) {
      EXPECT_EQ(Sum(group.counts), group.cases.size()) << group.name;
      grouped += group.cases.size();
      for (std::size_t i = 0; i < kVerdictCount; ++i)
        by_group[i] += group.counts[i];
    }
    EXPECT_EQ(grouped, check.results.size());
    EXPECT_EQ(by_group, check.Summary());
  }
}

TEST(CheckSummary, SaysTheCounts) {
  EXPECT_EQ(CountsSentence(SampleCheck().Summary()),
            "3 pass, 1 warn, 2 fail, 1 not applicable, 1 blocked, 1 skipped, 1 error, 10 in all");
}

TEST(CheckSummary, OrdersGroupsByNumberAndPutsTheRestLast) {
  std::vector<std::string> names;
  for (const CaseGroup& group : GroupByRfc(SampleCheck()))
    names.push_back(group.name);
  EXPECT_EQ(names,
            (std::vector<std::string>{"RFC 1870", "RFC 4954", "RFC 5321", "De facto", "Security"}));
}

TEST(CheckSummary, ConcludesThroughTheBaseline) {
  CheckResult check = SampleCheck();
  EXPECT_EQ(ConclusionOf(check), Conclusion::kViolations);
  EXPECT_EQ(ConclusionSentence(check),
            "1 of 10 requirements violated (1 MUST), 1 deviation accepted by the baseline, "
            "1 deviation of the baseline gone.");
  check.results[0].baseline_reason = "known";
  EXPECT_EQ(ConclusionOf(check), Conclusion::kConformant);
  EXPECT_TRUE(ConclusionSentence(check).starts_with(
      "No violation found; 6 of 10 requirements could be judged, 2 deviations accepted"));
  EXPECT_EQ(ConclusionSentence(CleanCheck()), "No violation found.");
}

TEST(CheckSummary, NeverCallsASkippedRunConformant) {
  CheckResult check;
  EXPECT_EQ(ConclusionOf(check), Conclusion::kNothingTested);
  check.results.resize(3);
  check.results[0].verdict = Verdict::kBlocked;
  check.results[1].verdict = Verdict::kError;
  check.results[2].verdict = Verdict::kNotApplicable;
  EXPECT_EQ(ConclusionOf(check), Conclusion::kNothingTested);
  EXPECT_EQ(ConclusionSentence(check), "Nothing could be tested.");
}

TEST(CheckSummary, GroupsCasesByReason) {
  CheckResult check;
  check.results.resize(3);
  check.results[0].reason = check.results[2].reason = "SIZE is not advertised";
  check.results[1].reason = "DSN is not advertised";
  std::vector<const CaseResult*> cases;
  for (const CaseResult& result : check.results)
    cases.push_back(&result);
  const auto groups = GroupByReason(cases);
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups[0].cases.size(), 2U);
  EXPECT_EQ(groups[1].reason, "DSN is not advertised");
}

}  // namespace
}  // namespace smtpgauge
