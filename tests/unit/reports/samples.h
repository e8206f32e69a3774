// Results that the report tests share: every verdict, every odd octet, known numbers.
#pragma once

#include <string>
#include <vector>

#include "reports/report.h"

namespace smtpgauge {

/// Octets that break out of a terminal, a page, an XML or a JSON file if somebody lets them.
[[nodiscard]] std::vector<std::string> HostileTexts();

/// Ten cases: each verdict at least once, an accepted deviation, one that is gone.
[[nodiscard]] CheckResult SampleCheck();
/// Every case passed, nothing else to tell.
[[nodiscard]] CheckResult CleanCheck();
/// HostileTexts in every string that a target can influence.
[[nodiscard]] CheckResult HostileCheck();

/// Open loop with a stall: response and service time differ; thresholds, checks, examples.
[[nodiscard]] LoadResult SampleLoad();
/// The generator fell behind.
[[nodiscard]] LoadResult InvalidLoad();
[[nodiscard]] LoadResult HostileLoad();

}  // namespace smtpgauge
