#include "reports/check_summary.h"

#include <algorithm>
#include <map>
#include <numeric>

#include <fmt/format.h>

#include "reports/numbers.h"

namespace smtpgauge {
namespace {

std::uint32_t CountOf(const std::array<std::uint32_t, kVerdictCount>& counts, Verdict verdict) {
  return counts[static_cast<std::size_t>(verdict)];
}

std::uint32_t JudgedOf(const CheckResult& result) {
  const auto counts = result.Summary();
  return CountOf(counts, Verdict::kPass) + CountOf(counts, Verdict::kWarn) +
         CountOf(counts, Verdict::kFail);
}

std::string GroupName(const CaseResult& result) {
  if (!result.rfc.empty()) return "RFC " + result.rfc;
  switch (result.level) {
    case Level::kSecurity:
      return "Security";
    case Level::kDeFacto:
      return "De facto";
    case Level::kMust:
    case Level::kShould:
    case Level::kMay:
      return "Other";
  }
  return {};
}

// RFC 821 before RFC 5321, and numbers before names.
std::pair<std::size_t, std::string> GroupOrder(const CaseResult& result) {
  const std::size_t length = result.rfc.empty() ? std::string::npos : result.rfc.size();
  return {length, GroupName(result)};
}

std::string Levels(const std::vector<const CaseResult*>& cases) {
  std::string text;
  for (const Level level :
       {Level::kMust, Level::kSecurity, Level::kShould, Level::kMay, Level::kDeFacto}) {
    const auto count = std::count_if(cases.begin(), cases.end(), [level](const CaseResult* result) {
      return result->level == level;
    });
    if (count == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, LevelName(level));
  }
  return text;
}

}  // namespace

Standing StandingOf(const CaseResult& result) {
  const bool accepted = result.baseline_reason.has_value();
  switch (result.verdict) {
    case Verdict::kPass:
      return accepted ? Standing::kUnexpectedPass : Standing::kPass;
    case Verdict::kWarn:
      return accepted ? Standing::kExpectedFailure : Standing::kWarning;
    case Verdict::kFail:
      return accepted ? Standing::kExpectedFailure : Standing::kNewFailure;
    case Verdict::kNotApplicable:
      return Standing::kNotApplicable;
    case Verdict::kBlocked:
      return Standing::kBlocked;
    case Verdict::kSkipped:
      return Standing::kSkipped;
    case Verdict::kError:
      return Standing::kError;
  }
  return Standing::kError;
}

std::vector<CaseGroup> GroupByRfc(const CheckResult& result) {
  std::map<std::pair<std::size_t, std::string>, CaseGroup> groups;
  for (const CaseResult& row : result.results) {
    CaseGroup& group = groups[GroupOrder(row)];
    group.name = GroupName(row);
    ++group.counts[static_cast<std::size_t>(row.verdict)];
    group.cases.push_back(&row);
  }
  std::vector<CaseGroup> ordered;
  ordered.reserve(groups.size());
  for (auto& [order, group] : groups)
    ordered.push_back(std::move(group));
  return ordered;
}

std::string SourceOf(const CaseResult& result) {
  if (result.rfc.empty() || result.section.empty()) return GroupName(result);
  return fmt::format("RFC {} section {}", result.rfc, result.section);
}

std::vector<ReasonGroup> GroupByReason(const std::vector<const CaseResult*>& cases) {
  std::vector<ReasonGroup> groups;
  std::map<std::string_view, std::size_t> known;
  for (const CaseResult* result : cases) {
    const auto [found, added] = known.try_emplace(result->reason, groups.size());
    if (added) groups.push_back({result->reason, {}});
    groups[found->second].cases.push_back(result);
  }
  return groups;
}

std::array<std::vector<const CaseResult*>, kStandingCount> ByStanding(const CheckResult& result) {
  std::array<std::vector<const CaseResult*>, kStandingCount> cases;
  for (const CaseResult& row : result.results) {
    cases[static_cast<std::size_t>(StandingOf(row))].push_back(&row);
  }
  return cases;
}

Conclusion ConclusionOf(const CheckResult& result) {
  const bool failed =
      std::any_of(result.results.begin(), result.results.end(),
                  [](const auto& row) { return StandingOf(row) == Standing::kNewFailure; });
  if (failed) return Conclusion::kViolations;
  return JudgedOf(result) == 0 ? Conclusion::kNothingTested : Conclusion::kConformant;
}

std::string ConclusionSentence(const CheckResult& result) {
  const auto cases = ByStanding(result);
  const auto size_of = [&cases](Standing standing) {
    return cases[static_cast<std::size_t>(standing)].size();
  };
  const std::uint32_t judged = JudgedOf(result);
  std::string text;
  switch (ConclusionOf(result)) {
    case Conclusion::kNothingTested:
      text = "Nothing could be tested";
      break;
    case Conclusion::kViolations: {
      const auto& failures = cases[static_cast<std::size_t>(Standing::kNewFailure)];
      text = fmt::format("{} of {} violated ({})", failures.size(),
                         Counted(result.results.size(), "requirement"), Levels(failures));
      break;
    }
    case Conclusion::kConformant:
      text = "No violation found";
      if (judged < result.results.size()) {
        text += fmt::format("; {} of {} could be judged", judged,
                            Counted(result.results.size(), "requirement"));
      }
      break;
  }
  if (const auto n = size_of(Standing::kExpectedFailure); n > 0) {
    text += fmt::format(", {} accepted by the baseline", Counted(n, "deviation"));
  }
  if (const auto n = size_of(Standing::kUnexpectedPass); n > 0) {
    text += fmt::format(", {} of the baseline gone", Counted(n, "deviation"));
  }
  if (result.partial) text += "; the run was stopped early, this is not the whole catalogue";
  return text + ".";
}

std::string SpokenVerdict(Verdict verdict) {
  std::string name(VerdictName(verdict));
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

std::string CountsSentence(const std::array<std::uint32_t, kVerdictCount>& counts) {
  std::string text;
  for (std::size_t i = 0; i < kVerdictCount; ++i) {
    text +=
        fmt::format("{} {}, ", WithThousands(counts[i]), SpokenVerdict(static_cast<Verdict>(i)));
  }
  const auto total = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
  return text + WithThousands(total) + " in all";
}

}  // namespace smtpgauge
