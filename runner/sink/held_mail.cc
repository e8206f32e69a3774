#include "runner/sink/held_mail.h"

#include <algorithm>
#include <utility>

namespace smtpgauge::sink {
namespace {

constexpr std::size_t kMostMessages = 1000;
constexpr std::uint64_t kMostOctets = 64 * 1024 * 1024;

bool IsLater(const HeldMessage& a, const HeldMessage& b) {
  return a.due > b.due;
}

}  // namespace

bool HeldMail::HasRoom(std::uint64_t octets) const {
  return heap_.size() < kMostMessages && octets <= kMostOctets - octets_;
}

void HeldMail::Add(HeldMessage message) {
  octets_ += message.octets;
  heap_.push_back(std::move(message));
  std::push_heap(heap_.begin(), heap_.end(), IsLater);
}

std::optional<std::int64_t> HeldMail::NextDue() const {
  if (heap_.empty()) return std::nullopt;
  return heap_.front().due;
}

std::optional<HeldMessage> HeldMail::TakeDue(std::int64_t now) {
  if (heap_.empty() || heap_.front().due > now) return std::nullopt;
  std::pop_heap(heap_.begin(), heap_.end(), IsLater);
  HeldMessage message = std::move(heap_.back());
  heap_.pop_back();
  octets_ -= message.octets;
  return message;
}

}  // namespace smtpgauge::sink
