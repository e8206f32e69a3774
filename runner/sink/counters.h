// What a sink took: plain numbers, kept per thread and added up when somebody asks.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace smtpgauge::sink {

struct Counters {
  std::uint64_t connections = 0;
  std::uint64_t open_connections = 0;
  std::uint64_t refused_connections = 0;  ///< above --max-connections
  std::uint64_t commands = 0;             ///< lines answered, AUTH lines included
  std::uint64_t messages = 0;             ///< accepted at the end of data
  std::uint64_t recipients = 0;           ///< of accepted messages
  std::uint64_t bytes = 0;                ///< content octets of accepted messages
  std::uint64_t rejected_messages = 0;    ///< refused at the end of data
  std::uint64_t rejected_commands = 0;    ///< any other 4yz or 5yz
  std::uint64_t tls_handshakes = 0;
  std::uint64_t authentications = 0;  ///< successful ones
};

/// One line per number, for people.
[[nodiscard]] std::string CountersText(const Counters& counters);

/// One JSON object with the field names above.
[[nodiscard]] std::string CountersJson(const Counters& counters);

/// A number with one writing thread and any number of readers; adding is a plain add.
class Count {
 public:
  void Add(std::uint64_t n) {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  void Subtract(std::uint64_t n) { Add(~n + 1); }
  [[nodiscard]] std::uint64_t Get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// The counters of one worker thread.
struct WorkerCounters {
  Count connections, open_connections, refused_connections, commands, messages, recipients, bytes,
      rejected_messages, rejected_commands, tls_handshakes, authentications;

  void AddTo(Counters& total) const;
};

}  // namespace smtpgauge::sink
