// Which cases run: what the user chose, supplied and allowed. Pure.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "scenarios/plan.h"

namespace smtpgauge {

struct Selection {
  std::vector<std::string> only;  ///< globs over ids; empty: all
  std::vector<std::string> skip;  ///< globs; win over `only`
  Level least = Level::kDeFacto;  ///< --level: MUST only, or SHOULD too, or MAY too
  std::set<Need> supplied;  ///< recipient, credentials, ...; slow and disruptive when opted in
  std::string profile = "mx";
};

/// Whether the case is part of the run at all (it is listed in the report).
[[nodiscard]] bool IsSelected(const Script& script, const Selection& selection);
/// Why a selected case is skipped, and what to supply; empty when it may run.
[[nodiscard]] std::string WhySkipped(const Script& script, const Selection& selection);
/// Why the case does not concern this profile; empty when it does.
[[nodiscard]] std::string WhyForeign(const ScenarioHeader& header, const Selection& selection);

}  // namespace smtpgauge
