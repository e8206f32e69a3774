// How long the sink waits before a reply, and how it plays dead: the knobs with which a load
// generator's own numbers are proven.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string_view>

namespace smtpgauge::sink {

using Nanoseconds = std::chrono::nanoseconds;
using Random = std::mt19937_64;

/// A distribution of waiting times: `5ms`, `uniform:1ms-9ms`, `exp:5ms` (mean), or
/// `lognormal:5ms:0.5` (median and sigma of the logarithm).
class Latency {
 public:
  /// Nothing when the text is none of the forms above.
  [[nodiscard]] static std::optional<Latency> Parse(std::string_view text);

  /// One draw; never negative, never above ten minutes.
  [[nodiscard]] Nanoseconds Draw(Random& random) const;

 private:
  enum class Shape : std::uint8_t { kFixed, kUniform, kExponential, kLogNormal };

  Shape shape_ = Shape::kFixed;
  double first_ = 0;   // nanoseconds: value, lower end, mean, median
  double second_ = 0;  // nanoseconds: upper end; or sigma
};

/// `1s/10s`: asleep for `length` at the end of every `period`.
struct Stall {
  Nanoseconds length{};
  Nanoseconds period{};

  [[nodiscard]] static std::optional<Stall> Parse(std::string_view text);
};

/// `250us`, `5ms`, `1.5s`, `2m`; nothing for anything else, negative values included.
[[nodiscard]] std::optional<Nanoseconds> ParseDuration(std::string_view text);

}  // namespace smtpgauge::sink
