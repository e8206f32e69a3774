// A conversation with the dialogue alone: no socket, no thread, no clock.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runner/sink/dialogue.h"

namespace smtpgauge::sink {

class Talk : public Endpoints {
 public:
  explicit Talk(Config config = {})
      : own_(std::make_unique<Service>(std::move(config))), dialogue_(*own_, counters_, *this, 1) {
    dialogue_.Greet(connection_);
    greeting_ = Taken();
  }
  /// One of several clients of a service, which must outlive the talk.
  explicit Talk(Service& service) : dialogue_(service, counters_, *this, 1) {
    dialogue_.Greet(connection_);
    greeting_ = Taken();
  }

  /// Offers octets as one read, keeps what the dialogue leaves, and returns the replies.
  std::string Send(std::string_view octets) {
    kept_ += octets;
    std::size_t taken = 0;
    std::string said;
    do {
      taken = dialogue_.Consume(connection_, kept_);
      kept_.erase(0, taken);
      connection_.hold_until = 0;
      said += Taken();
    } while (taken > 0 && !kept_.empty() && connection_.next == Next::kRead);
    return said;
  }

  /// One octet per read.
  std::string SendBytewise(std::string_view octets) {
    std::string said;
    for (char octet : octets)
      said += Send({&octet, 1});
    return said;
  }

  std::string Line(std::string_view line) { return Send(std::string(line) + "\r\n"); }

  /// The state after a completed TLS handshake.
  void EnterTls() {
    dialogue_.ResetSession(connection_);
    connection_.next = Next::kRead;
    connection_.tls = true;
    kept_.clear();
  }

  /// The time of the next turn, in seconds.
  void PassUntil(std::int64_t seconds) {
    dialogue_.set_now(seconds * 1'000'000'000);
    dialogue_.DeliverHeld();
  }

  void Drop() { dialogue_.Dropped(connection_); }

  [[nodiscard]] const std::string& greeting() const { return greeting_; }
  [[nodiscard]] Connection& connection() { return connection_; }
  [[nodiscard]] Counters counters() const {
    Counters total;
    counters_.AddTo(total);
    return total;
  }

  [[nodiscard]] std::string PeerLiteral(const Connection&) const override { return "[192.0.2.7]"; }
  [[nodiscard]] std::string OwnLiteral(const Connection&) const override { return "[192.0.2.1]"; }

 private:
  std::string Taken() { return std::exchange(dialogue_.output(), {}); }

  std::unique_ptr<Service> own_;
  WorkerCounters counters_;
  Dialogue dialogue_;
  Connection connection_;
  std::string greeting_;
  std::string kept_;
};

/// What a client says and how the reply has to start.
struct Turn {
  std::string_view says;
  std::string_view hears;
};

}  // namespace smtpgauge::sink
