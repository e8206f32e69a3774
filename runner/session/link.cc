#include "runner/session/link.h"

namespace smtpgauge {

void OutQueue::AddShared(std::string_view octets) {
  if (!octets.empty()) chunks_.push_back({octets.data(), 0, octets.size()});
}

void OutQueue::TakeOwned(std::size_t begin) {
  const std::size_t size = owned_.size() - begin;
  if (size == 0) return;
  // Neighbouring commands of one group become one chunk: fewer iovecs for the kernel.
  if (!chunks_.empty() && chunks_.back().shared == nullptr) {
    chunks_.back().size += size;
    return;
  }
  chunks_.push_back({nullptr, begin, size});
}

std::span<const iovec> OutQueue::Gather() {
  // Per thread and not per connection: thousands of idle sessions must stay small.
  thread_local std::vector<iovec> vectors;
  vectors.clear();
  for (const Chunk& chunk : chunks_) {
    const char* data = chunk.shared != nullptr ? chunk.shared : owned_.data() + chunk.begin;
    vectors.push_back(
        {const_cast<char*>(data), chunk.size});  // writev's own signature is not const
  }
  return vectors;
}

void OutQueue::Clear() {
  constexpr std::size_t kKeep = 4096;
  chunks_.clear();
  if (owned_.capacity() > kKeep) {
    std::string().swap(owned_);
  } else {
    owned_.clear();
  }
}

void ExchangeQueue::Pop() {
  ++head_;
  if (head_ < items_.size()) return;
  items_.clear();
  head_ = 0;
  sent_ = 0;
}

std::span<Exchange> ExchangeQueue::TakeUnsent() {
  const std::span<Exchange> unsent(items_.data() + sent_, items_.size() - sent_);
  sent_ = items_.size();
  return unsent;
}

void ExchangeQueue::Clear() {
  items_.clear();
  head_ = 0;
  sent_ = 0;
}

}  // namespace smtpgauge
