// Globs over scenario ids, for --only and --skip: `*` also crosses `/`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace smtpgauge {

/// Whether `glob` matches the whole id, or the id of the scenario whose row it is (the part before
/// a `/`): "5321-4.1.1.5-rset-clears" selects all of its rows.
[[nodiscard]] bool GlobMatches(const std::string& glob, std::string_view id);
[[nodiscard]] bool AnyGlobMatches(const std::vector<std::string>& globs, std::string_view id);

}  // namespace smtpgauge
