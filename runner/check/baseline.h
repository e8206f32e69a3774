// Accepted deviations of a server: what is known and explained does not fail a run again.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "runner/record/check_result.h"
#include "scenarios/pattern.h"

namespace smtpgauge {

/// One accepted deviation.
struct AcceptedDeviation {
  std::string id;                 ///< a case's id, or a glob over ids
  std::optional<Pattern> actual;  ///< what the server said must match as well
  std::string reason;             ///< shown in every report
};

struct Baseline {
  std::string server;  ///< for people: "Postfix 3.7.11"
  std::vector<AcceptedDeviation> accepted;
};

/// `{"server": "...", "accepted": [{"id": GLOB, "actual": REGEX, "reason": "..."}]}`. Throws
/// InputError naming file and JSON pointer.
[[nodiscard]] Baseline ReadBaseline(const std::filesystem::path& file);
/// The failures and warnings of a result as such a file, reasons left to be written.
[[nodiscard]] std::string WriteBaseline(const CheckResult& result);

/// Sets CaseResult::baseline_reason on failures and warnings that are accepted, and on passes of
/// cases that were expected to deviate (unexpected passes).
void ApplyBaseline(const Baseline& baseline, CheckResult& result);

}  // namespace smtpgauge
