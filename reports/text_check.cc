#include <fmt/format.h>

#include "reports/check_summary.h"
#include "reports/numbers.h"
#include "reports/octets.h"
#include "reports/text_page.h"

namespace smtpgauge {
namespace {

using Cases = std::vector<const CaseResult*>;

constexpr std::size_t kIdsShown = 6;  // of one reason; -v shows all

Tone ToneOf(Conclusion conclusion) {
  switch (conclusion) {
    case Conclusion::kConformant:
      return Tone::kGood;
    case Conclusion::kViolations:
      return Tone::kBad;
    case Conclusion::kNothingTested:
      return Tone::kWarn;
  }
  return Tone::kPlain;
}

void WriteCase(TextPage& page, const CaseResult& result, bool with_transcript) {
  const std::string verdict = fmt::format("{:<5}", SpokenVerdict(result.verdict));
  page.Line(fmt::format("  {} {}  {}", page.Paint(ToneOf(result.verdict), verdict),
                        page.Paint(Tone::kStrong, EscapeOctets(result.id)),
                        page.Paint(Tone::kDim, fmt::format("{}, {}", LevelName(result.level),
                                                           EscapeOctets(SourceOf(result))))));
  constexpr std::size_t kIndent = 8;
  page.Labelled("says", EscapeOctets(result.title), kIndent);
  page.Labelled("expected", EscapeOctets(result.expected), kIndent);
  page.Labelled("actual", EscapeOctets(WithoutLineEnd(result.actual)), kIndent);
  page.Labelled("because", EscapeOctets(result.reason), kIndent);
  if (result.baseline_reason) {
    page.Labelled("baseline", EscapeOctets(*result.baseline_reason), kIndent);
  }
  if (!result.file.empty()) {
    page.Labelled("scenario", EscapeOctets(result.file + "#" + result.step), kIndent);
  }
  if (with_transcript && !result.transcript.empty()) page.Transcript(result.transcript, kIndent);
}

void WriteCases(TextPage& page, std::string_view heading, const Cases& cases, bool transcripts) {
  if (cases.empty()) return;
  page.Heading(fmt::format("{} ({})", heading, cases.size()));
  for (const CaseResult* result : cases) {
    if (transcripts && result != cases.front()) page.Line();
    WriteCase(page, *result, transcripts);
  }
}

// What was not judged: the reason matters, and most cases share one.
void WriteReasons(TextPage& page, std::string_view heading, const Cases& cases) {
  if (cases.empty()) return;
  page.Heading(fmt::format("{} ({})", heading, cases.size()));
  const bool all = page.style().transcripts == Transcripts::kFull;
  for (const ReasonGroup& group : GroupByReason(cases)) {
    std::string text = group.reason.empty() ? "no reason given" : EscapeOctets(group.reason);
    text += ":";
    const std::size_t shown = all ? group.cases.size() : std::min(group.cases.size(), kIdsShown);
    for (std::size_t i = 0; i < shown; ++i)
      text += " " + EscapeOctets(group.cases[i]->id);
    if (shown < group.cases.size()) {
      text += fmt::format(" and {} more", group.cases.size() - shown);
    }
    page.Bullet(text);
  }
}

void WriteGroups(TextPage& page, const CheckResult& result) {
  std::vector<std::vector<std::string>> rows = {
      {"by source", "pass", "warn", "fail", "not appl.", "blocked", "skipped", "error", "total"}};
  for (const CaseGroup& group : GroupByRfc(result)) {
    rows.push_back({EscapeOctets(group.name)});
    for (const std::uint32_t count : group.counts) {
      rows.back().push_back(count == 0 ? "." : WithThousands(count));
    }
    rows.back().push_back(WithThousands(group.cases.size()));
  }
  if (rows.size() == 1) return;
  page.Line();
  page.Table(rows);
}

void WriteFacts(TextPage& page, const CheckResult& result) {
  if (result.facts.empty()) return;
  page.Heading("Learnt about the target");
  for (const TargetFact& fact : result.facts) {
    page.Bullet(EscapeOctets(fact.name) + ": " + EscapeOctets(fact.value));
  }
}

}  // namespace

void WriteCheckText(const CheckResult& result, TextPage& page) {
  const auto cases = ByStanding(result);
  const auto of = [&cases](Standing standing) -> const Cases& {
    return cases[static_cast<std::size_t>(standing)];
  };
  const bool full = page.style().transcripts == Transcripts::kFull;
  const std::string conclusion =
      page.Paint(ToneOf(ConclusionOf(result)), ConclusionSentence(result));
  const std::string counts = CountsSentence(result.Summary());
  WriteHeader(page, result.info);
  page.Line();
  page.Line(conclusion);
  page.Line(counts);
  for (const std::string& note : result.notes)
    page.Bullet(EscapeOctets(note));

  WriteFacts(page, result);
  WriteCases(page, "Violations", of(Standing::kNewFailure), true);
  WriteCases(page, "Errors: no verdict, the network or the tester failed", of(Standing::kError),
             true);
  WriteCases(page, "Warnings: tolerated, but not what the text says", of(Standing::kWarning), full);
  WriteCases(page, "Gone: the baseline expects these deviations", of(Standing::kUnexpectedPass),
             full);
  WriteCases(page, "Accepted by the baseline", of(Standing::kExpectedFailure), full);
  if (full) {
    WriteCases(page, "Blocked: a step before the test was refused", of(Standing::kBlocked), true);
    WriteCases(page, "Passed", of(Standing::kPass), true);
  } else {
    WriteReasons(page, "Blocked: a step before the test was refused", of(Standing::kBlocked));
  }
  WriteReasons(page, "Skipped", of(Standing::kSkipped));
  WriteReasons(page, "Not applicable", of(Standing::kNotApplicable));
  WriteGroups(page, result);
  page.Line();
  page.Line(conclusion);
  page.Line(counts);
}

}  // namespace smtpgauge
