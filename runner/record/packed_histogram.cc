#include "runner/record/packed_histogram.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "runner/record/count_codec.h"

namespace smtpgauge {

PackedHistogram::PackedHistogram(const Histogram& histogram) : summary_(histogram.summary()) {
  if (histogram.count() == 0) return;
  AppendCounts(histogram.slots().first(Histogram::SlotIndex(histogram.Max()) + 1), counts_);
  counts_.shrink_to_fit();
}

Histogram PackedHistogram::Unpack() const {
  if (count() == 0) return {};
  std::vector<std::uint64_t> slots(Histogram::SlotCount());
  CountReader reader(counts_, slots.size());
  while (const auto slot = reader.Next())
    slots[slot->index] = slot->count;
  return Histogram::FromSlots(std::move(slots), summary_);
}

void PackedHistogram::AddTo(Histogram& histogram) const {
  histogram.Merge(Unpack());
}

void PackedHistogram::Merge(const PackedHistogram& other) {
  if (other.count() == 0) return;
  if (count() == 0) {
    *this = other;
    return;
  }
  Histogram sum = Unpack();
  other.AddTo(sum);
  *this = PackedHistogram(sum);
}

std::int64_t PackedHistogram::Quantile(double q) const {
  if (count() == 0) return 0;
  const std::uint64_t rank = QuantileRank(q, count());
  CountReader reader(counts_, Histogram::SlotCount());
  std::uint64_t seen = 0;
  while (const auto slot = reader.Next()) {
    seen += slot->count;
    if (seen >= rank) return std::min(Histogram::SlotHighest(slot->index), Max());
  }
  return Max();
}

}  // namespace smtpgauge
