// A histogram as a stored result holds it.
#pragma once

#include <cstdint>
#include <string>

#include "runner/record/histogram.h"
#include "runner/record/packed_histogram.h"

namespace smtpgauge {

/// Microseconds. The summary is what people want; `hdr` is all of it (HdrHistogram V2, compressed,
/// base64). sum, min, max and overflows are exact, which the slots alone are not.
struct TimeSummary {
  std::uint64_t count = 0;
  double mean = 0;
  std::int64_t min = 0, p50 = 0, p90 = 0, p99 = 0, p99_9 = 0, max = 0;
  std::uint64_t sum = 0;
  std::uint64_t overflows = 0;
  std::string hdr;
  friend bool operator==(const TimeSummary&, const TimeSummary&) = default;
};

[[nodiscard]] TimeSummary SummaryOf(const Histogram& histogram);
[[nodiscard]] TimeSummary SummaryOf(const PackedHistogram& histogram);
/// The inverse. Throws HdrError when `hdr` is no histogram, or the numbers are not of that one.
[[nodiscard]] Histogram HistogramFrom(const TimeSummary& summary);

}  // namespace smtpgauge
