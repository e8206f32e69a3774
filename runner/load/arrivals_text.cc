// Load shapes as people write them.
#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "runner/load/arrivals.h"
#include "runner/record/units.h"

namespace smtpgauge {
namespace {

/// Bounds within which every sum fits a Duration and a count: 10,000 h, a thousand million a
/// second.
constexpr double kMostSeconds = 36e6;
constexpr double kMostPerSecond = 1e9;

double Seconds(std::string_view text) {
  return std::chrono::duration<double>(ParseDuration(text)).count();
}

/// A number from 0 to `most`; `what` names it in the error.
double NumberOf(std::string_view text, std::string_view what, double most) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value) ||
      value < 0 || value > most) {
    throw UnitError(
        fmt::format("\"{}\" is no {}; expected a number from 0 to {:.0f}", text, what, most));
  }
  return value;
}

std::string_view TakeField(std::string_view& rest, char separator) {
  const std::size_t at = rest.find(separator);
  const std::string_view field = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
  return field;
}

}  // namespace

LoadShape LoadShape::Stages(std::string_view text) {
  LoadShape shape;
  double begin = 0;
  double before = 0;
  std::string_view rest = text;
  if (text.ends_with(',') || text.ends_with('-'))
    throw UnitError(fmt::format("\"{}\": something is missing at its end", text));
  while (!rest.empty() || shape.pieces_.empty()) {
    std::string_view rates = TakeField(rest, ',');
    if (rates.find(':') == std::string_view::npos)
      throw UnitError(fmt::format("\"{}\" is no stage; expected 30s:100 or 2m:100-1000", rates));
    const double length = Seconds(TakeField(rates, ':'));
    const double from = NumberOf(TakeField(rates, '-'), "rate per second", kMostPerSecond);
    const double to = rates.empty() ? from : NumberOf(rates, "rate per second", kMostPerSecond);
    if (length <= 0) throw UnitError(fmt::format("\"{}\": a stage needs a length", text));
    shape.pieces_.push_back({begin, length, from, to, before});
    before += shape.pieces_.back().CountAfter(length);
    begin += length;
    if (begin > kMostSeconds)
      throw UnitError(fmt::format("\"{}\": the stages take more than 10,000 hours in all", text));
  }
  return shape;
}

LoadShape LoadShape::Arriving(std::string_view text) const {
  LoadShape shape = *this;
  std::string_view rest = text;
  const std::string_view kind = TakeField(rest, ':');
  if (kind == "constant" && rest.empty()) return shape;
  if (kind == "poisson" && rest.empty()) {
    shape.spacing_ = Spacing::kPoisson;
    return shape;
  }
  if (kind == "burst") {
    const double size = NumberOf(rest, "burst size", 1'000'000);
    if (size < 1 || size != std::floor(size))
      throw UnitError(fmt::format("\"{}\": a burst has 1 to 1,000,000 messages", text));
    shape.burst_ = static_cast<std::uint32_t>(size);
    return shape;
  }
  if (kind == "sine") {
    shape.amplitude_ = NumberOf(TakeField(rest, ':'), "amplitude", kMostPerSecond);
    shape.period_ = Seconds(rest);
    if (pieces_.size() != 1 || !std::isinf(pieces_.front().length))
      throw UnitError(fmt::format("\"{}\" goes with a constant --rate, not with stages", text));
    if (shape.amplitude_ > pieces_.front().from)
      throw UnitError(fmt::format("\"{}\": the amplitude is above the rate itself", text));
    if (shape.period_ <= 0) throw UnitError(fmt::format("\"{}\": a sine needs a period", text));
    return shape;
  }
  throw UnitError(
      fmt::format("\"{}\" is no kind of arrivals; expected constant, poisson, burst:N, "
                  "sine:AMPLITUDE:PERIOD or trace:FILE",
                  text));
}

LoadShape LoadShape::Trace(std::string_view lines) {
  LoadShape shape;
  shape.traced_ = true;
  while (!lines.empty()) {
    std::string_view line = TakeField(lines, '\n');
    while (!line.empty() && (line.back() == '\r' || line.back() == ' '))
      line.remove_suffix(1);
    if (line.empty() || line.front() == '#') continue;
    const double seconds = NumberOf(line, "arrival time in seconds", kMostSeconds);
    shape.trace_.push_back(Duration(std::llround(seconds * 1e9)));
  }
  std::sort(shape.trace_.begin(), shape.trace_.end());
  return shape;
}

}  // namespace smtpgauge
