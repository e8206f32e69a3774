#include "runner/load/arrivals.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace smtpgauge {
namespace {

constexpr double kForEver = std::numeric_limits<double>::infinity();

double Seconds(Duration time) {
  return std::chrono::duration<double>(time).count();
}

Duration FromSeconds(double seconds) {
  // Ceiling: CountBefore(TimeOf(n)) never falls below n by rounding.
  return Duration(static_cast<std::int64_t>(std::ceil(seconds * 1e9)));
}

}  // namespace

double LoadShape::Piece::CountAfter(double seconds) const {
  const double slope = std::isinf(length) ? 0 : (to - from) / length;
  return from * seconds + slope * seconds * seconds / 2;
}

double LoadShape::Piece::TimeAfter(double count) const {
  if (count <= 0) return 0;
  const double slope = std::isinf(length) ? 0 : (to - from) / length;
  // The root of slope/2 t^2 + from t = count, in the form that keeps its digits when slope is
  // small.
  const double rate = std::sqrt(std::max(0.0, from * from + 2 * slope * count));
  return std::min(length, 2 * count / (from + rate));
}

double LoadShape::CountBefore(Duration time) const {
  if (traced_) {
    const auto at = std::lower_bound(trace_.begin(), trace_.end(), time);
    return static_cast<double>(at - trace_.begin());
  }
  const double seconds = Seconds(time);
  if (seconds <= 0) return 0;
  double count = 0;
  for (const Piece& piece : pieces_) {
    if (seconds < piece.begin) break;
    count = piece.before + piece.CountAfter(std::min(seconds - piece.begin, piece.length));
  }
  if (amplitude_ > 0) {
    const double turn = 2 * std::numbers::pi / period_;
    count += amplitude_ / turn * (1 - std::cos(turn * seconds));
  }
  return count;
}

std::optional<Duration> LoadShape::TimeOf(double count) const {
  if (traced_) {
    const auto index = static_cast<std::size_t>(std::max(0.0, std::ceil(count)));
    if (index >= trace_.size()) return std::nullopt;
    return trace_[index];
  }
  for (const Piece& piece : pieces_) {
    const double within = piece.CountAfter(piece.length);
    if (count - piece.before >= within && !std::isinf(piece.length)) continue;
    if (piece.from <= 0 && piece.to <= 0) return std::nullopt;
    const double even = piece.begin + piece.TimeAfter(count - piece.before);
    if (amplitude_ <= 0) return FromSeconds(even);
    // The sine only adds: the arrival comes at most 2 A / turn arrivals earlier than it would
    // evenly. Between the two, CountBefore() rises, so halving finds it to the nanosecond.
    const double ahead = amplitude_ * period_ / std::numbers::pi;
    double low = std::max(0.0, even - ahead / piece.from);
    double high = even;
    for (int i = 0; i < 60 && high - low > 1e-10; ++i) {
      const double middle = (low + high) / 2;
      (CountBefore(FromSeconds(middle)) < count ? low : high) = middle;
    }
    return FromSeconds(high);
  }
  return std::nullopt;
}

std::optional<Duration> LoadShape::end() const {
  if (traced_) return trace_.empty() ? Duration{} : trace_.back();
  const Piece& last = pieces_.back();
  if (std::isinf(last.length)) return std::nullopt;
  return FromSeconds(last.begin + last.length);
}

double LoadShape::PeakRate() const {
  double peak = 0;
  for (const Piece& piece : pieces_)
    peak = std::max({peak, piece.from, piece.to});
  return peak + amplitude_;
}

LoadShape LoadShape::Constant(double rate) {
  LoadShape shape;
  shape.pieces_.push_back({0, kForEver, rate, rate, 0});
  return shape;
}

Arrivals::Arrivals(const LoadShape& shape, std::uint64_t seed, std::uint64_t first,
                   std::uint64_t stride)
    : shape_(&shape), random_(seed), stride_(stride), number_(first) {
  Find();
}

void Arrivals::Find() {
  if (shape_->traced_) {
    time_ = shape_->TimeOf(static_cast<double>(number_));
    return;
  }
  if (shape_->spacing_ == LoadShape::Spacing::kPoisson) {
    for (; drawn_ <= number_; ++drawn_)
      passed_ += random_.Exponential();
    time_ = shape_->TimeOf(passed_);
    return;
  }
  const std::uint64_t group = number_ / shape_->burst_ * shape_->burst_;
  time_ = shape_->TimeOf(static_cast<double>(group));
}

void Arrivals::Advance() {
  number_ += stride_;
  Find();
}

}  // namespace smtpgauge
