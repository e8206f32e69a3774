// Both ends of a loopback connection inside one test.
#pragma once

#include <string>
#include <string_view>

#include "runner/net/connection.h"
#include "runner/net/endpoint.h"

namespace smtpgauge {

/// Waits for poll(2) `events`; false when nothing came within five seconds.
[[nodiscard]] bool WaitFor(int fd, short events);

/// The server's end, written with bare system calls.
class Peer {
 public:
  explicit Peer(int fd) : fd_(fd) {}
  Peer(Peer&& other) noexcept;
  Peer& operator=(Peer&& other) = delete;
  ~Peer();
  [[nodiscard]] int fd() const { return fd_; }
  void Send(std::string_view octets) const;
  /// Reads until `octets` many have come, or the other side closed.
  [[nodiscard]] std::string Take(std::size_t octets) const;
  /// errno of the next read; 0 for FIN, -1 when octets came.
  [[nodiscard]] int NextReadError() const;
  void Close();
  void Reset();

 private:
  int fd_;
};

class Listener {
 public:
  explicit Listener(std::string_view address = "127.0.0.1");
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener();
  [[nodiscard]] const Endpoint& endpoint() const { return endpoint_; }
  [[nodiscard]] Peer Accept() const;

 private:
  int fd_;
  Endpoint endpoint_;
};

/// Completes a connect; the status of the outcome.
[[nodiscard]] IoStatus ConnectTo(Connection& connection, const Endpoint& to);
/// Reads until `octets` many have come, or the status is neither kOk nor a kWant.
[[nodiscard]] std::string TakeFrom(Connection& connection, std::size_t octets);
/// The next status that is neither kOk nor a kWant.
[[nodiscard]] IoStatus EndOf(Connection& connection);
[[nodiscard]] iovec Part(std::string_view octets);

}  // namespace smtpgauge
