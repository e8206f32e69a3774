#include "runner/record/interval_series.h"

#include <algorithm>
#include <chrono>

namespace smtpgauge {
namespace {

constexpr Duration kSecond = std::chrono::seconds(1);

}  // namespace

IntervalSeries::IntervalSeries(TimePoint run_started)
    : run_started_(run_started),
      current_begin_(run_started),
      current_end_(run_started + kSecond),
      seconds_(1) {}

std::size_t IntervalSeries::Index(TimePoint at) const {
  if (at < run_started_) return 0;
  return std::min(static_cast<std::size_t>((at - run_started_) / kSecond), kMaxSeconds - 1);
}

void IntervalSeries::Grow(std::size_t index) {
  if (index >= seconds_.size()) seconds_.resize(index + 1);
}

Interval& IntervalSeries::At(TimePoint at) {
  if (at >= current_begin_ && at < current_end_) [[likely]] {
    return seconds_[current_];
  }
  const std::size_t index = Index(at);
  Grow(index);
  return seconds_[index];
}

void IntervalSeries::RecordResponse(TimePoint finished, Duration response) {
  const std::size_t index =
      finished >= current_begin_ && finished < current_end_ ? current_ : Index(finished);
  if (index == current_) [[likely]] {
    current_response_.Record(response);
    return;
  }
  Grow(index);
  Histogram single;
  single.Record(response);
  seconds_[index].message_response.Merge(PackedHistogram(single));
}

void IntervalSeries::Advance(TimePoint now, std::uint64_t open_sessions) {
  if (now < current_end_) [[likely]] {
    return;
  }
  const std::size_t next = Index(now);
  if (next == current_) return;
  Grow(next);
  seconds_[current_].message_response.Merge(PackedHistogram(current_response_));
  current_response_.Clear();
  for (; current_ < next; ++current_)
    seconds_[current_].open_sessions = open_sessions;
  current_begin_ = run_started_ + current_ * kSecond;
  current_end_ = current_begin_ + kSecond;
}

std::vector<Interval> IntervalSeries::Snapshot(std::uint64_t open_sessions) const {
  std::vector<Interval> seconds = seconds_;
  seconds[current_].message_response.Merge(PackedHistogram(current_response_));
  seconds[current_].open_sessions = open_sessions;
  return seconds;
}

}  // namespace smtpgauge
