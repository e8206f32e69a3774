#include <fmt/format.h>

#include "reports/check_summary.h"
#include "reports/html_parts.h"
#include "reports/load_charts.h"
#include "reports/load_summary.h"
#include "reports/markup.h"
#include "reports/numbers.h"
#include "reports/octets.h"
#include "runner/record/units.h"

namespace smtpgauge {
namespace {

constexpr std::size_t kRepliesInTable = 30;

std::string_view ClassOf(LoadConclusion conclusion) {
  switch (conclusion) {
    case LoadConclusion::kValid:
      return "good";
    case LoadConclusion::kThresholdMissed:
    case LoadConclusion::kNothingAccepted:
    case LoadConclusion::kInvalid:
      return "bad";
  }
  return {};
}

std::string Micros(std::int64_t micros) {
  return FormatMicros(static_cast<double>(micros));
}

std::string Tile(std::string_view value, std::string_view name, std::string_view css_class) {
  return fmt::format("<div class=\"tile {}\"><b>{}</b><span>{}</span></div>\n", css_class,
                     Markup(value), Markup(name));
}

std::string Tiles(const LoadResult& load) {
  const MessageCounts& messages = load.messages;
  std::string out = "<div class=\"tiles\">\n";
  out += Tile(HumanRate(load.ThroughputPerSecond()), "accepted per second", "pass");
  out += Tile(Percent(messages.accepted, messages.offered), "of those offered accepted", "");
  const auto message = load.phases.find({Phase::kMessage, Outcome::k2yz});
  if (message != load.phases.end()) {
    out += Tile(Micros(message->second.response.Quantile(0.5)), "response time, median", "");
    out += Tile(Micros(message->second.response.Quantile(0.99)), "response time, p99", "");
  }
  out +=
      Tile(WithThousands(messages.rejected), "rejected", messages.rejected > 0 ? "warn" : "zero");
  out += Tile(WithThousands(messages.failed), "failed", messages.failed > 0 ? "fail" : "zero");
  out += Tile(WithThousands(messages.missed), "missed", messages.missed > 0 ? "warn" : "zero");
  return out + "</div>\n";
}

std::string Card(std::string_view heading, std::string_view body) {
  if (body.empty()) return {};
  return fmt::format("<details class=\"card\" open><summary><h2>{}</h2></summary>\n{}</details>\n",
                     Markup(heading), body);
}

std::string Invalid(const GeneratorReport& generator) {
  if (generator.valid) return {};
  return "<section class=\"alert\"><h2>INVALID</h2><p>The generator did not keep up: these numbers "
         "describe this machine, not the target. Do not quote them.</p>\n" +
         Remarks(generator.reasons, "") + "</section>\n";
}

std::string ThresholdTable(const LoadResult& load) {
  if (load.thresholds.empty()) return {};
  std::string out = "<table class=\"list\">\n";
  for (const ThresholdResult& threshold : load.thresholds) {
    out += fmt::format(
        "<tr><td><span class=\"badge "
        "{}\">{}</span></td><td><code>{}</code></td><td>{}{}</td></tr>\n",
        threshold.passed ? "pass" : "fail", threshold.passed ? "held" : "missed",
        Markup(threshold.expression), Markup(ThresholdActual(threshold)),
        threshold.aborted_run ? "; ended the run" : "");
  }
  return Card("Thresholds", out + "</table>\n");
}

std::string Counts(const std::vector<CountRow>& rows) {
  std::string out = "<table class=\"list\">\n";
  for (const CountRow& row : rows) {
    out += fmt::format("<tr><th>{}</th><td class=\"n\">{}</td><td class=\"meaning\">{}</td></tr>\n",
                       row.name, WithThousands(row.count), row.meaning);
  }
  return out + "</table>\n";
}

std::vector<std::string> RemarksOf(const LoadResult& load) {
  std::vector<std::string> remarks = load.notes;
  if (std::string pace = PaceSentence(load); !pace.empty())
    remarks.insert(remarks.begin(), std::move(pace));
  return remarks;
}

std::string Goodput(const LoadResult& load) {
  return fmt::format("<p class=\"meaning\">Goodput: {}, over {}.</p>\n", GoodputSentence(load),
                     HumanDuration(load.measured));
}

std::string Times(const LoadResult& load, Histogram PhaseTimes::*which) {
  std::string out =
      "<div class=\"scroll\"><table class=\"numbers\">\n<thead><tr><th>phase</th><th>outcome</th>"
      "<th>count</th><th>mean</th><th>p50</th><th>p90</th><th>p99</th><th>p99.9</th><th>max</th>"
      "</tr></thead>\n<tbody>\n";
  for (const auto& [key, times] : load.phases) {
    const Histogram& time = times.*which;
    const bool ok = key.second == Outcome::k2yz || key.second == Outcome::k3yz;
    out += fmt::format("<tr><th>{}</th><td class=\"{}\">{}</td><td>{}</td><td>{}</td>",
                       PhaseName(key.first), ok ? "pass" : "fail", OutcomeName(key.second),
                       WithThousands(time.count()), FormatMicros(time.Mean()));
    for (const double q : {0.5, 0.9, 0.99, 0.999, 1.0}) {
      out += fmt::format("<td>{}</td>", Micros(time.Quantile(q)));
    }
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

std::string Latency(const LoadResult& load) {
  if (load.phases.empty()) return {};
  if (ResponseEqualsService(load)) {
    return Card("Response time = service time (nothing waited for the schedule)",
                Times(load, &PhaseTimes::response));
  }
  return Card(ResponseHeading(load), Times(load, &PhaseTimes::response)) +
         Card("Service time: from the first octet sent", Times(load, &PhaseTimes::service));
}

std::string Replies(const LoadResult& load) {
  if (load.replies.empty()) return {};
  std::string out = "<table class=\"list\">\n";
  for (const ReplyRow& row : TopReplies(load, kRepliesInTable)) {
    out += fmt::format("<tr><th><code>{}</code></th><td class=\"n\">{}</td></tr>\n",
                       Markup(row.name), WithThousands(row.count));
  }
  return Card("Replies", out + "</table>\n");
}

std::string Checks(const LoadResult& load) {
  if (load.checks.empty()) return {};
  std::string out = "<div class=\"scroll\"><table class=\"numbers\">\n<thead><tr><th>step</th>";
  for (std::size_t i = 0; i < kVerdictCount; ++i) {
    out += fmt::format("<th>{}</th>", SpokenVerdict(static_cast<Verdict>(i)));
  }
  out += "</tr></thead>\n<tbody>\n";
  for (const StepChecks& checks : load.checks) {
    out += fmt::format("<tr><th><code>{}</code></th>", Markup(checks.scenario + "#" + checks.step));
    for (std::size_t i = 0; i < kVerdictCount; ++i) {
      out += checks.counts[i] == 0
                 ? std::string("<td class=\"zero\">&middot;</td>")
                 : fmt::format("<td class=\"{}\">{}</td>", VerdictClass(static_cast<Verdict>(i)),
                               WithThousands(checks.counts[i]));
    }
    out += "</tr>\n";
  }
  return Card("Replies judged by the scenario", out + "</tbody></table></div>\n");
}

std::string Examples(const LoadResult& load) {
  if (load.examples.empty()) return {};
  std::string out = "<section class=\"group\">\n<h2>Examples</h2>\n";
  for (const FailureExample& example : load.examples) {
    out += fmt::format(
        "<details class=\"case {0}\"><summary><span class=\"badge {0}\">{1}</span><span "
        "class=\"what\"><code>{2}</code><span class=\"title\">{3}</span></span><span "
        "class=\"level\">after {4}</span></summary>\n<div class=\"body\">\n<dl>\n{5}{6}</dl>\n{7}"
        "</div></details>\n",
        VerdictClass(example.verdict), SpokenVerdict(example.verdict),
        Markup(example.scenario + "#" + example.step), Markup(WithoutLineEnd(example.actual)),
        HumanDuration(example.at), Definition("expected", example.expected),
        Definition("actual", WithoutLineEnd(example.actual)), TranscriptTable(example.transcript));
  }
  return out + "</section>\n";
}

std::string TimesSentence(const Histogram& time) {
  if (time.count() == 0) return {};
  return fmt::format("p50 {}, p99 {}, max {}", Micros(time.Quantile(0.5)),
                     Micros(time.Quantile(0.99)), Micros(time.Max()));
}

std::string Generator(const GeneratorReport& generator) {
  std::string out = "<dl class=\"wide\">\n";
  out += Definition("verdict", generator.valid ? "valid" : "INVALID");
  out += Definition("lateness", TimesSentence(generator.lateness));
  out += Definition("loop stalls", TimesSentence(generator.loop_stalls));
  if (generator.paused > Duration::zero())
    out += Definition("stood still for", HumanDuration(generator.paused));
  out += Definition("cpu per message", FormatMicros(generator.cpu_us_per_message));
  out += Definition(
      "busiest worker",
      fmt::format("{:.0f}% of a core, {}, waited for a CPU {:.0f}%", generator.cpu_share * 100,
                  Counted(generator.workers, "worker"), generator.cpu_wait_share * 100));
  if (generator.descriptor_limit > 0) {
    out += Definition("descriptors",
                      fmt::format("{} of {} at the peak", WithThousands(generator.peak_descriptors),
                                  WithThousands(generator.descriptor_limit)));
  }
  return Card("Generator", out + "</dl>\n");
}

}  // namespace

std::string LoadBody(const LoadResult& load) {
  std::string out = PageHead(load.info, ConclusionSentence(load), ClassOf(ConclusionOf(load)));
  out +=
      Invalid(load.generator) + Tiles(load) + Remarks(RemarksOf(load), "") + ThresholdTable(load);
  if (const std::string charts = LoadCharts(load); !charts.empty()) {
    out += "<section class=\"charts\">\n" + charts + "</section>\n";
  }
  out += Latency(load);
  out += "<div class=\"columns\">\n" + Card("Messages", Counts(MessageRows(load)) + Goodput(load)) +
         Card("Sessions", Counts(SessionRows(load.sessions))) + Replies(load) +
         Generator(load.generator) + "</div>\n";
  return out + Checks(load) + Examples(load);
}

}  // namespace smtpgauge
