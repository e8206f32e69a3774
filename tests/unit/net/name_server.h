// Name servers for tests: Debian's knot with a small zone, and a socket that answers as told.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <thread>

#include "runner/net/endpoint.h"

namespace smtpgauge {

/// knotd on a free loopback port with the zone example.test in a directory of its own.
class Knot {
 public:
  explicit Knot(const std::string& records);  ///< throws std::runtime_error when it does not start
  Knot(const Knot&) = delete;
  Knot& operator=(const Knot&) = delete;
  ~Knot();
  [[nodiscard]] const Endpoint& endpoint() const { return endpoint_; }

 private:
  std::string directory_;
  Endpoint endpoint_;
  pid_t pid_ = -1;
  int log_ = -1;  ///< open as long as the server runs, or it would die of SIGPIPE
};

/// Answers each UDP datagram with what `answer` makes of it; nothing when that is empty.
class UdpServer {
 public:
  explicit UdpServer(std::function<std::string(const std::string&)> answer);
  UdpServer(const UdpServer&) = delete;
  UdpServer& operator=(const UdpServer&) = delete;
  ~UdpServer();
  [[nodiscard]] const Endpoint& endpoint() const { return endpoint_; }

 private:
  int fd_;
  int stop_;
  Endpoint endpoint_;
  std::thread thread_;
};

}  // namespace smtpgauge
