// What a load run has to reach: "p99(eod) < 250ms".
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "runner/record/load_result.h"
#include "runner/record/metric.h"

namespace smtpgauge {

/// The text is no threshold; what() quotes it and says what is allowed.
class ThresholdError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// METRIC COMPARISON LIMIT [over DURATION]: a metric (metric.h), one of < <= > >= == !=, and a
/// limit in the metric's unit: a duration for times (250ms), percent for rates (95%), messages per
/// second, minute or hour for throughput (400/s), a plain number for counts. With a duration in
/// whole seconds it has to hold in every window of that length within the measured time, moved on
/// by 1 s; the first that misses it is told, or else the last. Windows in which nothing was
/// measured are passed over: what waits then counts where it ends.
class Threshold {
 public:
  /// Throws ThresholdError.
  [[nodiscard]] static Threshold Parse(std::string_view text);

  /// What was never measured has not passed.
  [[nodiscard]] ThresholdResult Evaluate(const LoadResult& result) const;
  [[nodiscard]] const std::string& expression() const { return expression_; }

 private:
  enum class Comparison : std::uint8_t {
    kLess,
    kLessOrEqual,
    kGreater,
    kGreaterOrEqual,
    kEqual,
    kNotEqual
  };
  struct Operator;
  static const Operator& FindOperator(std::string_view text);

  void ParseLimit(std::string_view text);
  void ParseWindow(std::string_view text);
  [[nodiscard]] double MeasureWindows(const LoadResult& result) const;
  [[nodiscard]] bool Holds(double actual) const;

  std::string expression_;
  Metric metric_;
  Comparison comparison_ = Comparison::kLess;
  double limit_ = 0;        ///< in the metric's unit
  double unit_size_ = 1;    ///< metric's units in one of the written unit
  std::string unit_;        ///< as written
  std::size_t window_ = 0;  ///< seconds; 0: the whole run
};

}  // namespace smtpgauge
