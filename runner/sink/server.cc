#include "runner/sink/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "runner/sink/descriptor.h"
#include "runner/sink/service.h"
#include "runner/sink/worker.h"

namespace smtpgauge::sink {
namespace {

constexpr int kBacklog = 4096;

sockaddr_storage AddressOf(const std::string& host, std::uint16_t port, socklen_t& length) {
  sockaddr_storage address{};
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (::inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&address, &v4, length = sizeof v4);
  } else if (::inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&address, &v6, length = sizeof v6);
  } else {
    throw std::invalid_argument(fmt::format("{}: not an IPv4 or IPv6 address to listen on", host));
  }
  return address;
}

std::uint16_t PortOf(int fd) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length);
  sockaddr_in v4{};
  std::memcpy(&v4, &address, sizeof v4);  // the port stands at the same place in both families
  return ntohs(v4.sin_port);
}

enum class Sharing { kAlone, kWithOtherThreads };

// With several threads each has its own listening socket, and the kernel deals the connections out
// (SO_REUSEPORT). With one thread the port is not shared: a second server is to be told.
Descriptor Listen(const std::string& host, std::uint16_t port, Sharing sharing) {
  socklen_t length = 0;
  const sockaddr_storage address = AddressOf(host, port, length);
  Descriptor listener(::socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int on = 1;
  ::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (sharing == Sharing::kWithOtherThreads)
    ::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  ::setsockopt(listener.get(), IPPROTO_TCP, TCP_NODELAY, &on,
               sizeof on);  // accepted ones inherit it
  if (!listener.open() ||
      ::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), length) != 0 ||
      ::listen(listener.get(), kBacklog) != 0)
    throw std::system_error(errno, std::generic_category(),
                            fmt::format("cannot listen on {} port {}", host, port));
  return listener;
}

}  // namespace

struct Server::Threads {
  explicit Threads(Config config) : service(std::move(config)) {}

  Service service;
  std::vector<std::unique_ptr<Worker>> workers;
  std::vector<std::thread> threads;
};

Server::Server(Config config) : threads_(std::make_unique<Threads>(std::move(config))) {
  const Config& settings = threads_->service.config();
  const std::size_t threads = std::max<std::size_t>(1, settings.threads);
  const Sharing sharing = threads > 1 ? Sharing::kWithOtherThreads : Sharing::kAlone;
  for (std::size_t i = 0; i < threads; ++i) {
    Descriptor listener;
    Descriptor tls_listener;
    if (settings.port) {
      listener = Listen(settings.host, i == 0 ? *settings.port : port_, sharing);
      port_ = PortOf(listener.get());
    }
    if (settings.tls_port) {
      tls_listener = Listen(settings.host, i == 0 ? *settings.tls_port : tls_port_, sharing);
      tls_port_ = PortOf(tls_listener.get());
    }
    threads_->workers.push_back(std::make_unique<Worker>(
        threads_->service, std::move(listener), std::move(tls_listener), settings.seed + i));
  }
}

Server::~Server() {
  Stop();
}

void Server::Start() {
  for (const auto& worker : threads_->workers)
    threads_->threads.emplace_back([&worker]() noexcept { worker->Run(); });
}

void Server::Stop() {
  for (const auto& worker : threads_->workers)
    worker->Stop();
  for (std::thread& thread : threads_->threads)
    thread.join();
  threads_->threads.clear();
}

const std::string& Server::hostname() const {
  return threads_->service.hostname();
}

Counters Server::counters() const {
  Counters total;
  for (const auto& worker : threads_->workers)
    worker->counters().AddTo(total);
  return total;
}

}  // namespace smtpgauge::sink
