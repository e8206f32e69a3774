// One thread of the server: an epoll set, its listening sockets and the connections they gave.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <queue>
#include <string>
#include <vector>

#include "runner/sink/connection.h"
#include "runner/sink/counters.h"
#include "runner/sink/descriptor.h"
#include "runner/sink/dialogue.h"
#include "runner/sink/service.h"

namespace smtpgauge::sink {

/// How much is read at once; the buffer has as much room again for what was kept from before.
inline constexpr std::size_t kReadRoom = 128 * 1024;

class Worker : public Endpoints {
 public:
  /// Takes over listening sockets; `tls_listener` may be closed. Throws std::system_error.
  Worker(Service& service, Descriptor listener, Descriptor tls_listener, std::uint64_t seed);
  ~Worker() override;

  /// Serves until Stop; on the way out says 421 to all who are connected.
  void Run();
  /// From any thread.
  void Stop();

  [[nodiscard]] const WorkerCounters& counters() const { return counters_; }

  [[nodiscard]] std::string PeerLiteral(const Connection& connection) const override;
  [[nodiscard]] std::string OwnLiteral(const Connection& connection) const override;

 private:
  /// A connection that has something to do at a time: a held reply, or the end of lingering.
  struct Due {
    std::int64_t time;
    Connection* connection;
    std::uint64_t serial;  // of the connection: it may be gone by then
    bool operator>(const Due& other) const { return time > other.time; }
  };

  void Turn();
  [[nodiscard]] std::int64_t NextDeadline() const;
  void SleepThroughStall();
  void RunDue();
  void ExpireIdle();

  void Accept(int listener);
  void PauseAccepting();
  void EndService();
  [[nodiscard]] bool EndsServiceWith(const Connection& c) const;
  void ClientGone(Connection& c);
  void Ready(Connection& c, std::uint32_t events);
  void Read(Connection& c);
  void Handshake(Connection& c);
  [[nodiscard]] bool Receive(Connection& c, char* room, std::size_t& size);
  void Process(Connection& c, std::string_view input);
  void Settle(Connection& c);
  void Resume(Connection& c);
  void StartTls(Connection& c);
  void Linger(Connection& c);
  void Close(Connection& c);

  [[nodiscard]] bool Send(Connection& c, std::string_view octets);
  void Watch(Connection& c, std::uint32_t events);
  void Touch(Connection& c);
  void Unlink(Connection& c);
  Connection* New(int fd);

  Service& service_;
  WorkerCounters counters_;
  Dialogue dialogue_;
  Descriptor epoll_, wake_, listener_, tls_listener_;
  std::atomic<bool> stopping_{false};
  std::vector<char> buffer_;
  std::deque<Connection> connections_;  // never moves an element
  std::vector<Connection*> free_, closed_;
  Connection* newest_ = nullptr;
  Connection* oldest_ = nullptr;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  std::int64_t started_ = 0;
  std::int64_t now_ = 0;
  bool accepting_ = true;
  bool ended_ = false;  // a fault: accepts nobody ever again
};

/// Steady nanoseconds.
[[nodiscard]] std::int64_t SteadyNow();

}  // namespace smtpgauge::sink
