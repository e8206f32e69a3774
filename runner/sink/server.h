// The embedded SMTP and LMTP server: what `smtpgauge sink` runs, and what tests start in-process.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "runner/sink/config.h"
#include "runner/sink/counters.h"

namespace smtpgauge::sink {

class Server {
 public:
  /// Listens at once, so that port() is known; serves only after Start(). Throws
  /// std::invalid_argument for an unknown fault or address, std::system_error when it cannot
  /// listen, std::runtime_error for a bad certificate.
  explicit Server(Config config);
  /// Stops if that was not done yet.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Serves on Config::threads threads of its own. Once only.
  void Start();
  /// Says 421 to all who are connected, closes, joins the threads.
  void Stop();

  /// The real ports, also where 0 was asked for; 0 where the server does not listen.
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::uint16_t tls_port() const { return tls_port_; }
  [[nodiscard]] const std::string& hostname() const;

  /// From any thread, before and after Stop.
  [[nodiscard]] Counters counters() const;

 private:
  struct Threads;

  std::unique_ptr<Threads> threads_;
  std::uint16_t port_ = 0;
  std::uint16_t tls_port_ = 0;
};

}  // namespace smtpgauge::sink
