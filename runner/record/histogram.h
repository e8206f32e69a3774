// Latency histogram with the bucket layout of HdrHistogram: 1 us to 1 h, 3 significant digits.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runner/record/event.h"

namespace smtpgauge {

/// Constant memory once something was recorded, none before. Not thread-safe: one owner until
/// merged. Merging is exact: merged parts equal, bit for bit, one histogram that saw every value.
class Histogram {
 public:
  static constexpr std::int64_t kLowestMicros = 1;
  static constexpr std::int64_t kHighestMicros = 3'600'000'000;  ///< 1 h
  static constexpr int kSignificantDigits = 3;

  /// Values below 1 us count as 0 us, above 1 h as 1 h; overflows() tells how many were cut.
  void Record(Duration value) { RecordMicros(value.count() < 0 ? 0 : value.count() / 1000, 1); }
  void RecordMicros(std::int64_t micros, std::uint64_t count);
  void Merge(const Histogram& other);

  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] std::uint64_t overflows() const { return overflows_; }
  /// Microseconds; q in [0, 1]; 0 when empty. The highest value equivalent to the bucket, as
  /// HdrHistogram reports it, never above Max().
  [[nodiscard]] std::int64_t Quantile(double q) const;
  [[nodiscard]] double Mean() const;
  [[nodiscard]] std::int64_t Max() const { return max_; }
  [[nodiscard]] std::int64_t Min() const { return count_ == 0 ? 0 : min_; }
  /// Counts by slot index, trailing zeros included; empty before the first value.
  [[nodiscard]] std::span<const std::uint64_t> slots() const { return slots_; }
  /// Lowest value (microseconds) that falls into slot `index`.
  [[nodiscard]] static std::int64_t SlotValue(std::size_t index);
  [[nodiscard]] static std::size_t SlotCount();
  friend bool operator==(const Histogram&, const Histogram&) = default;

 private:
  std::vector<std::uint64_t> slots_;
  std::uint64_t count_ = 0;
  std::uint64_t overflows_ = 0;
  std::int64_t sum_ = 0;  ///< microseconds, exact
  std::int64_t min_ = 0;
  std::int64_t max_ = 0;
};

}  // namespace smtpgauge
