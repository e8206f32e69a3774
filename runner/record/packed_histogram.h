// A finished histogram in a few hundred octets: what the seconds of a long run are kept as.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runner/record/histogram.h"

namespace smtpgauge {

/// Same contents, same readings as the Histogram it was made from; cannot be recorded into.
/// Memory grows with the number of slots in use (about 2 octets each).
class PackedHistogram {
 public:
  PackedHistogram() = default;
  explicit PackedHistogram(const Histogram& histogram);

  [[nodiscard]] Histogram Unpack() const;
  void AddTo(Histogram& histogram) const;
  /// Exact, as Histogram::Merge.
  void Merge(const PackedHistogram& other);

  [[nodiscard]] std::uint64_t count() const { return summary_.count; }
  [[nodiscard]] std::uint64_t overflows() const { return summary_.overflows; }
  [[nodiscard]] const HistogramSummary& summary() const { return summary_; }
  /// The counts as count_codec.h writes them, up to the slot of Max(); empty when count() is 0.
  [[nodiscard]] std::string_view encoded_counts() const { return counts_; }
  /// As Histogram::Quantile.
  [[nodiscard]] std::int64_t Quantile(double q) const;
  [[nodiscard]] double Mean() const { return summary_.Mean(); }
  [[nodiscard]] std::int64_t Max() const { return summary_.max_micros; }
  [[nodiscard]] std::int64_t Min() const { return summary_.Min(); }
  friend bool operator==(const PackedHistogram&, const PackedHistogram&) = default;

 private:
  std::string counts_;
  HistogramSummary summary_;
};

}  // namespace smtpgauge
