// How often each reply was given, by phase, code and enhanced code.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>

#include "runner/record/event.h"
#include "runner/smtp/reply.h"

namespace smtpgauge {

/// Fixed memory, no allocation: a server that invents a new code each time fills kMaxKeys, what
/// comes later with a new key is counted per phase as (phase, 0, "other").
class ReplyCounts {
 public:
  static constexpr std::size_t kMaxKeys = 512;
  using Map = std::map<std::tuple<Phase, int, std::string>, std::uint64_t>;

  void Add(Phase phase, std::uint16_t code, smtp::EnhancedCode enhanced, std::uint64_t count = 1);
  /// Phase, code, "4.7.1" or "".
  [[nodiscard]] Map ToMap() const;

 private:
  static constexpr std::size_t kSlots = 2 * kMaxKeys;  // half empty: a search is short
  struct Slot {
    std::uint64_t key = 0;  ///< 0: free
    std::uint64_t count = 0;
  };

  std::array<Slot, kSlots> slots_{};
  std::array<std::uint64_t, kPhaseCount> others_{};
  std::size_t keys_ = 0;
};

}  // namespace smtpgauge
