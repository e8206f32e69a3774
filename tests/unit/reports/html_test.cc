#include "reports/html.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/unit/reports/golden.h"
#include "tests/unit/reports/samples.h"

namespace smtpgauge {
namespace {

std::vector<Report> AllSamples() {
  return {SampleCheck(), CleanCheck(),  HostileCheck(), CheckResult{},
          SampleLoad(),  InvalidLoad(), HostileLoad(),  LoadResult{}};
}

TEST(HtmlReport, LooksAsItShould) {
  ExpectGolden("check.html", WriteHtml(SampleCheck()));
  ExpectGolden("load.html", WriteHtml(InvalidLoad()));
}

// What the target sent must not become markup. Every tag of the page is one that the writer knows.
TEST(HtmlReport, ContainsOnlyItsOwnTags) {
  const std::vector<std::string_view> known = {
      "!DOCTYPE", "html",    "head",     "meta",   "title", "style", "body",   "main",
      "header",   "p",       "span",     "h1",     "h2",    "dl",    "dt",     "dd",
      "nav",      "label",   "b",        "i",      "div",   "input", "svg",    "rect",
      "line",     "text",    "polyline", "circle", "ul",    "li",    "a",      "table",
      "thead",    "tbody",   "tr",       "th",     "td",    "code",  "figure", "figcaption",
      "section",  "details", "summary"};
  for (const Report& report : AllSamples()) {
    const std::string page = WriteHtml(report);
    const std::size_t style_end = page.find("</style>");
    std::size_t at = 0;
    while ((at = page.find('<', at)) != std::string::npos) {
      ++at;
      const std::size_t name = page[at] == '/' ? at + 1 : at;
      const std::string_view tag =
          std::string_view(page).substr(name, page.find_first_of(" >\n", name) - name);
      EXPECT_NE(std::find(known.begin(), known.end(), tag), known.end()) << tag;
    }
    EXPECT_EQ(page.find("<style>", style_end), std::string::npos);
  }
}

TEST(HtmlReport, NeverShowsHostileOctetsRaw) {
  for (const Report& report : AllSamples()) {
    const std::string page = WriteHtml(report);
    for (const std::string_view raw :
         {"</script>", "<script", "<img", "onmouseover='", "\"' on", "]]>", "<!--", "\x1b",
          "\x9b"
          "2J",
          "\xff", "\xe2\x80\xae"}) {
      EXPECT_EQ(page.find(raw), std::string::npos) << raw;
    }
    EXPECT_TRUE(std::all_of(page.begin(), page.end(), [](char octet) {
      return octet == '\n' || (static_cast<unsigned char>(octet) >= 0x20 && octet != 0x7f);
    }));
  }
  const std::string page = WriteHtml(HostileCheck());
  EXPECT_NE(page.find("&lt;/script&gt;&lt;script&gt;"), std::string::npos);
  EXPECT_NE(page.find("\\x1b[31mred"), std::string::npos);
}

TEST(HtmlReport, ForbidsEverythingButItsStyle) {
  const std::string page = WriteHtml(SampleCheck());
  EXPECT_NE(page.find("default-src 'none'; style-src 'sha256-"), std::string::npos);
  EXPECT_EQ(page.find("unsafe-"), std::string::npos);
  EXPECT_EQ(page.find("style=\""), std::string::npos) << "the policy would drop it";
  EXPECT_EQ(page.find("src="), std::string::npos);
}

TEST(HtmlReport, OpensWhatNeedsADecision) {
  const std::string page = WriteHtml(SampleCheck());
  EXPECT_NE(page.find("class=\"case fail\" id=\"case-0\" open>"), std::string::npos);
  EXPECT_EQ(page.find("id=\"case-8\" open>"), std::string::npos);
  EXPECT_NE(page.find("https://www.rfc-editor.org/rfc/rfc5321#section-3.3"), std::string::npos);
}

TEST(HtmlReport, SaysInvalidBeforeAnyNumber) {
  const std::string page = WriteHtml(InvalidLoad());
  EXPECT_LT(page.find("<h2>INVALID</h2>"), page.find("class=\"tiles\""));
  EXPECT_NE(page.find("48 ms, above the bound"), std::string::npos);
}

TEST(HtmlReport, DrawsTheRun) {
  const std::string page = WriteHtml(SampleLoad());
  for (const std::string_view title :
       {"Messages per second", "Response time of a message", "Accepted messages by percentile",
        "Service time by phase"}) {
    EXPECT_NE(page.find(title), std::string::npos) << title;
  }
  EXPECT_EQ(page.find("nan"), std::string::npos);
  EXPECT_EQ(page.find("inf,"), std::string::npos);
}

TEST(HtmlReport, DrawsNoCollapseAtTheEndOfTheRun) {
  LoadResult load = SampleLoad();
  load.series.emplace_back();  // the last replies came in a sixth second
  const std::string page = WriteHtml(load);
  EXPECT_NE(page.find("<title>accepted: 2,024</title>"), std::string::npos);
  EXPECT_EQ(page.find("<title>accepted: 0</title>"), std::string::npos);
}

TEST(HtmlReport, ComparesThePhasesOfEveryMessageFirst) {
  LoadResult load = SampleLoad();
  for (const Phase phase : {Phase::kGreeting, Phase::kTls, Phase::kEhlo, Phase::kAuth}) {
    load.phases[{phase, Outcome::k2yz}].service.RecordMicros(10, 1);
  }
  const std::string page = WriteHtml(load);
  EXPECT_NE(page.find("<span class=\"key c3\">mail</span>"), std::string::npos);
  EXPECT_NE(page.find("<span class=\"key c5\">eod</span>"), std::string::npos);
}

}  // namespace
}  // namespace smtpgauge
