// The charts of a load run.
#pragma once

#include <string>

#include "runner/record/load_result.h"

namespace smtpgauge {

/// Messages and response time over the run, then percentiles; long runs are drawn in steps of
/// several seconds, merged exactly. Empty when nothing was measured.
[[nodiscard]] std::string LoadCharts(const LoadResult& result);

}  // namespace smtpgauge
