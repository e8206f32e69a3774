// A second opinion on scenario files: the JSON Schema that editors use.
#pragma once

#include <filesystem>
#include <vector>

#include "scenarios/catalogue.h"

namespace smtpgauge {

/// Holds the files that Catalogue::Load would read below `paths` against scenario.schema.json of
/// the shipped scenarios. The first few deviations of each file; none when all follow it. Throws
/// InputError when there is no schema.
[[nodiscard]] std::vector<InputProblem> CheckAgainstSchema(
    const std::vector<std::filesystem::path>& paths);

}  // namespace smtpgauge
