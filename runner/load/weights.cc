#include "runner/load/weights.h"

#include <algorithm>
#include <numeric>

namespace smtpgauge {
namespace {

constexpr std::uint64_t kMostTurns = 100'000;

}  // namespace

WeightedChoice::WeightedChoice(const std::vector<std::uint32_t>& weights) {
  std::uint32_t divisor = 0;
  std::uint64_t sum = 0;
  for (const std::uint32_t weight : weights) {
    divisor = std::gcd(divisor, weight);
    sum += weight;
  }
  const std::uint64_t turns =
      std::clamp<std::uint64_t>(divisor == 0 ? 1 : sum / divisor, 1, kMostTurns);
  // Smooth weighted round robin: each turn everyone gains its weight, the richest pays for the
  // turn.
  std::vector<std::int64_t> credit(weights.size());
  for (std::uint64_t turn = 0; turn < turns; ++turn) {
    for (std::size_t i = 0; i < weights.size(); ++i)
      credit[i] += weights[i];
    const auto richest = std::max_element(credit.begin(), credit.end());
    *richest -= static_cast<std::int64_t>(sum);
    turns_.push_back(static_cast<std::uint16_t>(richest - credit.begin()));
  }
}

}  // namespace smtpgauge
