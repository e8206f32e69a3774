#include "runner/record/reply_counts.h"

namespace smtpgauge {
namespace {

// Digits of a legal code need ten bits each; the top bit makes every key differ from a free slot.
constexpr std::uint64_t Pack(Phase phase, std::uint16_t code, smtp::EnhancedCode enhanced) {
  return std::uint64_t{1} << 63 | static_cast<std::uint64_t>(phase) << 48 |
         static_cast<std::uint64_t>(code & 0x3ffU) << 32 |
         static_cast<std::uint64_t>(enhanced.status_class & 0x7U) << 20 |
         static_cast<std::uint64_t>(enhanced.subject & 0x3ffU) << 10 | (enhanced.detail & 0x3ffU);
}

std::string EnhancedText(std::uint64_t key) {
  const std::uint64_t status_class = key >> 20 & 0x7U;
  if (status_class == 0) return {};
  return std::to_string(status_class) + '.' + std::to_string(key >> 10 & 0x3ffU) + '.' +
         std::to_string(key & 0x3ffU);
}

}  // namespace

void ReplyCounts::Add(Phase phase, std::uint16_t code, smtp::EnhancedCode enhanced,
                      std::uint64_t count) {
  const std::uint64_t key = Pack(phase, code, enhanced);
  constexpr std::uint64_t kGoldenRatio =
      0x9e3779b97f4a7c15;  // Fibonacci hashing: top bits are good
  constexpr int kTopBits = 10;
  static_assert(std::size_t{1} << kTopBits == kSlots);
  for (std::size_t at = key * kGoldenRatio >> (64 - kTopBits);; at = (at + 1) % kSlots) {
    Slot& slot = slots_[at];
    if (slot.key == key) {
      slot.count += count;
      return;
    }
    if (slot.key != 0) continue;
    if (keys_ == kMaxKeys) {
      others_[static_cast<std::size_t>(phase)] += count;
      return;
    }
    ++keys_;
    slot = {key, count};
    return;
  }
}

ReplyCounts::Map ReplyCounts::ToMap() const {
  Map map;
  for (const Slot& slot : slots_) {
    if (slot.key == 0) continue;
    const auto phase = static_cast<Phase>(slot.key >> 48 & 0xffU);
    map[{phase, static_cast<int>(slot.key >> 32 & 0x3ffU), EnhancedText(slot.key)}] = slot.count;
  }
  for (std::size_t phase = 0; phase < others_.size(); ++phase) {
    if (others_[phase] != 0) map[{static_cast<Phase>(phase), 0, "other"}] = others_[phase];
  }
  return map;
}

}  // namespace smtpgauge
