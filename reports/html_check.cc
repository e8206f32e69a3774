#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "reports/check_summary.h"
#include "reports/html_parts.h"
#include "reports/markup.h"
#include "reports/numbers.h"
#include "reports/octets.h"

namespace smtpgauge {
namespace {

// What needs a decision comes first, what was not judged last.
constexpr std::array<Verdict, kVerdictCount> kTileOrder = {
    Verdict::kFail,    Verdict::kWarn,    Verdict::kPass,         Verdict::kError,
    Verdict::kBlocked, Verdict::kSkipped, Verdict::kNotApplicable};

std::string_view ClassOf(Conclusion conclusion) {
  switch (conclusion) {
    case Conclusion::kConformant:
      return "good";
    case Conclusion::kViolations:
      return "bad";
    case Conclusion::kNothingTested:
      return "warn";
  }
  return {};
}

bool NeedsADecision(const CaseResult& result) {
  const Standing standing = StandingOf(result);
  return standing == Standing::kNewFailure || standing == Standing::kError;
}

bool OnlyOf(std::string_view text, std::string_view allowed) {
  return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

// A link only where number and section look like what they should be.
std::string SourceLink(const CaseResult& result) {
  std::string source = Markup(SourceOf(result));
  if (!OnlyOf(result.rfc, "0123456789") || !OnlyOf(result.section, "0123456789.")) return source;
  return fmt::format(
      "<a rel=\"noreferrer\" href=\"https://www.rfc-editor.org/rfc/rfc{}#section-{}\">{}</a>",
      result.rfc, result.section, source);
}

std::string Tiles(const CheckResult& check) {
  const auto counts = check.Summary();
  std::string out = "<nav class=\"tiles\" aria-label=\"Show\">\n";
  out +=
      fmt::format("<label for=\"show-all\" class=\"tile all\"><b>{}</b><span>all</span></label>\n",
                  WithThousands(check.results.size()));
  for (const Verdict verdict : kTileOrder) {
    const std::uint32_t count = counts[static_cast<std::size_t>(verdict)];
    out += fmt::format(
        "<label for=\"show-{0}\" class=\"tile {0}{1}\"><b>{2}</b><span>{3}</span></label>\n",
        VerdictClass(verdict), count == 0 ? " zero" : "", WithThousands(count),
        SpokenVerdict(verdict));
  }
  return out + "</nav>\n" + VerdictBar(counts) + "\n";
}

std::string Facts(const CheckResult& check) {
  if (check.facts.empty()) return {};
  std::string out =
      "<details class=\"card\" open><summary><h2>Learnt about the target</h2></summary>\n"
      "<dl class=\"wide\">\n";
  for (const TargetFact& fact : check.facts)
    out += Definition(fact.name, fact.value);
  return out + "</dl></details>\n";
}

std::string GroupTable(const std::vector<CaseGroup>& groups) {
  std::string out =
      "<details class=\"card\" open><summary><h2>By source</h2></summary>\n"
      "<div class=\"scroll\"><table class=\"numbers\">\n<thead><tr><th>source</th><th></th>";
  for (const Verdict verdict : kTileOrder) {
    out += fmt::format("<th>{}</th>", SpokenVerdict(verdict));
  }
  out += "<th>total</th></tr></thead>\n<tbody>\n";
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const CaseGroup& group = groups[i];
    out += fmt::format("<tr><th><a href=\"#group-{}\">{}</a></th><td class=\"wide\">{}</td>", i,
                       Markup(group.name), VerdictBar(group.counts));
    for (const Verdict verdict : kTileOrder) {
      const std::uint32_t count = group.counts[static_cast<std::size_t>(verdict)];
      out += count == 0 ? std::string("<td class=\"zero\">&middot;</td>")
                        : fmt::format("<td class=\"{}\">{}</td>", VerdictClass(verdict), count);
    }
    out += fmt::format("<td>{}</td></tr>\n", group.cases.size());
  }
  return out + "</tbody></table></div></details>\n";
}

std::string Findings(const CheckResult& check) {
  std::string rows;
  for (std::size_t i = 0; i < check.results.size(); ++i) {
    const CaseResult& result = check.results[i];
    if (!NeedsADecision(result)) continue;
    rows += fmt::format(
        "<tr><td><span class=\"badge {}\">{}</span></td><td>{}</td><td><a "
        "href=\"#case-{}\"><code>{}</code></a><span class=\"title\">{}</span></td></tr>\n",
        VerdictClass(result.verdict), SpokenVerdict(result.verdict), LevelName(result.level), i,
        Markup(result.id), Markup(result.title));
  }
  if (rows.empty()) return {};
  return "<details class=\"card\" open><summary><h2>Needs a decision</h2></summary>\n<table "
         "class=\"list\">\n" +
         rows + "</table></details>\n";
}

std::string Case(const CaseResult& result, std::size_t index) {
  const std::string_view accepted = result.baseline_reason ? " accepted" : "";
  std::string out = fmt::format(
      "<details class=\"case {0}{1}\" id=\"case-{2}\"{3}><summary><span class=\"badge "
      "{0}\">{4}</span><span class=\"what\"><code>{5}</code><span "
      "class=\"title\">{6}</span></span><span class=\"level\">{7}{8}</span></summary>\n<div "
      "class=\"body\">\n<dl>\n",
      VerdictClass(result.verdict), accepted, index, NeedsADecision(result) ? " open" : "",
      SpokenVerdict(result.verdict), Markup(result.id), Markup(result.title),
      result.baseline_reason ? "in the baseline, " : "", LevelName(result.level));
  out += fmt::format("<dt>source</dt><dd>{}</dd>\n", SourceLink(result));
  out += Definition("expected", result.expected);
  out += Definition("actual", WithoutLineEnd(result.actual));
  out += Definition("because", result.reason);
  out += Definition("baseline", result.baseline_reason.value_or(""));
  out += Definition("scenario", result.file.empty() ? "" : result.file + "#" + result.step);
  out += Definition("took", result.duration.count() == 0 ? "" : HumanDuration(result.duration));
  return out + "</dl>\n" + TranscriptTable(result.transcript) + "</div></details>\n";
}

}  // namespace

std::string CheckFilters() {
  std::string out = "<input type=\"radio\" name=\"show\" id=\"show-all\" checked>\n";
  for (const Verdict verdict : kTileOrder) {
    out +=
        fmt::format("<input type=\"radio\" name=\"show\" id=\"show-{}\">\n", VerdictClass(verdict));
  }
  return out;
}

std::string CheckBody(const CheckResult& check) {
  const std::vector<CaseGroup> groups = GroupByRfc(check);
  std::string out = PageHead(check.info, ConclusionSentence(check), ClassOf(ConclusionOf(check)));
  out +=
      Tiles(check) + Remarks(check.notes, "") + Findings(check) + GroupTable(groups) + Facts(check);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    out += fmt::format("<section class=\"group\" id=\"group-{}\">\n<h2>{}</h2>\n", i,
                       Markup(groups[i].name));
    for (const CaseResult* result : groups[i].cases) {
      out += Case(*result, static_cast<std::size_t>(result - check.results.data()));
    }
    out += "</section>\n";
  }
  return out;
}

}  // namespace smtpgauge
