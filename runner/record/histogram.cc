#include "runner/record/histogram.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace smtpgauge {

double HistogramSummary::Mean() const {
  return count == 0 ? 0 : static_cast<double>(sum_micros) / static_cast<double>(count);
}

void HistogramSummary::Merge(const HistogramSummary& other) {
  count += other.count;
  overflows += other.overflows;
  sum_micros += other.sum_micros;
  min_micros = std::min(min_micros, other.min_micros);
  max_micros = std::max(max_micros, other.max_micros);
}

std::uint64_t QuantileRank(double q, std::uint64_t count) {
  // One ulp less, so that 0.999 * 1000 does not round up into the next rank.
  const double exact = std::nextafter(std::clamp(q, 0.0, 1.0) * static_cast<double>(count), 0.0);
  const auto rank = static_cast<std::uint64_t>(std::ceil(exact));
  return std::clamp<std::uint64_t>(rank, 1, count);
}

std::int64_t Histogram::SlotValue(std::size_t index) {
  constexpr std::size_t kHalf = std::size_t{1} << (kSubBucketBits - 1);
  // The first two halves are both of bucket 0; from there on each bucket has its upper half only.
  const std::size_t bucket = index < kHalf ? 0 : index / kHalf - 1;
  return static_cast<std::int64_t>((index - bucket * kHalf) << bucket);
}

std::int64_t Histogram::SlotHighest(std::size_t index) {
  return SlotValue(index + 1) - 1;
}

Histogram Histogram::FromSlots(std::vector<std::uint64_t> slots, const HistogramSummary& summary) {
  Histogram histogram;
  if (summary.count == 0) return histogram;
  histogram.slots_ = std::move(slots);
  histogram.slots_.resize(kSlotCount);
  histogram.summary_ = summary;
  return histogram;
}

void Histogram::Merge(const Histogram& other) {
  if (other.count() == 0) return;
  if (slots_.empty()) slots_.resize(kSlotCount);
  const std::size_t last = SlotIndex(other.Max());
  for (std::size_t i = SlotIndex(other.Min()); i <= last; ++i)
    slots_[i] += other.slots_[i];
  summary_.Merge(other.summary_);
}

void Histogram::Clear() {
  if (count() == 0) return;
  const auto at = [this](std::int64_t micros) {
    return slots_.begin() + static_cast<std::ptrdiff_t>(SlotIndex(micros));
  };
  std::fill(at(Min()), at(Max()) + 1, 0);
  summary_ = {};
}

std::int64_t Histogram::Quantile(double q) const {
  if (count() == 0) return 0;
  const std::uint64_t rank = QuantileRank(q, count());
  std::size_t index = SlotIndex(Min());
  for (std::uint64_t seen = slots_[index]; seen < rank; seen += slots_[index])
    ++index;
  return std::min(SlotHighest(index), Max());
}

bool operator==(const Histogram& a, const Histogram& b) {
  return a.summary_ == b.summary_ && (a.count() == 0 || a.slots_ == b.slots_);
}

}  // namespace smtpgauge
