#include <algorithm>

#include <fmt/format.h>

#include "reports/check_summary.h"
#include "reports/load_summary.h"
#include "reports/numbers.h"
#include "reports/octets.h"
#include "reports/text_page.h"
#include "runner/record/units.h"

namespace smtpgauge {
namespace {

constexpr std::size_t kRepliesShown = 10;
constexpr std::size_t kExamplesShown = 3;  // -v shows all

using Rows = std::vector<std::vector<std::string>>;

Tone ToneOf(LoadConclusion conclusion) {
  switch (conclusion) {
    case LoadConclusion::kValid:
      return Tone::kGood;
    case LoadConclusion::kThresholdMissed:
    case LoadConclusion::kNothingAccepted:
    case LoadConclusion::kInvalid:
      return Tone::kBad;
  }
  return Tone::kPlain;
}

void WriteVerdict(TextPage& page, const LoadResult& result) {
  page.Line();
  page.Line(page.Paint(ToneOf(ConclusionOf(result)), ConclusionSentence(result)));
  if (!result.generator.valid) {
    page.Line("These numbers describe this machine, not the target. Do not quote them.");
    for (const std::string& reason : result.generator.reasons)
      page.Bullet(EscapeOctets(reason));
  }
  if (const std::string pace = PaceSentence(result); !pace.empty()) page.Bullet(pace);
  for (const std::string& note : result.notes)
    page.Bullet(EscapeOctets(note));
}

void WriteThresholds(TextPage& page, const LoadResult& result) {
  if (result.thresholds.empty()) return;
  page.Heading("Thresholds");
  for (const ThresholdResult& threshold : result.thresholds) {
    page.Line(fmt::format(
        "  {} {}  ({}{})",
        threshold.passed ? page.Paint(Tone::kGood, "held  ") : page.Paint(Tone::kBad, "missed"),
        EscapeOctets(threshold.expression), EscapeOctets(ThresholdActual(threshold)),
        threshold.aborted_run ? "; ended the run" : ""));
  }
}

void WriteCounts(TextPage& page, const LoadResult& result) {
  Rows messages = {{"messages", "count", "per second", "of offered"}};
  const double seconds = std::chrono::duration<double>(result.measured).count();
  for (const CountRow& row : MessageRows(result)) {
    const double rate = static_cast<double>(row.in_window) / seconds;
    messages.push_back({std::string(row.name), WithThousands(row.count),
                        seconds > 0 ? HumanRate(rate) : "-",
                        Percent(row.count, result.messages.offered)});
  }
  page.Line();
  page.Table(messages);
  if (result.in_window.accepted != result.messages.accepted) {
    page.Line(page.Paint(Tone::kDim,
                         fmt::format("  Counts: what was due in the measured {0}, to its end. Per "
                                     "second: what happened in the {0}.",
                                     HumanDuration(result.measured))));
  }
  page.Line();
  page.Labelled("goodput", GoodputSentence(result));
  std::string sessions;
  for (const CountRow& row : SessionRows(result.sessions)) {
    if (row.count == 0 && row.name.starts_with("tls")) continue;
    sessions +=
        fmt::format("{}{} {}", sessions.empty() ? "" : ", ", WithThousands(row.count), row.name);
  }
  page.Labelled("sessions", sessions);
  std::string outcomes;
  for (const auto& [outcome, count] : OutcomeCounts(result)) {
    outcomes += fmt::format("{}{} {}", outcomes.empty() ? "" : ", ", WithThousands(count),
                            OutcomeName(outcome));
  }
  page.Labelled("outcomes", outcomes);
}

void WriteTimes(TextPage& page, std::string_view heading, const LoadResult& result,
                Histogram PhaseTimes::*which) {
  page.Heading(heading);
  Rows rows = {{"phase", "count", "mean", "p50", "p90", "p99", "p99.9", "max"}};
  for (const auto& [key, times] : result.phases) {
    const Histogram& time = times.*which;
    const auto at = [&time](double q) {
      return FormatMicros(static_cast<double>(time.Quantile(q)));
    };
    rows.push_back({fmt::format("{} {}", PhaseName(key.first), OutcomeName(key.second)),
                    WithThousands(time.count()), FormatMicros(time.Mean()), at(0.5), at(0.9),
                    at(0.99), at(0.999), FormatMicros(static_cast<double>(time.Max()))});
  }
  page.Table(rows);
}

void WriteLatency(TextPage& page, const LoadResult& result) {
  if (result.phases.empty()) return;
  if (ResponseEqualsService(result)) {
    WriteTimes(page, "Response time = service time (nothing waited for the schedule)", result,
               &PhaseTimes::response);
    return;
  }
  WriteTimes(page, ResponseHeading(result), result, &PhaseTimes::response);
  WriteTimes(page, "Service time: from the first octet sent", result, &PhaseTimes::service);
}

void WriteReplies(TextPage& page, const LoadResult& result) {
  if (result.replies.empty()) return;
  page.Line();
  Rows rows = {{"most frequent replies", "count"}};
  for (const ReplyRow& row : TopReplies(result, kRepliesShown)) {
    rows.push_back({EscapeOctets(row.name), WithThousands(row.count)});
  }
  page.Table(rows);
  if (result.replies.size() > kRepliesShown) {
    page.Line(fmt::format("  and {} kinds more", result.replies.size() - kRepliesShown));
  }
}

void WriteChecks(TextPage& page, const LoadResult& result) {
  const auto totals = CheckTotals(result);
  std::string text;
  for (std::size_t i = 0; i < kVerdictCount; ++i) {
    if (totals[i] == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", WithThousands(totals[i]),
                        SpokenVerdict(static_cast<Verdict>(i)));
  }
  if (text.empty()) return;
  page.Heading("Replies judged by the scenario: " + text);
  const auto pass = static_cast<std::size_t>(Verdict::kPass);
  for (const StepChecks& checks : result.checks) {
    std::string others;
    for (std::size_t i = 0; i < kVerdictCount; ++i) {
      if (i == pass || checks.counts[i] == 0) continue;
      others += fmt::format(" {} {}", WithThousands(checks.counts[i]),
                            SpokenVerdict(static_cast<Verdict>(i)));
    }
    if (others.empty()) continue;
    page.Bullet(EscapeOctets(checks.scenario + "#" + checks.step) + ":" + others);
  }
}

void WriteExamples(TextPage& page, const LoadResult& result) {
  if (result.examples.empty()) return;
  const bool all = page.style().transcripts == Transcripts::kFull;
  const std::size_t shown =
      all ? result.examples.size() : std::min(result.examples.size(), kExamplesShown);
  page.Heading(fmt::format("Examples ({} of {} kept{})", shown, result.examples.size(),
                           shown < result.examples.size() ? "; -v shows all" : ""));
  for (std::size_t i = 0; i < shown; ++i) {
    const FailureExample& example = result.examples[i];
    page.Line(fmt::format("  {} {}  {}",
                          page.Paint(ToneOf(example.verdict), SpokenVerdict(example.verdict)),
                          EscapeOctets(example.scenario + "#" + example.step),
                          page.Paint(Tone::kDim, "after " + HumanDuration(example.at))));
    page.Labelled("expected", EscapeOctets(example.expected), 8);
    page.Labelled("actual", EscapeOctets(WithoutLineEnd(example.actual)), 8);
    page.Transcript(example.transcript, 8);
  }
}

void WriteGenerator(TextPage& page, const GeneratorReport& generator) {
  page.Heading(fmt::format("Generator: {}", generator.valid ? "valid" : "INVALID"));
  const auto times = [](const Histogram& time) {
    return fmt::format("p50 {}, p99 {}, max {}",
                       FormatMicros(static_cast<double>(time.Quantile(0.5))),
                       FormatMicros(static_cast<double>(time.Quantile(0.99))),
                       FormatMicros(static_cast<double>(time.Max())));
  };
  if (generator.lateness.count() > 0) page.Labelled("lateness", times(generator.lateness));
  if (generator.loop_stalls.count() > 0) page.Labelled("stalls", times(generator.loop_stalls));
  if (generator.paused > Duration::zero())
    page.Labelled("paused", fmt::format("stood still for {}", HumanDuration(generator.paused)));
  page.Labelled(
      "cpu",
      fmt::format("{} per message, busiest of {} at {:.0f}%, waited for a CPU {:.0f}%",
                  FormatMicros(generator.cpu_us_per_message), Counted(generator.workers, "worker"),
                  generator.cpu_share * 100, generator.cpu_wait_share * 100));
  if (generator.descriptor_limit > 0) {
    page.Labelled("files", fmt::format("{} of {} descriptors used at the peak",
                                       WithThousands(generator.peak_descriptors),
                                       WithThousands(generator.descriptor_limit)));
  }
}

}  // namespace

void WriteLoadText(const LoadResult& result, TextPage& page) {
  WriteHeader(page, result.info);
  WriteVerdict(page, result);
  WriteThresholds(page, result);
  WriteCounts(page, result);
  WriteLatency(page, result);
  WriteReplies(page, result);
  WriteChecks(page, result);
  WriteExamples(page, result);
  WriteGenerator(page, result.generator);
  page.Line();
  page.Line(page.Paint(ToneOf(ConclusionOf(result)), ConclusionSentence(result)));
}

}  // namespace smtpgauge
