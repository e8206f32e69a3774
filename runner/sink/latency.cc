#include "runner/sink/latency.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace smtpgauge::sink {
namespace {

constexpr double kLongest = 600e9;

std::optional<double> ParseNumber(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !(value >= 0))
    return std::nullopt;
  return value;
}

std::optional<double> ParseTime(std::string_view text) {
  struct Unit {
    std::string_view suffix;
    double nanoseconds;
  };
  for (const Unit& unit :
       {Unit{"ns", 1}, Unit{"us", 1e3}, Unit{"ms", 1e6}, Unit{"s", 1e9}, Unit{"m", 60e9}}) {
    if (!text.ends_with(unit.suffix)) continue;
    const auto number = ParseNumber(text.substr(0, text.size() - unit.suffix.size()));
    if (!number || *number * unit.nanoseconds > 1e18) return std::nullopt;
    return *number * unit.nanoseconds;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Nanoseconds> ParseDuration(std::string_view text) {
  const auto time = ParseTime(text);
  if (!time) return std::nullopt;
  return Nanoseconds(static_cast<std::int64_t>(*time));
}

std::optional<Latency> Latency::Parse(std::string_view text) {
  Latency latency;
  const auto colon = text.find(':');
  const std::string_view kind = text.substr(0, colon);
  const std::string_view rest = colon == std::string_view::npos ? "" : text.substr(colon + 1);
  std::optional<double> first;
  std::optional<double> second = 0.0;
  if (colon == std::string_view::npos) {
    first = ParseTime(text);
  } else if (kind == "uniform") {
    latency.shape_ = Shape::kUniform;
    const auto dash = rest.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    first = ParseTime(rest.substr(0, dash));
    second = ParseTime(rest.substr(dash + 1));
    if (first && second && *first > *second) return std::nullopt;
  } else if (kind == "exp") {
    latency.shape_ = Shape::kExponential;
    first = ParseTime(rest);
  } else if (kind == "lognormal") {
    latency.shape_ = Shape::kLogNormal;
    const auto separator = rest.find(':');
    if (separator == std::string_view::npos) return std::nullopt;
    first = ParseTime(rest.substr(0, separator));
    second = ParseNumber(rest.substr(separator + 1));
  }
  if (!first || !second) return std::nullopt;
  latency.first_ = *first;
  latency.second_ = *second;
  return latency;
}

Nanoseconds Latency::Draw(Random& random) const {
  double value = first_;
  switch (shape_) {
    case Shape::kFixed:
      break;
    case Shape::kUniform:
      value =
          std::uniform_real_distribution<double>(first_, std::nextafter(second_, kLongest))(random);
      break;
    case Shape::kExponential:
      value = first_ > 0 ? std::exponential_distribution<double>(1 / first_)(random) : 0;
      break;
    case Shape::kLogNormal:
      value =
          first_ > 0 ? std::lognormal_distribution<double>(std::log(first_), second_)(random) : 0;
      break;
  }
  return Nanoseconds(static_cast<std::int64_t>(std::clamp(value, 0.0, kLongest)));
}

std::optional<Stall> Stall::Parse(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto length = ParseDuration(text.substr(0, slash));
  const auto period = ParseDuration(text.substr(slash + 1));
  if (!length || !period || *length >= *period) return std::nullopt;
  return Stall{*length, *period};
}

}  // namespace smtpgauge::sink
