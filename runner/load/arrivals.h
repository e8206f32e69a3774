// When messages are wanted: load shapes as integrals in closed form, so that the k-th arrival has
// an exact instant and nothing drifts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "runner/load/random.h"
#include "runner/record/event.h"

namespace smtpgauge {

/// Expected number of arrivals over time: a list of linear pieces, a sine, or recorded instants.
/// Immutable; shared by all workers.
class LoadShape {
 public:
  /// Evenly at `rate` per second, for ever.
  [[nodiscard]] static LoadShape Constant(double rate);
  /// "30s:100,2m:100-1000": pieces of a constant rate, or of one that changes linearly; messages
  /// per second. Throws UnitError.
  [[nodiscard]] static LoadShape Stages(std::string_view text);
  /// Adds the manner of --arrivals: constant, poisson, burst:N, sine:AMPLITUDE:PERIOD (around the
  /// rate, which must be constant). Throws UnitError.
  [[nodiscard]] LoadShape Arriving(std::string_view text) const;
  /// Recorded instants, one per line, in seconds since the begin, in any order; empty lines and
  /// lines that begin with # are skipped. Throws UnitError.
  [[nodiscard]] static LoadShape Trace(std::string_view lines);

  /// Arrivals expected before `time`, a real number.
  [[nodiscard]] double CountBefore(Duration time) const;
  /// The earliest time before which `count` arrivals are expected; nullopt: there are never so
  /// many.
  [[nodiscard]] std::optional<Duration> TimeOf(double count) const;
  /// When the shape itself ends; nullopt: never.
  [[nodiscard]] std::optional<Duration> end() const;
  /// Highest rate, per second; 0 for a trace.
  [[nodiscard]] double PeakRate() const;

 private:
  friend class Arrivals;
  enum class Spacing : std::uint8_t { kEven, kPoisson };
  struct Piece {
    double begin, length;  ///< seconds; the last piece of a shape without end is infinitely long
    double from, to;       ///< per second
    double before;         ///< arrivals before `begin`
    [[nodiscard]] double CountAfter(double seconds) const;
    [[nodiscard]] double TimeAfter(double count) const;
  };

  std::vector<Piece> pieces_;
  double amplitude_ = 0;  ///< of the sine, per second
  double period_ = 0;     ///< seconds
  std::vector<Duration> trace_;
  bool traced_ = false;
  Spacing spacing_ = Spacing::kEven;
  std::uint32_t burst_ = 1;
};

/// The arrivals of one worker, in order: of all arrivals number first, first + stride, ... Two
/// objects of the same seed give the same instants.
class Arrivals {
 public:
  Arrivals(const LoadShape& shape, std::uint64_t seed, std::uint64_t first, std::uint64_t stride);

  /// The arrival at hand; nullopt behind the last.
  [[nodiscard]] std::optional<Duration> time() const { return time_; }
  /// Its number among all arrivals of the run.
  [[nodiscard]] std::uint64_t number() const { return number_; }
  void Advance();

 private:
  void Find();

  const LoadShape* shape_;
  Random random_;
  std::uint64_t stride_;
  std::uint64_t number_;
  std::uint64_t drawn_ = 0;  ///< Poisson: arrivals that `passed_` is the sum of
  double passed_ = 0;
  std::optional<Duration> time_;
};

}  // namespace smtpgauge
