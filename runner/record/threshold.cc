#include "runner/record/threshold.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>

#include "runner/record/units.h"

namespace smtpgauge {
namespace {

constexpr std::string_view kComparisonOctets = "<>=!";

std::string_view Trim(std::string_view text) {
  while (text.starts_with(' '))
    text.remove_prefix(1);
  while (text.ends_with(' '))
    text.remove_suffix(1);
  return text;
}

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
    threshold.ParseLimit(end == expression.npos ? "" : Trim(expression.substr(end)));
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
  const double measured = metric_.measure(result);
  ThresholdResult evaluated;
  evaluated.expression = expression_;
  evaluated.actual = measured / unit_size_;
  evaluated.unit = unit_;
  if (std::isnan(measured)) {
    evaluated.reason = metric_.absence;
  } else {
    evaluated.passed = Holds(measured);
  }
  return evaluated;
}

}  // namespace smtpgauge
