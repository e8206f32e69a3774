#include "runner/net/resolver_channel.h"

#include <sys/time.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>

namespace smtpgauge {

namespace {

/// c-ares wants its library initialised once per process, before threads; a function static is.
int InitialisedLibrary() {
  static const int status = ares_library_init(ARES_LIB_INIT_ALL);
  return status;
}

int FamilyOf(ResolverOptions::Family family) {
  switch (family) {
    case ResolverOptions::Family::kAny:
      return AF_UNSPEC;
    case ResolverOptions::Family::kIpv4:
      return AF_INET;
    case ResolverOptions::Family::kIpv6:
      return AF_INET6;
  }
  return AF_UNSPEC;
}

}  // namespace

Resolver::Channel::Channel(asio::io_context& context, const ResolverOptions& options)
    : context_(context), timer_(context), family_(FamilyOf(options.family)) {
  ares_options settings{};
  const bool dns_only = options.scope == ResolverOptions::Scope::kDns;
  settings.flags = ARES_FLAG_EDNS | (dns_only ? ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES : 0);
  // One server: hand its SERVFAIL or REFUSED through. Several: c-ares goes on to the next.
  if (options.server) settings.flags |= ARES_FLAG_NOCHECKRESP;
  settings.timeout = static_cast<int>(options.timeout.count());
  settings.tries = options.tries;
  settings.ednspsz = 1232;  // fits every path; what is larger comes by TCP
  std::array<char, 3> lookups = {'f', 'b', '\0'};
  if (dns_only) lookups = {'b', '\0', '\0'};
  settings.lookups = lookups.data();
  settings.sock_state_cb = SocketChanged;
  settings.sock_state_cb_data = this;
  int status = InitialisedLibrary();
  if (status == ARES_SUCCESS) {
    status = ares_init_options(&channel_, &settings,
                               ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
                                   ARES_OPT_EDNSPSZ | ARES_OPT_LOOKUPS | ARES_OPT_SOCK_STATE_CB);
  }
  if (status == ARES_SUCCESS && options.server) {
    const std::string server = options.server->ToString();
    status = ares_set_servers_ports_csv(channel_, server.c_str());
  }
  if (status != ARES_SUCCESS) {
    if (channel_ != nullptr) ares_destroy(channel_);
    throw std::runtime_error(
        fmt::format("the DNS resolver cannot start: {}", ares_strerror(status)));
  }
}

Resolver::Channel::~Channel() {
  ares_destroy(channel_);
}

void Resolver::Channel::SocketChanged(void* self, ares_socket_t fd, int readable, int writable) {
  static_cast<Channel*>(self)->Update(fd, readable != 0, writable != 0);
}

void Resolver::Channel::Update(ares_socket_t fd, bool readable, bool writable) {
  auto found = sockets_.find(fd);
  if (!readable && !writable) {
    if (found == sockets_.end()) return;
    // c-ares closes the descriptor itself, right after this.
    found->second->descriptor.release();
    sockets_.erase(found);
    return;
  }
  if (found == sockets_.end()) {
    auto socket = std::make_unique<Socket>(context_);
    socket->id = ++last_id_;
    socket->descriptor.assign(fd);
    found = sockets_.emplace(fd, std::move(socket)).first;
  }
  found->second->wants_read = readable;
  found->second->wants_write = writable;
  Wait(fd);
}

void Resolver::Channel::Wait(ares_socket_t fd) {
  using Base = asio::posix::descriptor_base;
  Socket& socket = *sockets_.at(fd);
  const auto wait = [this, fd, id = socket.id, &socket](Base::wait_type way) {
    socket.descriptor.async_wait(
        way, [this, fd, id, way, alive = std::weak_ptr(alive_)](const std::error_code& error) {
          if (!error && !alive.expired()) Ready(fd, id, way);
        });
  };
  if (socket.wants_read && !socket.reading) {
    socket.reading = true;
    wait(Base::wait_read);
  }
  if (socket.wants_write && !socket.writing) {
    socket.writing = true;
    wait(Base::wait_write);
  }
}

void Resolver::Channel::Ready(ares_socket_t fd, std::uint64_t id,
                              asio::posix::descriptor_base::wait_type way) {
  const bool read = way == asio::posix::descriptor_base::wait_read;
  // The number may meanwhile stand for another socket; only the same one is processed and re-armed.
  const auto found = sockets_.find(fd);
  if (found == sockets_.end() || found->second->id != id) return;
  (read ? found->second->reading : found->second->writing) = false;
  ares_process_fd(channel_, read ? fd : ARES_SOCKET_BAD, read ? ARES_SOCKET_BAD : fd);
  const auto after = sockets_.find(fd);
  if (after != sockets_.end() && after->second->id == id) Wait(fd);
  ArmTimer();
}

void Resolver::Channel::ArmTimer() {
  timeval wait{};
  if (ares_timeout(channel_, nullptr, &wait) == nullptr) {
    if (waiting_) timer_.cancel();  // nothing is asked any more: let the loop end
    waiting_ = false;
    return;
  }
  const auto expiry = std::chrono::steady_clock::now() + std::chrono::seconds(wait.tv_sec) +
                      std::chrono::microseconds(wait.tv_usec);
  if (waiting_ && timer_.expiry() <= expiry) return;
  waiting_ = true;
  timer_.expires_at(expiry);
  timer_.async_wait([this, alive = std::weak_ptr(alive_)](const std::error_code& error) {
    if (!error && !alive.expired()) OnTimer();
  });
}

void Resolver::Channel::OnTimer() {
  waiting_ = false;
  ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
  ArmTimer();
}

}  // namespace smtpgauge
