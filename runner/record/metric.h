// One number out of a load result, named by an expression: the left-hand side of a threshold.
#pragma once

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "runner/record/load_result.h"

namespace smtpgauge {

/// The text names nothing that can be measured; what() quotes it and says what is allowed.
class MetricError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Metric {
  enum class Unit : std::uint8_t { kMicros, kPercent, kPerSecond, kCount };

  Unit unit = Unit::kCount;
  /// In `unit`; NaN when the run had nothing to measure.
  std::function<double(const LoadResult&)> measure;
  std::string absence;  ///< the sentence for NaN: "no exchange of eod was measured"
  /// The seconds of LoadResult::series hold all that it looks at.
  bool by_second = false;
};

/// Reads one of these (space around names is allowed):
///
///   pN(TIMES) mean(TIMES) max(TIMES) min(TIMES)   microseconds, N from 0 to 100
///       TIMES: PHASE[.OUTCOME][.response|.service]; without OUTCOME all of them, without the last
///       part the response time. Or lateness, loop_stalls: the generator's own.
///   count(PHASE[.OUTCOME]) count(OUTCOME) count(MESSAGES)
///   rate(PHASE.OUTCOME)    share of the phase's exchanges, in percent
///   rate(OUTCOME)          share of all exchanges, whole messages and sessions not counted again
///   rate(MESSAGES)         share of the messages that came to an end (accepted, rejected, failed,
///                          missed): those still under way prove nothing yet; of offered, started
///                          and delayed the share of the offered ones
///   throughput             accepted messages per second
///   checks(VERDICT)        replies judged so
///
/// MESSAGES: offered, started, completed, accepted, rejected, failed, missed, delayed; PHASE,
/// OUTCOME, VERDICT as in event.h. Throws MetricError.
[[nodiscard]] Metric ParseMetric(std::string_view text);

}  // namespace smtpgauge
