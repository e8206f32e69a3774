#include "reports/markdown.h"

#include <algorithm>

#include <fmt/format.h>

#include "reports/check_summary.h"
#include "reports/load_summary.h"
#include "reports/numbers.h"
#include "reports/octets.h"
#include "runner/record/units.h"

namespace smtpgauge {
namespace {

constexpr std::size_t kRowsShown = 100;
constexpr std::size_t kCellOctets = 200;

bool IsPlain(char octet) {
  const auto value = static_cast<unsigned char>(octet);
  return value >= 0x80 || octet == ' ' || octet == ',' || octet == '(' || octet == ')' ||
         (octet >= '0' && octet <= '9') || (octet >= 'a' && octet <= 'z') ||
         (octet >= 'A' && octet <= 'Z');
}

// An entity is never a structural character (CommonMark section 2.5), so nothing gets out of a
// cell.
std::string Literal(std::string_view octets) {
  std::string out;
  for (const char octet : Shorten(EscapeOctets(octets), kCellOctets)) {
    if (IsPlain(octet)) {
      out += octet;
    } else {
      out += fmt::format("&#{};", static_cast<unsigned char>(octet));
    }
  }
  return out;
}

std::string Code(std::string_view octets) {
  return octets.empty() ? std::string() : "<code>" + Literal(octets) + "</code>";
}

std::string Cells(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const std::string& cell : cells)
    line += " " + cell + " |";
  return line + "\n";
}

// The first `left` columns are text, the others numbers.
std::string TableHead(const std::vector<std::string>& cells, std::size_t left) {
  std::string line = "|";
  for (std::size_t i = 0; i < cells.size(); ++i)
    line += i < left ? " --- |" : " ---: |";
  return Cells(cells) + line + "\n";
}

std::string Head(const RunInfo& info, std::string_view mark, std::string_view conclusion) {
  return fmt::format("## {} smtpgauge {} {}\n\n**{}**\n\n", mark, Literal(info.command),
                     Code(info.target), Literal(conclusion));
}

std::string Foot(const RunInfo& info) {
  return fmt::format(
      "\n<sub>smtpgauge {}, catalogue {}, profile {}, tls {}, seed {}, {}, took {}</sub>\n",
      Literal(info.tool_version), Literal(info.catalogue_hash.substr(0, 12)), Literal(info.profile),
      Literal(info.tls), info.seed, HumanTime(info.started), HumanDuration(info.elapsed));
}

std::string Bullets(const std::vector<std::string>& sentences) {
  std::string out;
  for (const std::string& sentence : sentences)
    out += "- " + Literal(sentence) + "\n";
  return out.empty() ? out : out + "\n";
}

std::string CaseTable(std::string_view heading, const std::vector<const CaseResult*>& cases) {
  if (cases.empty()) return {};
  std::string out = fmt::format("### {} ({})\n\n", heading, cases.size());
  out += TableHead({"requirement", "level", "source", "expected", "actual"}, 5);
  const std::size_t shown = std::min(cases.size(), kRowsShown);
  for (std::size_t i = 0; i < shown; ++i) {
    const CaseResult& result = *cases[i];
    const std::string_view actual = WithoutLineEnd(result.actual);
    out += Cells({Code(result.id) + "<br>" + Literal(result.title),
                  std::string(LevelName(result.level)), Literal(SourceOf(result)),
                  Code(result.expected), Code(actual.empty() ? result.reason : actual)});
  }
  if (shown < cases.size()) out += fmt::format("\nand {} more\n", cases.size() - shown);
  return out + "\n";
}

std::string_view Mark(Conclusion conclusion) {
  switch (conclusion) {
    case Conclusion::kConformant:
      return ":white_check_mark:";
    case Conclusion::kViolations:
      return ":x:";
    case Conclusion::kNothingTested:
      return ":warning:";
  }
  return {};
}

std::string_view Mark(LoadConclusion conclusion) {
  switch (conclusion) {
    case LoadConclusion::kValid:
      return ":white_check_mark:";
    case LoadConclusion::kThresholdMissed:
    case LoadConclusion::kNothingAccepted:
    case LoadConclusion::kInvalid:
      return ":x:";
  }
  return {};
}

std::string Write(const CheckResult& check) {
  const auto cases = ByStanding(check);
  const auto of = [&cases](Standing standing) { return cases[static_cast<std::size_t>(standing)]; };
  std::string out = Head(check.info, Mark(ConclusionOf(check)), ConclusionSentence(check));
  const auto counts = check.Summary();
  std::vector<std::string> names;
  std::vector<std::string> values;
  for (std::size_t i = 0; i < kVerdictCount; ++i) {
    names.push_back(SpokenVerdict(static_cast<Verdict>(i)));
    values.push_back(WithThousands(counts[i]));
  }
  names.emplace_back("total");
  values.push_back(WithThousands(check.results.size()));
  out += TableHead(names, 0) + Cells(values) + "\n" + Bullets(check.notes);
  out += CaseTable("Violations", of(Standing::kNewFailure));
  out += CaseTable("Errors", of(Standing::kError));
  out += CaseTable("Gone from the baseline", of(Standing::kUnexpectedPass));
  out += CaseTable("Warnings", of(Standing::kWarning));
  return out + Foot(check.info);
}

std::string Thresholds(const LoadResult& load) {
  if (load.thresholds.empty()) return {};
  std::string out = TableHead({"threshold", "", "measured"}, 3);
  for (const ThresholdResult& threshold : load.thresholds) {
    out += Cells({Code(threshold.expression),
                  threshold.passed ? ":white_check_mark: held" : ":x: missed",
                  Literal(ThresholdActual(threshold))});
  }
  return out + "\n";
}

std::string Write(const LoadResult& load) {
  std::string out = Head(load.info, Mark(ConclusionOf(load)), ConclusionSentence(load));
  out += Bullets(load.generator.reasons) + Bullets(load.notes) + Thresholds(load);
  out += TableHead({"messages", "count", "of offered"}, 1);
  for (const CountRow& row : MessageRows(load)) {
    out += Cells({std::string(row.name), WithThousands(row.count),
                  Literal(Percent(row.count, load.messages.offered))});
  }
  out +=
      "\n" + TableHead({"response time", "count", "mean", "p50", "p90", "p99", "p99.9", "max"}, 1);
  for (const auto& [key, times] : load.phases) {
    const Histogram& time = times.response;
    std::vector<std::string> cells = {
        fmt::format("{} {}", PhaseName(key.first), OutcomeName(key.second)),
        WithThousands(time.count()), FormatMicros(time.Mean())};
    for (const double q : {0.5, 0.9, 0.99, 0.999, 1.0}) {
      cells.push_back(FormatMicros(static_cast<double>(time.Quantile(q))));
    }
    out += Cells(cells);
  }
  return out + Foot(load.info);
}

}  // namespace

std::string WriteMarkdown(const Report& report) {
  return std::visit([](const auto& result) { return Write(result); }, report);
}

}  // namespace smtpgauge
