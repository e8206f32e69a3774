#include "reports/markdown.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/unit/reports/golden.h"
#include "tests/unit/reports/samples.h"

namespace smtpgauge {
namespace {

TEST(MarkdownReport, LooksAsItShould) {
  ExpectGolden("check.md", WriteMarkdown(SampleCheck()));
  ExpectGolden("load.md", WriteMarkdown(InvalidLoad()));
}

TEST(MarkdownReport, LetsNothingOfTheTargetBecomeMarkup) {
  CheckResult check = HostileCheck();
  check.results[0].actual =
      "| [x](http://evil.example) `@team` #1 **b** ![i](//e) ~~s~~\n# heading";
  const std::string text = WriteMarkdown(check);
  for (const std::string_view raw :
       {"<script", "<img", "http://", "@team", "**b**", "`", "![", "~~", "# heading", "::error",
        "\x1b", "\xff", "\xe2\x80\xae"}) {
    EXPECT_EQ(text.find(raw), std::string::npos) << raw;
  }
  // A cell that broke out would change the number of columns of its row.
  std::size_t rows = 0;
  for (std::size_t at = 0; (at = text.find("\n| <code>", at)) != std::string::npos; ++at) {
    const std::string_view line =
        std::string_view(text).substr(at + 1, text.find('\n', at + 1) - at - 1);
    EXPECT_EQ(std::count(line.begin(), line.end(), '|'), 6) << line;
    ++rows;
  }
  EXPECT_EQ(rows, 3 + HostileTexts().size() + 1);
}

TEST(MarkdownReport, StaysBelowTheLimitOfAJobSummary) {
  CheckResult check = HostileCheck();
  for (int i = 0; i < 20000; ++i)
    check.results.push_back(check.results.back());
  check.results.back().actual = std::string(1 << 20, '<');
  EXPECT_LT(WriteMarkdown(check).size(), 500'000U);
}

}  // namespace
}  // namespace smtpgauge
