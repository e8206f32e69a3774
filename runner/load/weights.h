// Whose turn it is in a weighted mix.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace smtpgauge {

/// Choice number k is a pure function of k: every window of sum(weights) choices holds each member
/// exactly as often as its weight, spread as evenly as possible.
class WeightedChoice {
 public:
  /// Weights of 0 are never chosen; at least one is above 0.
  explicit WeightedChoice(const std::vector<std::uint32_t>& weights);
  [[nodiscard]] std::uint16_t At(std::uint64_t k) const { return turns_[k % turns_.size()]; }
  /// The choices repeat after so many.
  [[nodiscard]] std::size_t cycle() const { return turns_.size(); }

 private:
  std::vector<std::uint16_t> turns_;
};

}  // namespace smtpgauge
