// Private to runner/net: one c-ares channel whose sockets and timeouts Asio serves.
#pragma once

#include <cstdint>
#include <map>
#include <memory>

#include <ares.h>
#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/steady_timer.hpp>

#include "runner/net/resolver.h"

namespace smtpgauge {

class Resolver::Channel {
 public:
  Channel(asio::io_context& context, const ResolverOptions& options);
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  [[nodiscard]] ares_channel get() const { return channel_; }
  [[nodiscard]] asio::io_context& context() { return context_; }
  [[nodiscard]] int family() const { return family_; }
  /// After every new question: the wait for its timeout may have to begin.
  void ArmTimer();

 private:
  struct Socket {
    explicit Socket(asio::io_context& context) : descriptor(context) {}
    asio::posix::stream_descriptor descriptor;
    std::uint64_t id = 0;
    bool wants_read = false;
    bool wants_write = false;
    bool reading = false;  // a wait is under way
    bool writing = false;
  };
  using Sockets = std::map<ares_socket_t, std::unique_ptr<Socket>>;

  static void SocketChanged(void* self, ares_socket_t fd, int readable, int writable);
  void Update(ares_socket_t fd, bool readable, bool writable);
  void Wait(ares_socket_t fd);
  void Ready(ares_socket_t fd, std::uint64_t id, asio::posix::descriptor_base::wait_type way);
  void OnTimer();

  asio::io_context& context_;
  asio::steady_timer timer_;
  Sockets sockets_;
  ares_channel channel_ = nullptr;
  std::uint64_t last_id_ = 0;
  int family_;
  bool waiting_ = false;  // for timer_
  /// Handlers that Asio has queued already may outlive the channel: they look at this first.
  std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

}  // namespace smtpgauge
