#include "runner/load/random.h"

#include <cmath>
#include <numbers>

namespace smtpgauge {

double Random::Exponential() {
  return -std::log(Fraction());
}

double Random::Normal() {
  const double radius = std::sqrt(-2 * std::log(Fraction()));
  return radius * std::cos(2 * std::numbers::pi * Fraction());
}

}  // namespace smtpgauge
