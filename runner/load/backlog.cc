#include "runner/load/backlog.h"

#include <algorithm>

namespace smtpgauge {

Backlog::Backlog(const LoadShape& shape, const WeightedChoice& mix, std::size_t scripts,
                 std::uint64_t seed, std::uint64_t first, std::uint64_t stride, std::uint64_t limit)
    : mix_(&mix),
      limit_(limit),
      offered_(shape, seed, first, stride),
      taken_(scripts, offered_),
      waiting_(scripts) {
  for (std::uint16_t script = 0; script < scripts; ++script)
    Seek(script);
}

void Backlog::Seek(std::uint16_t script) {
  Arrivals& at = taken_[script];
  // One cycle of the mix has every script that is ever chosen.
  for (std::size_t i = 0; i < mix_->cycle() && at.number() < limit_ && at.time(); ++i) {
    if (mix_->At(at.number()) == script) return;
    at.Advance();
  }
}

std::optional<Duration> Backlog::next() const {
  if (offered_.number() >= limit_) return std::nullopt;
  return offered_.time();
}

Backlog::Due Backlog::Offer() {
  const Due due{*offered_.time(), mix_->At(offered_.number())};
  ++waiting_[due.script];
  offered_.Advance();
  return due;
}

bool Backlog::empty() const {
  return std::all_of(waiting_.begin(), waiting_.end(), [](auto count) { return count == 0; });
}

void Backlog::Take(std::uint16_t script) {
  --waiting_[script];
  taken_[script].Advance();
  Seek(script);
}

void Backlog::Keep(std::uint16_t script, std::uint64_t count,
                   const std::function<void(Duration)>& dropped) {
  const Arrivals first = taken_[script];
  const std::uint64_t kept = std::min(count, waiting_[script]);
  for (std::uint64_t i = 0; waiting_[script] > 0; ++i) {
    if (i >= kept) dropped(oldest(script));
    Take(script);
  }
  taken_[script] = first;
  waiting_[script] = kept;
}

}  // namespace smtpgauge
