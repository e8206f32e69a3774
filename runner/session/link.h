// One connection of a session: what waits to be sent, what was received, who owes a reply.
#pragma once

#include <sys/uio.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runner/record/event.h"
#include "runner/smtp/extension.h"
#include "runner/smtp/reply_parser.h"
#include "scenarios/plan.h"

namespace smtpgauge {

/// A command that was queued and whose reply is owed; or a run of commands of the same step that
/// leave together.
struct Exchange {
  static constexpr std::uint16_t kNoopProof = 0xffff;  ///< operations of the engine itself
  static constexpr std::uint16_t kQuitProof = 0xfffe;
  static constexpr std::uint16_t kRecovery =
      0xfffd;  ///< RSET, or the lone dot, after a refused message
  static constexpr std::uint16_t kFirstOwn = kRecovery;

  std::uint16_t op = 0;  ///< index into Script::ops, or one of the above
  Phase phase = Phase::kOther;
  std::uint32_t replies =
      1;  ///< still owed: of each command of a run, or in LMTP of each recipient
  std::uint32_t message = 0;  ///< load: number of the message it belongs to
  TimePoint started{};        ///< set when its octets leave; zero before
  TimePoint turn{};           ///< load: when the reply before it came, if that was later
  TimePoint deadline{};
};

/// Octets on their way out: chunks of long-lived octets (plan, content) and of owned ones.
class OutQueue {
 public:
  [[nodiscard]] bool empty() const { return chunks_.empty(); }
  /// `octets` must stay valid until the queue was written.
  void AddShared(std::string_view octets);
  /// Where a command with variables is rendered to; call TakeOwned() behind it.
  std::string& owned() { return owned_; }
  /// Queues what was appended to owned() since it had `begin` octets.
  void TakeOwned(std::size_t begin);
  /// As iovecs, valid until Clear(); nothing may be added meanwhile.
  [[nodiscard]] std::span<const iovec> Gather();
  void Clear();

 private:
  std::string owned_;
  /// Without a base until Gather(): the next octets of owned_, which may still move.
  std::vector<iovec> chunks_;
};

/// First in, first out without allocation once grown.
class ExchangeQueue {
 public:
  [[nodiscard]] bool empty() const { return head_ == items_.size(); }
  [[nodiscard]] std::size_t size() const { return items_.size() - head_; }
  Exchange& front() { return items_[head_]; }
  Exchange& back() { return items_.back(); }
  void Push(const Exchange& exchange) { items_.push_back(exchange); }
  /// Makes one run of the last exchange and this one, if nothing tells them apart.
  bool Extend(const Exchange& exchange);
  void Pop();
  /// Those queued since the last call: their octets leave now.
  std::span<Exchange> TakeUnsent();
  /// Those whose octets have left, or are leaving.
  std::span<Exchange> Sent() { return std::span(items_).subspan(head_, sent_ - head_); }
  void Clear();

 private:
  std::vector<Exchange> items_;
  std::size_t head_ = 0;
  std::size_t sent_ = 0;
};

struct Link {
  [[nodiscard]] OutQueue& filling() { return queues[side]; }
  /// Handed to the host, not all written yet.
  [[nodiscard]] OutQueue& flying() { return queues[side ^ 1U]; }
  /// What was filling is flying now; no octet moves.
  void Flip() { side ^= 1U; }

  std::array<OutQueue, 2> queues;
  std::uint8_t side = 0;
  smtp::ReplyParser parser;
  ExchangeQueue exchanges;
  std::string backlog;  ///< octets that came although nothing was owed
  std::shared_ptr<const smtp::ExtensionSet> extensions;
  bool open = false;
  bool tls = false;
  bool we_closed = false;
  bool close_observed = false;  ///< the scenario itself looked at the close
  bool quit_sent = false;
  bool owes_reply = false;       ///< that it did not come in time was tolerated: it may still come
  bool close_announced = false;  ///< by 421 (RFC 5321 section 3.8)
  TimePoint active{};            ///< when octets went or came last
  std::optional<CloseKind> ended;  ///< how the peer ended it
};

// Part of every exchange, therefore inline.

inline void OutQueue::AddShared(std::string_view octets) {
  // The interface of writev lacks a const.
  if (!octets.empty()) chunks_.push_back({const_cast<char*>(octets.data()), octets.size()});
}

inline void OutQueue::TakeOwned(std::size_t begin) {
  const std::size_t size = owned_.size() - begin;
  if (size == 0) return;
  // Neighbouring commands of one group become one chunk: fewer iovecs for the kernel.
  if (!chunks_.empty() && chunks_.back().iov_base == nullptr) {
    chunks_.back().iov_len += size;
  } else {
    chunks_.push_back({nullptr, size});
  }
}

inline void ExchangeQueue::Pop() {
  ++head_;
  if (head_ < items_.size()) return;
  items_.clear();
  head_ = 0;
  sent_ = 0;
}

inline bool ExchangeQueue::Extend(const Exchange& exchange) {
  if (items_.size() == sent_) [[likely]] {
    return false;  // what was sent before has a clock of its own
  }
  Exchange& last = items_.back();
  if (last.op != exchange.op || last.message != exchange.message || last.replies == 0 ||
      last.deadline != exchange.deadline)
    return false;
  last.replies += exchange.replies;
  return true;
}

inline std::span<Exchange> ExchangeQueue::TakeUnsent() {
  const std::span<Exchange> unsent(items_.data() + sent_, items_.size() - sent_);
  sent_ = items_.size();
  return unsent;
}

}  // namespace smtpgauge
