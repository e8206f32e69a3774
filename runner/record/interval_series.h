// The run second by second, in memory that hardly grows with its length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "runner/record/event.h"
#include "runner/record/histogram.h"
#include "runner/record/load_result.h"

namespace smtpgauge {

/// Only the current second has a full histogram; it is packed when the second is over. A value for
/// an earlier second still goes where it belongs, more slowly. Times before the run count for the
/// first second, times after kMaxSeconds for the last.
class IntervalSeries {
 public:
  static constexpr std::size_t kMaxSeconds = std::size_t{7} * 24 * 3600;

  explicit IntervalSeries(TimePoint run_started);

  /// Counts of the second that `at` lies in; the reference holds until the next call.
  MessageCounts& Messages(TimePoint at) { return At(at).messages; }
  void RecordResponse(TimePoint finished, Duration response);
  /// Moves on to the second of `now`, if that is later: the seconds left behind get
  /// `open_sessions`.
  void Advance(TimePoint now, std::uint64_t open_sessions);

  /// All seconds up to the current one, which gets `open_sessions`.
  [[nodiscard]] std::vector<Interval> Snapshot(std::uint64_t open_sessions) const;

 private:
  [[nodiscard]] std::size_t Index(TimePoint at) const;
  Interval& At(TimePoint at);
  void Grow(std::size_t index);

  TimePoint run_started_;
  TimePoint current_begin_;
  TimePoint current_end_;
  std::size_t current_ = 0;
  std::vector<Interval> seconds_;  ///< past `current_` too, when an arrival is counted ahead
  Histogram current_response_;
};

}  // namespace smtpgauge
