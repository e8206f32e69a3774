#include "runner/session/link.h"

namespace smtpgauge {

std::span<const iovec> OutQueue::Gather() {
  char* owned = owned_.data();
  for (iovec& chunk : chunks_) {
    if (chunk.iov_base != nullptr) continue;
    chunk.iov_base = owned;
    owned += chunk.iov_len;
  }
  return chunks_;
}

void OutQueue::Clear() {
  constexpr std::size_t kKeep = 16 * 1024;
  chunks_.clear();
  if (owned_.capacity() > kKeep) {
    std::string().swap(owned_);
  } else {
    owned_.clear();
  }
}

void ExchangeQueue::Clear() {
  items_.clear();
  head_ = 0;
  sent_ = 0;
}

}  // namespace smtpgauge
