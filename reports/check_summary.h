// What the formats for people say about a conformance run as a whole. Every case is counted exactly
// once in `counts`, so the counts always add up to the selection.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runner/record/check_result.h"

namespace smtpgauge {

/// What a case is for the reader: the verdict, seen through the baseline of accepted deviations.
enum class Standing : std::uint8_t {
  kNewFailure,
  kError,
  kWarning,
  kUnexpectedPass,   ///< the baseline expects a deviation that is gone
  kExpectedFailure,  ///< fail or warn, accepted by the baseline
  kBlocked,
  kSkipped,
  kNotApplicable,
  kPass
};
inline constexpr std::size_t kStandingCount = 9;
[[nodiscard]] Standing StandingOf(const CaseResult& result);

struct CaseGroup {
  std::string name;  ///< "RFC 5321", "Security", "De facto", "Other"
  std::array<std::uint32_t, kVerdictCount> counts{};
  std::vector<const CaseResult*> cases;  ///< valid as long as the result
};

/// One group for each RFC, in order of number; what no RFC owns comes last.
[[nodiscard]] std::vector<CaseGroup> GroupByRfc(const CheckResult& result);

/// "RFC 5321 section 3.3", "Security": where the requirement comes from.
[[nodiscard]] std::string SourceOf(const CaseResult& result);

/// Cases of one standing with the same reason, in order of first appearance.
struct ReasonGroup {
  std::string reason;
  std::vector<const CaseResult*> cases;
};
[[nodiscard]] std::vector<ReasonGroup> GroupByReason(const std::vector<const CaseResult*>& cases);

/// All cases by standing.
[[nodiscard]] std::array<std::vector<const CaseResult*>, kStandingCount> ByStanding(
    const CheckResult& result);

enum class Conclusion { kConformant, kViolations, kNothingTested };
[[nodiscard]] Conclusion ConclusionOf(const CheckResult& result);
/// One sentence: "2 of 83 requirements are violated (1 MUST, 1 SHOULD)."
[[nodiscard]] std::string ConclusionSentence(const CheckResult& result);

/// "fail", "not applicable": VerdictName with spaces.
[[nodiscard]] std::string SpokenVerdict(Verdict verdict);
/// "71 pass, 3 warn, 2 fail, 4 not applicable, 1 blocked, 2 skipped, 0 error, 83 in all".
[[nodiscard]] std::string CountsSentence(const std::array<std::uint32_t, kVerdictCount>& counts);

}  // namespace smtpgauge
