// Whether the generator itself was fit to measure: a run in which it was not must not be believed.
#pragma once

#include <string_view>

#include "runner/load/settings.h"
#include "runner/record/load_result.h"

namespace smtpgauge {

/// Bounds beyond which a run is INVALID.
inline constexpr Duration kMostLatenessMedian = std::chrono::milliseconds(1);
inline constexpr Duration kMostLateness99 = std::chrono::milliseconds(10);
/// ... unless the response times it would falsify are ten times as long.
inline constexpr double kLatenessShare = 0.1;
inline constexpr Duration kMostStall99 = std::chrono::milliseconds(100);
inline constexpr double kMostCpuShare = 0.95;
/// Of the measured window, in which the process stood still for long.
inline constexpr double kMostPausedShare = 0.01;
/// Of the run, ready but without a CPU. A target on the same machine takes its share, which is no
/// fault; runs shorter than this are not judged by it.
inline constexpr double kMostCpuWaitShare = 0.5;
inline constexpr Duration kShortestForCpuWait = std::chrono::seconds(1);

/// Sets valid and reasons of `result.generator`, and notes. `limit` is the sentence about a limit
/// of this machine that stood in the way, "" when none did.
void JudgeGenerator(const LoadSettings& settings, std::string_view limit, LoadResult& result);

}  // namespace smtpgauge
