#include "runner/load/distribution.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "runner/record/units.h"

namespace smtpgauge {
namespace {

double Octets(std::string_view text) {
  return static_cast<double>(ParseSize(text));
}

double Nanoseconds(std::string_view text) {
  return text == "0" ? 0 : static_cast<double>(ParseDuration(text).count());
}

double Deviation(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(value >= 0) || value > 10) {
    throw UnitError(
        fmt::format("\"{}\" is no deviation of a logarithm; expected a number from 0 to 10", text));
  }
  return value;
}

/// Splits behind `kind`, at `separator`; false when `text` is of another kind.
bool Cut(std::string_view text, std::string_view kind, char separator, std::string_view& first,
         std::string_view& second) {
  if (!text.starts_with(kind)) return false;
  text.remove_prefix(kind.size());
  const std::size_t at = text.find(separator);
  if (at == std::string_view::npos) {
    throw UnitError(
        fmt::format("\"{}{}\" wants two values with \"{}\" between them", kind, text, separator));
  }
  first = text.substr(0, at);
  second = text.substr(at + 1);
  return true;
}

}  // namespace

Distribution Distribution::Parse(std::string_view text, Unit unit) {
  Distribution out;
  std::string_view first;
  std::string_view second;
  if (Cut(text, "uniform:", '-', first, second)) {
    out.kind_ = Kind::kUniform;
    out.first_ = unit(first);
    out.second_ = unit(second);
    if (out.second_ < out.first_)
      throw UnitError(fmt::format("\"{}\": the upper bound is below the lower one", text));
  } else if (Cut(text, "lognormal:", ':', first, second)) {
    out.kind_ = Kind::kLognormal;
    out.first_ = unit(first);
    out.second_ = Deviation(second);
  } else if (text.starts_with("exp:")) {
    out.kind_ = Kind::kExponential;
    out.first_ = unit(text.substr(4));
  } else if (text.find(':') != std::string_view::npos) {
    throw UnitError(
        fmt::format("\"{}\" is no distribution; expected a constant, uniform:A-B, exp:MEAN or "
                    "lognormal:MEDIAN:DEVIATION",
                    text));
  } else {
    out.first_ = unit(text);
  }
  return out;
}

Distribution Distribution::OfSizes(std::string_view text) {
  return Parse(text, Octets);
}

Distribution Distribution::OfDurations(std::string_view text) {
  return Parse(text, Nanoseconds);
}

std::uint64_t Distribution::Sample(Random& random, std::uint64_t most) const {
  double value = first_;
  switch (kind_) {
    case Kind::kConstant:
      break;
    case Kind::kUniform:
      value += (second_ - first_) * random.Fraction();
      break;
    case Kind::kExponential:
      value *= random.Exponential();
      break;
    case Kind::kLognormal:
      value *= std::exp(second_ * random.Normal());
      break;
  }
  return static_cast<std::uint64_t>(std::min(value, static_cast<double>(most)));
}

double Distribution::Mean() const {
  switch (kind_) {
    case Kind::kConstant:
    case Kind::kExponential:
      return first_;
    case Kind::kUniform:
      return (first_ + second_) / 2;
    case Kind::kLognormal:
      return first_ * std::exp(second_ * second_ / 2);
  }
  return first_;
}

}  // namespace smtpgauge
