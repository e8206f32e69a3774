#include "runner/record/threshold.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <limits>

#include "runner/record/units.h"

namespace smtpgauge {
namespace {

constexpr std::string_view kComparisonOctets = "<>=!";

/// A plain decimal number that is the whole of `text`.
bool ParseNumber(std::string_view text, double& number) {
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  return error == std::errc() && at == end && std::isfinite(number) && !std::signbit(number);
}

double Micros(Duration duration) {
  return std::chrono::duration<double, std::micro>(duration).count();
}

}  // namespace

struct Threshold::Operator {
  std::string_view text;
  Comparison comparison;
};

const Threshold::Operator& Threshold::FindOperator(std::string_view text) {
  static constexpr std::array<Operator, 6> kOperators = {{{"<", Comparison::kLess},
                                                          {"<=", Comparison::kLessOrEqual},
                                                          {">", Comparison::kGreater},
                                                          {">=", Comparison::kGreaterOrEqual},
                                                          {"==", Comparison::kEqual},
                                                          {"!=", Comparison::kNotEqual}}};
  for (const Operator& known : kOperators) {
    if (known.text == text) return known;
  }
  throw ThresholdError("write METRIC, one of < <= > >= == !=, and a limit, as in p99(eod) < 250ms");
}

Threshold Threshold::Parse(std::string_view text) {
  Threshold threshold;
  threshold.expression_ = Trim(text);
  const std::string_view expression = threshold.expression_;
  try {
    const std::size_t begin = expression.find_first_of(kComparisonOctets);
    const std::size_t end = expression.find_first_not_of(
        kComparisonOctets, begin == expression.npos ? expression.size() : begin);
    const std::string_view sign =
        begin == expression.npos ? "" : expression.substr(begin, end - begin);
    threshold.comparison_ = FindOperator(sign).comparison;
    threshold.metric_ = ParseMetric(expression.substr(0, begin));
    std::string_view limit = end == expression.npos ? "" : Trim(expression.substr(end));
    constexpr std::string_view kOver = " over ";
    if (const std::size_t over = limit.find(kOver); over != limit.npos) {
      threshold.ParseWindow(Trim(limit.substr(over + kOver.size())));
      limit = Trim(limit.substr(0, over));
    }
    threshold.ParseLimit(limit);
  } catch (const std::runtime_error& error) {
    constexpr std::size_t kQuoted = 80;
    throw ThresholdError("threshold '" + threshold.expression_.substr(0, kQuoted) +
                         "': " + error.what());
  }
  return threshold;
}

void Threshold::ParseLimit(std::string_view text) {
  const std::size_t unit_begin = text.find_last_of("0123456789.") + 1;
  unit_ = text.substr(unit_begin);
  switch (metric_.unit) {
    case Metric::Unit::kMicros:
      limit_ = Micros(ParseDuration(text));
      unit_size_ = Micros(ParseDuration("1" + unit_));
      return;
    case Metric::Unit::kPerSecond:
      limit_ = ParseRate(text);
      unit_size_ = ParseRate("1" + unit_);
      return;
    case Metric::Unit::kPercent:
      if (unit_ != "%" || !ParseNumber(text.substr(0, unit_begin), limit_)) {
        throw ThresholdError("the limit of a rate is percent, as in 95%");
      }
      return;
    case Metric::Unit::kCount:
      if (!ParseNumber(text, limit_)) {
        throw ThresholdError("the limit of a count is a plain number, as in 0");
      }
      return;
  }
}

void Threshold::ParseWindow(std::string_view text) {
  constexpr Duration kSecond = std::chrono::seconds(1);
  const Duration window = ParseDuration(text);
  if (window < kSecond || window % kSecond != Duration{})
    throw ThresholdError("a window is a number of whole seconds, as in over 10s");
  if (!metric_.by_second) {
    throw ThresholdError(
        "only throughput, counts and rates of messages, and the response time of messages "
        "(p99(message)) can be looked at over a window");
  }
  window_ = static_cast<std::size_t>(window / kSecond);
}

/// In the metric's unit; NaN when no window is complete, or none measured anything.
double Threshold::MeasureWindows(const LoadResult& result) const {
  constexpr Duration kSecond = std::chrono::seconds(1);
  const auto first =
      static_cast<std::size_t>((result.measured_from + kSecond - Duration(1)) / kSecond);
  const auto whole = static_cast<std::size_t>((result.measured_from + result.measured) / kSecond);
  const std::size_t end = std::min(whole, result.series.size());
  double latest = std::numeric_limits<double>::quiet_NaN();
  for (std::size_t begin = first; begin + window_ <= end; ++begin) {
    LoadResult part;
    part.measured = kSecond * window_;
    Histogram& response = part.phases[{Phase::kMessage, Outcome::k2yz}].response;
    for (std::size_t second = begin; second < begin + window_; ++second) {
      Add(part.messages, result.series[second].messages);
      result.series[second].message_response.AddTo(response);
    }
    part.in_window = part.messages;  // the series has them where they happened
    const double measured = metric_.measure(part);
    if (std::isnan(measured)) continue;
    latest = measured;
    if (!Holds(measured)) break;
  }
  return latest;
}

bool Threshold::Holds(double actual) const {
  switch (comparison_) {
    case Comparison::kLess:
      return actual < limit_;
    case Comparison::kLessOrEqual:
      return actual <= limit_;
    case Comparison::kGreater:
      return actual > limit_;
    case Comparison::kGreaterOrEqual:
      return actual >= limit_;
    case Comparison::kEqual:
      return actual == limit_;
    case Comparison::kNotEqual:
      return actual != limit_;
  }
  return false;
}

ThresholdResult Threshold::Evaluate(const LoadResult& result) const {
  const double measured = window_ == 0 ? metric_.measure(result) : MeasureWindows(result);
  ThresholdResult evaluated;
  evaluated.expression = expression_;
  evaluated.actual = measured / unit_size_;
  evaluated.unit = unit_;
  if (std::isnan(measured)) {
    evaluated.reason = window_ == 0 ? metric_.absence
                                    : "nothing was measured in a whole window of " +
                                          std::to_string(window_) + " s";
  } else {
    evaluated.passed = Holds(measured);
  }
  return evaluated;
}

}  // namespace smtpgauge
