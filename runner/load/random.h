// Seeded pseudo-random numbers: the same seed gives the same run on every machine.
#pragma once

#include <cstdint>

namespace smtpgauge {

/// SplitMix64. Not for secrets.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t Next() {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31U);
  }
  /// In (0, 1]: its logarithm exists.
  double Fraction() { return static_cast<double>((Next() >> 11U) + 1) * 0x1p-53; }
  [[nodiscard]] double Exponential();  ///< mean 1
  [[nodiscard]] double Normal();       ///< mean 0, deviation 1

 private:
  std::uint64_t state_;
};

}  // namespace smtpgauge
