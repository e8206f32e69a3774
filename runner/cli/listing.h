// What `smtpgauge list` prints, from a plan. Pure.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "scenarios/plan.h"

namespace smtpgauge {

struct ListingChoice {
  std::vector<std::string> only;  ///< globs over ids; empty: all
  std::string level = "may";      ///< must, should, may
};

/// A scenario with the ids of its cases.
struct ListedScenario {
  ScenarioHeader header;
  std::vector<std::string> cases;  ///< empty when pending or an observation
  std::set<Need> needs;            ///< of the header and of every case
};

/// In catalogue order. A scenario is listed when its id, or that of a case, matches.
[[nodiscard]] std::vector<ListedScenario> SelectScenarios(const Plan& plan,
                                                          const ListingChoice& choice);

/// One section of an RFC: how many requirements the catalogue has there and how many it tests.
struct CoverageRow {
  std::string rfc;  ///< empty where no RFC owns the requirement
  std::string section;
  std::uint32_t rows = 0;        ///< distinct requirement ids (what stands before a '/')
  std::uint32_t executable = 0;  ///< of these, not pending
  std::set<Need> needs;          ///< of the executable ones
};
/// By RFC number, then by section; load scenarios are no requirements.
[[nodiscard]] std::vector<CoverageRow> CoverageOf(const std::vector<ListedScenario>& listed);

[[nodiscard]] std::string ListText(const std::vector<ListedScenario>& listed);
[[nodiscard]] std::string ListJson(const std::vector<ListedScenario>& listed);
[[nodiscard]] std::string CoverageText(const std::vector<CoverageRow>& rows);
[[nodiscard]] std::string CoverageJson(const std::vector<CoverageRow>& rows);

}  // namespace smtpgauge
