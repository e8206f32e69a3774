// The histograms of a load run as an HdrHistogram interval log (.hlog, format 1.3).
#pragma once

#include <string>

#include "runner/record/load_result.h"

namespace smtpgauge {

/// The log's text; values are microseconds. Tags:
///   message.response             one line for each second of the run, whole messages
///   PHASE.OUTCOME.service        one line for the measured window, of each that occurred
///   PHASE.OUTCOME.response       the same
///   lateness, loop_stalls        one line for the measured window: the generator's own
[[nodiscard]] std::string FormatHlog(const LoadResult& result);

}  // namespace smtpgauge
