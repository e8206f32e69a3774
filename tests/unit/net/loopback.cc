#include "tests/unit/net/loopback.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

namespace smtpgauge {

namespace {

bool Wait(const Connection& connection, IoStatus status) {
  return WaitFor(connection.fd(), status == IoStatus::kWantRead ? POLLIN : POLLOUT);
}

bool Wants(IoStatus status) {
  return status == IoStatus::kWantRead || status == IoStatus::kWantWrite;
}

}  // namespace

bool WaitFor(int fd, short events) {
  pollfd one{fd, events, 0};
  return ::poll(&one, 1, 5000) == 1;
}

Peer::Peer(Peer&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Peer::~Peer() {
  Close();
}

void Peer::Send(std::string_view octets) const {
  while (!octets.empty()) {
    const ssize_t sent = ::send(fd_, octets.data(), octets.size(), MSG_NOSIGNAL);
    ASSERT_GT(sent, 0);
    octets.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string Peer::Take(std::size_t octets) const {
  std::string taken;
  std::array<char, 65536> buffer{};
  while (taken.size() < octets && WaitFor(fd_, POLLIN)) {
    const ssize_t got = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (got <= 0) break;
    taken.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return taken;
}

int Peer::NextReadError() const {
  char octet = 0;
  if (!WaitFor(fd_, POLLIN)) return ETIMEDOUT;
  const ssize_t got = ::recv(fd_, &octet, 1, 0);
  return got > 0 ? -1 : got == 0 ? 0 : errno;
}

void Peer::Close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

void Peer::Reset() {
  const linger abort{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
  Close();
}

Listener::Listener(std::string_view address) {
  endpoint_ = address.starts_with('/') ? Endpoint::FromUnixPath(address).value()
                                       : Endpoint::FromAddress(address, 0).value();
  fd_ = ::socket(endpoint_.family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
  EXPECT_EQ(::bind(fd_, endpoint_.data(), endpoint_.size()), 0);
  EXPECT_EQ(::listen(fd_, 128), 0);
  sockaddr_storage bound{};
  socklen_t length = sizeof bound;
  auto* const name = static_cast<sockaddr*>(static_cast<void*>(&bound));
  EXPECT_EQ(::getsockname(fd_, name, &length), 0);
  endpoint_ = Endpoint(name, length);
}

Listener::~Listener() {
  ::close(fd_);
}

Peer Listener::Accept() const {
  EXPECT_TRUE(WaitFor(fd_, POLLIN));
  return Peer(::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC));
}

IoStatus ConnectTo(Connection& connection, const Endpoint& to) {
  const IoStatus status = connection.Open(to, std::nullopt);
  if (status != IoStatus::kWantWrite) return status;
  if (!WaitFor(connection.fd(), POLLOUT)) return IoStatus::kTimedOut;
  return connection.FinishConnect();
}

std::string TakeFrom(Connection& connection, std::size_t octets) {
  std::string taken;
  std::array<char, 65536> buffer{};
  while (taken.size() < octets) {
    const IoResult result = connection.Read(buffer);
    taken.append(buffer.data(), result.octets);
    if (Wants(result.status) && Wait(connection, result.status)) continue;
    if (result.status != IoStatus::kOk) break;
  }
  return taken;
}

IoStatus EndOf(Connection& connection) {
  std::array<char, 65536> buffer{};
  for (;;) {
    const IoStatus status = connection.Read(buffer).status;
    if (status == IoStatus::kOk || (Wants(status) && Wait(connection, status))) continue;
    return status;
  }
}

iovec Part(std::string_view octets) {
  return {const_cast<char*>(octets.data()), octets.size()};
}

}  // namespace smtpgauge
