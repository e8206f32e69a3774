// Histograms as text that HdrHistogram's own tools read: V2, compressed, base64.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "runner/record/histogram.h"
#include "runner/record/packed_histogram.h"

namespace smtpgauge {

/// The text is no such histogram, or one of another range; what() says which.
class HdrError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// "HISTFAAA...": values in microseconds. The encoding carries the slots only: keep the summary
/// beside it where mean, minimum and maximum have to stay exact.
[[nodiscard]] std::string EncodeHdr(const PackedHistogram& histogram);
[[nodiscard]] std::string EncodeHdr(const Histogram& histogram);

/// Counts are exact; minimum, maximum and mean as near as the slots tell. Bounded memory for
/// hostile text. Throws HdrError.
[[nodiscard]] Histogram DecodeHdr(std::string_view text);
/// The histogram that was encoded, exactly. Throws HdrError, also when `summary` is of another one.
[[nodiscard]] Histogram DecodeHdr(std::string_view text, const HistogramSummary& summary);

}  // namespace smtpgauge
