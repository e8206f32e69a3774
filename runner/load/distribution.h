// Sizes and think times: a constant, or drawn anew each time.
#pragma once

#include <cstdint>
#include <string_view>

#include "runner/load/random.h"
#include "runner/record/event.h"

namespace smtpgauge {

/// "1k" or "100ms" (constant), "uniform:1k-100k", "exp:1s" (mean), "lognormal:8k:1.0" (median, and
/// the deviation of the logarithm).
class Distribution {
 public:
  Distribution() = default;  ///< constant 0
  /// Octets (units.h, ParseSize). Throws UnitError.
  [[nodiscard]] static Distribution OfSizes(std::string_view text);
  /// Nanoseconds (units.h, ParseDuration; "0" is allowed). Throws UnitError.
  [[nodiscard]] static Distribution OfDurations(std::string_view text);

  /// At least 0, at most `most`: long tails are cut there.
  [[nodiscard]] std::uint64_t Sample(Random& random, std::uint64_t most) const;
  [[nodiscard]] bool constant() const { return kind_ == Kind::kConstant; }
  [[nodiscard]] double Mean() const;

 private:
  enum class Kind : std::uint8_t { kConstant, kUniform, kExponential, kLognormal };
  using Unit = double (*)(std::string_view);
  static Distribution Parse(std::string_view text, Unit unit);

  Kind kind_ = Kind::kConstant;
  double first_ = 0;   ///< constant, lower bound, mean, median
  double second_ = 0;  ///< upper bound, deviation
};

}  // namespace smtpgauge
