// Latency histogram with the bucket layout of HdrHistogram: 1 us to 1 h, 3 significant digits.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "runner/record/event.h"

namespace smtpgauge {

/// All that a histogram knows beyond its slots; exact, in microseconds.
struct HistogramSummary {
  std::uint64_t count = 0;
  std::uint64_t overflows = 0;  ///< values above the range, counted as the highest one
  std::uint64_t sum_micros = 0;
  std::int64_t min_micros = std::numeric_limits<std::int64_t>::max();  ///< this when empty
  std::int64_t max_micros = 0;

  [[nodiscard]] std::int64_t Min() const { return count == 0 ? 0 : min_micros; }
  [[nodiscard]] double Mean() const;  ///< 0 when empty
  void Merge(const HistogramSummary& other);
  friend bool operator==(const HistogramSummary&, const HistogramSummary&) = default;
};

/// Constant memory once something was recorded, none before. Not thread-safe: one owner until
/// merged. Merging is exact: merged parts equal, bit for bit, one histogram that saw every value.
class Histogram {
 public:
  static constexpr std::int64_t kLowestMicros = 1;
  static constexpr std::int64_t kHighestMicros = 3'600'000'000;  ///< 1 h
  static constexpr int kSignificantDigits = 3;

  /// Values below 1 us count as 0 us, above 1 h as 1 h; overflows() tells how many were cut.
  void Record(Duration value, std::uint64_t count = 1) {
    RecordMicros(value.count() < 0 ? 0 : value.count() / 1000, count);
  }
  void RecordMicros(std::int64_t micros, std::uint64_t count);
  void Merge(const Histogram& other);
  /// What recording left: counts by slot (at most SlotCount()) and their summary. The caller
  /// vouches that they belong together.
  static Histogram FromSlots(std::vector<std::uint64_t> slots, const HistogramSummary& summary);
  /// Empty again, but keeps its memory: for an owner that records the next interval.
  void Clear();

  [[nodiscard]] std::uint64_t count() const { return summary_.count; }
  [[nodiscard]] std::uint64_t overflows() const { return summary_.overflows; }
  [[nodiscard]] const HistogramSummary& summary() const { return summary_; }
  /// Microseconds; q in [0, 1]; 0 when empty. The highest value equivalent to the bucket, as
  /// HdrHistogram reports it, never above Max().
  [[nodiscard]] std::int64_t Quantile(double q) const;
  [[nodiscard]] double Mean() const { return summary_.Mean(); }
  [[nodiscard]] std::int64_t Max() const { return summary_.max_micros; }
  [[nodiscard]] std::int64_t Min() const { return summary_.Min(); }
  /// Counts by slot index, trailing zeros included; may be empty while count() is 0.
  [[nodiscard]] std::span<const std::uint64_t> slots() const { return slots_; }
  /// Slot that `micros` in [0, kHighestMicros] falls into.
  [[nodiscard]] static constexpr std::size_t SlotIndex(std::int64_t micros) {
    const auto value = static_cast<std::uint64_t>(micros);
    const int bucket = kLinearBits - std::countl_zero(value | kLinearMask);
    return (static_cast<std::size_t>(bucket) << (kSubBucketBits - 1)) + (value >> bucket);
  }
  /// Lowest value (microseconds) that falls into slot `index`.
  [[nodiscard]] static std::int64_t SlotValue(std::size_t index);
  /// Highest value (microseconds) that falls into slot `index`.
  [[nodiscard]] static std::int64_t SlotHighest(std::size_t index);
  [[nodiscard]] static constexpr std::size_t SlotCount() { return kSlotCount; }
  /// Equal when the same values were recorded, memory kept or not.
  friend bool operator==(const Histogram& a, const Histogram& b);

 private:
  // 2048 sub-buckets hold 3 digits: a value below 2048 us has a slot of its own, above that each
  // power of two has 1024 slots. 22 powers reach past 1 h; the layout is HdrHistogram's own.
  static constexpr int kSubBucketBits = 11;
  static constexpr int kLinearBits = 64 - kSubBucketBits;
  static constexpr std::uint64_t kLinearMask = (1U << kSubBucketBits) - 1;
  static constexpr std::size_t kSlotCount = 23U << (kSubBucketBits - 1);

  std::vector<std::uint64_t> slots_;
  HistogramSummary summary_;
};

/// Rank, from 1, of the value that is quantile `q` of `count` > 0 values.
[[nodiscard]] std::uint64_t QuantileRank(double q, std::uint64_t count);

inline void Histogram::RecordMicros(std::int64_t micros, std::uint64_t count) {
  if (count == 0) return;
  if (slots_.empty()) [[unlikely]] {
    slots_.resize(kSlotCount);
  }
  if (micros > kHighestMicros) [[unlikely]] {
    summary_.overflows += count;
    micros = kHighestMicros;
  }
  micros = micros < 0 ? 0 : micros;
  slots_[SlotIndex(micros)] += count;
  summary_.count += count;
  summary_.sum_micros += static_cast<std::uint64_t>(micros) * count;
  if (micros < summary_.min_micros) summary_.min_micros = micros;
  if (micros > summary_.max_micros) summary_.max_micros = micros;
}

}  // namespace smtpgauge
