#include "reports/junit.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "reports/check_summary.h"
#include "reports/load_summary.h"
#include "reports/markup.h"
#include "reports/numbers.h"
#include "reports/octets.h"
#include "reports/transcript.h"

namespace smtpgauge {
namespace {

// GitLab refuses files from 30 MB on; a failure is understood from its last lines.
constexpr std::size_t kFailureLines = 60;
constexpr std::size_t kFailureLineOctets = 600;
constexpr std::size_t kMessageOctets = 300;

enum class State { kPassed, kFailed, kError, kSkipped };

struct TestCase {
  std::string class_name;
  std::string name;
  std::string file;
  Duration duration{};
  State state = State::kPassed;
  std::string type;     ///< of a failure: the level
  std::string message;  ///< one line
  std::string body;     ///< escaped for people, not yet for XML
};

struct Suite {
  std::string name;
  std::vector<TestCase> cases;
};

std::string Seconds(Duration time) {
  return fmt::format("{:.6f}", std::chrono::duration<double>(time).count());
}

void AppendLine(std::string_view label, std::string_view text, std::string& body) {
  if (!text.empty()) body += fmt::format("{:<9} {}\n", label, EscapeOctets(text));
}

std::string TranscriptText(const std::vector<TranscriptEntry>& entries) {
  const std::vector<TranscriptLine> lines = LinesOf(entries);
  if (lines.empty()) return {};
  std::string text = "transcript (seconds, connection, > sent, < received):\n";
  const std::size_t first = lines.size() > kFailureLines ? lines.size() - kFailureLines : 0;
  if (first > 0) text += fmt::format("... {} before\n", Counted(first, "line"));
  for (std::size_t i = first; i < lines.size(); ++i) {
    const TranscriptLine& line = lines[i];
    text += fmt::format("{} {} {} {}{}\n", AtSeconds(line.at), line.connection, Arrow(line.kind),
                        Shorten(line.text, kFailureLineOctets), line.line_end);
  }
  return text;
}

State StateOf(Standing standing) {
  switch (standing) {
    case Standing::kNewFailure:
      return State::kFailed;
    case Standing::kError:
      return State::kError;
    case Standing::kPass:
    case Standing::kUnexpectedPass:
    case Standing::kWarning:
      return State::kPassed;
    case Standing::kExpectedFailure:
    case Standing::kBlocked:
    case Standing::kSkipped:
    case Standing::kNotApplicable:
      return State::kSkipped;
  }
  return State::kError;
}

// Readers split at the last dot into package and class, so a section must not have any.
std::string ClassName(const CaseResult& result) {
  std::string name = SourceOf(result);
  std::replace(name.begin(), name.end(), '.', '_');
  const std::size_t section = name.find(" section ");
  if (section != std::string::npos) name.replace(section, 9, ".section ");
  return "smtpgauge." + name;
}

std::string Message(const CaseResult& result) {
  const std::string text = !result.reason.empty()
                               ? result.reason
                               : fmt::format("expected {}, got {}", result.expected, result.actual);
  const std::string verdict = SpokenVerdict(result.verdict);
  const std::string baseline = result.baseline_reason ? "accepted by the baseline: " : "";
  return baseline + verdict + ": " + text;
}

TestCase CaseFrom(const CaseResult& result) {
  TestCase row;
  row.class_name = ClassName(result);
  row.name = result.id;
  row.file = result.file;
  row.duration = result.duration;
  row.state = StateOf(StandingOf(result));
  row.type = std::string(LevelName(result.level));
  if (StandingOf(result) == Standing::kPass) return row;
  row.message = Message(result);
  AppendLine("id", result.id, row.body);
  AppendLine("says", result.title, row.body);
  AppendLine("level", fmt::format("{}, {}", LevelName(result.level), SourceOf(result)), row.body);
  AppendLine("verdict", SpokenVerdict(result.verdict), row.body);
  AppendLine("expected", result.expected, row.body);
  AppendLine("actual", WithoutLineEnd(result.actual), row.body);
  AppendLine("because", result.reason, row.body);
  AppendLine("baseline", result.baseline_reason.value_or(""), row.body);
  AppendLine("scenario", result.file.empty() ? "" : result.file + "#" + result.step, row.body);
  if (row.state == State::kFailed || row.state == State::kError) {
    row.body += TranscriptText(result.transcript);
  }
  return row;
}

std::vector<Suite> SuitesFrom(const CheckResult& check) {
  std::vector<Suite> suites;
  for (const CaseGroup& group : GroupByRfc(check)) {
    Suite& suite = suites.emplace_back();
    suite.name = group.name;
    for (const CaseResult* result : group.cases)
      suite.cases.push_back(CaseFrom(*result));
  }
  return suites;
}

TestCase GeneratorCase(const GeneratorReport& generator) {
  TestCase row;
  row.class_name = "smtpgauge.load.generator";
  row.name = "the generator kept up";
  if (generator.valid) return row;
  row.state = State::kError;
  row.type = "INVALID";
  row.message = "INVALID: these numbers describe the generator, not the target";
  for (const std::string& reason : generator.reasons)
    AppendLine("because", reason, row.body);
  return row;
}

TestCase AcceptanceCase(const LoadResult& load) {
  TestCase row;
  row.class_name = "smtpgauge.load.messages";
  row.name = "accepted, or refused as the scenario expects";
  AppendLine("accepted", WithThousands(load.messages.accepted), row.body);
  AppendLine("rejected", WithThousands(load.messages.rejected), row.body);
  AppendLine("failed", WithThousands(load.messages.failed), row.body);
  if (!NothingAccepted(load)) return row;
  row.state = State::kFailed;
  row.type = "nothing accepted";
  row.message = "not one message was accepted, although the scenario expects it";
  return row;
}

TestCase ThresholdCase(const ThresholdResult& threshold) {
  TestCase row;
  row.class_name = "smtpgauge.load.thresholds";
  row.name = threshold.expression;
  if (threshold.passed) return row;
  row.state = State::kFailed;
  row.type = "threshold";
  row.message = fmt::format("missed: {}", ThresholdActual(threshold));
  AppendLine("expected", threshold.expression, row.body);
  AppendLine("actual", ThresholdActual(threshold), row.body);
  return row;
}

TestCase StepCase(const LoadResult& load, const StepChecks& checks) {
  TestCase row;
  row.class_name = "smtpgauge.load.replies";
  row.name = checks.scenario + " " + checks.step;
  for (std::size_t i = 0; i < kVerdictCount; ++i) {
    if (checks.counts[i] == 0) continue;
    AppendLine(SpokenVerdict(static_cast<Verdict>(i)), WithThousands(checks.counts[i]), row.body);
  }
  if (checks.counts[static_cast<std::size_t>(Verdict::kFail)] > 0) {
    row.state = State::kFailed;
  } else if (checks.counts[static_cast<std::size_t>(Verdict::kError)] > 0) {
    row.state = State::kError;
  }
  if (row.state == State::kPassed) return row;
  row.type = "scenario";
  row.message = "replies that the scenario does not allow";
  for (const FailureExample& example : load.examples) {
    if (example.scenario != checks.scenario || example.step != checks.step) continue;
    AppendLine("expected", example.expected, row.body);
    AppendLine("actual", WithoutLineEnd(example.actual), row.body);
    row.body += TranscriptText(example.transcript);
    break;
  }
  return row;
}

std::vector<Suite> SuitesFrom(const LoadResult& load) {
  Suite suite{"load", {GeneratorCase(load.generator)}};
  if (load.messages.offered > 0) suite.cases.push_back(AcceptanceCase(load));
  for (const ThresholdResult& threshold : load.thresholds) {
    suite.cases.push_back(ThresholdCase(threshold));
  }
  for (const StepChecks& checks : load.checks)
    suite.cases.push_back(StepCase(load, checks));
  return {std::move(suite)};
}

void MakeUnique(std::vector<Suite>& suites) {
  std::set<std::pair<std::string, std::string>> taken;
  for (Suite& suite : suites) {
    for (TestCase& row : suite.cases) {
      const std::string name = row.name;
      for (int copy = 2; !taken.emplace(row.class_name, row.name).second; ++copy) {
        row.name = fmt::format("{} ({})", name, copy);
      }
    }
  }
}

struct Totals {
  std::size_t tests = 0, failures = 0, errors = 0, skipped = 0;
  Duration time{};

  void Add(const TestCase& row) {
    ++tests;
    failures += row.state == State::kFailed;
    errors += row.state == State::kError;
    skipped += row.state == State::kSkipped;
    time += row.duration;
  }
  [[nodiscard]] std::string Attributes() const {
    return fmt::format(R"(tests="{}" failures="{}" errors="{}" skipped="{}" time="{}")", tests,
                       failures, errors, skipped, Seconds(time));
  }
};

void WriteCase(const TestCase& row, std::string& out) {
  out += fmt::format(R"(    <testcase name="{}" classname="{}" time="{}")", Markup(row.name),
                     Markup(row.class_name), Seconds(row.duration));
  if (!row.file.empty()) out += fmt::format(R"( file="{}")", Markup(row.file));
  if (row.state == State::kPassed && row.body.empty()) {
    out += "/>\n";
    return;
  }
  const std::string message = MarkupEscaped(Shorten(EscapeOctets(row.message), kMessageOctets));
  const std::string body = MarkupEscaped(row.body);
  out += ">\n";
  switch (row.state) {
    case State::kPassed:
      out += fmt::format("      <system-out>{}</system-out>\n", body);
      break;
    case State::kFailed:
      out += fmt::format("      <failure message=\"{}\" type=\"{}\">{}</failure>\n", message,
                         Markup(row.type), body);
      break;
    case State::kError:
      out += fmt::format("      <error message=\"{}\" type=\"{}\">{}</error>\n", message,
                         Markup(row.type), body);
      break;
    case State::kSkipped:
      out += fmt::format("      <skipped message=\"{}\">{}</skipped>\n", message, body);
      break;
  }
  out += "    </testcase>\n";
}

void WriteProperties(const RunInfo& info, std::string& out) {
  out += "    <properties>\n";
  const std::pair<std::string_view, std::string> properties[] = {
      {"tool", "smtpgauge " + info.tool_version},
      {"catalogue", info.catalogue_hash},
      {"target", info.target},
      {"profile", info.profile},
      {"tls", info.tls},
      {"seed", std::to_string(info.seed)}};
  for (const auto& [name, value] : properties) {
    out += fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", name, Markup(value));
  }
  out += "    </properties>\n";
}

}  // namespace

std::string WriteJunit(const Report& report) {
  const RunInfo& info = InfoOf(report);
  std::vector<Suite> suites =
      std::visit([](const auto& result) { return SuitesFrom(result); }, report);
  MakeUnique(suites);
  Totals all;
  std::string body;
  const std::string timestamp = TimestampFrom(info.started).substr(0, 19);
  for (const Suite& suite : suites) {
    Totals totals;
    for (const TestCase& row : suite.cases) {
      totals.Add(row);
      all.Add(row);
    }
    body += fmt::format("  <testsuite name=\"{}\" {} timestamp=\"{}\">\n", Markup(suite.name),
                        totals.Attributes(), timestamp);
    WriteProperties(info, body);
    for (const TestCase& row : suite.cases)
      WriteCase(row, body);
    body += "  </testsuite>\n";
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites name=\"smtpgauge {} {}\" {}>\n{}</testsuites>\n",
      Markup(info.command), Markup(info.target), all.Attributes(), body);
}

}  // namespace smtpgauge
