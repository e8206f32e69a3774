#include "runner/net/connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include <unistd.h>

#include "runner/net/connection_tls.h"
#include "runner/net/endpoint.h"
#include "runner/net/socket_calls.h"

namespace smtpgauge {

namespace {

void SetOption(int fd, int level, int option, int value) {
  // Refusals are harmless: these options only make things faster.
  static_cast<void>(::setsockopt(fd, level, option, &value, sizeof value));
}

std::optional<Endpoint> NameOf(int fd, int (*name)(int, sockaddr*, socklen_t*)) {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  auto* const address = static_cast<sockaddr*>(static_cast<void*>(&storage));
  if (fd < 0 || name(fd, address, &length) != 0) return std::nullopt;
  return Endpoint(address, length);
}

}  // namespace

Connection::Connection() = default;

Connection::Connection(Connection&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      errno_(std::exchange(other.errno_, 0)),
      tls_(std::move(other.tls_)) {}

Connection& Connection::operator=(Connection&& other) noexcept {
  if (this != &other) {
    Drop();
    fd_ = std::exchange(other.fd_, -1);
    errno_ = std::exchange(other.errno_, 0);
    tls_ = std::move(other.tls_);
  }
  return *this;
}

Connection::~Connection() {
  Drop();
}

void Connection::Drop() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  tls_.reset();
}

IoStatus Connection::Fail(int error) {
  errno_ = error;
  return IoStatusFromErrno(error);
}

IoStatus Connection::Open(const Endpoint& to, const std::optional<Endpoint>& source) {
  Drop();
  errno_ = 0;
  const IoStatus status = Connect(to, source);
  if (status != IoStatus::kOk && status != IoStatus::kWantWrite) Drop();
  return status;
}

IoStatus Connection::Connect(const Endpoint& to, const std::optional<Endpoint>& source) {
  if (to.empty() || (source && source->family() != to.family())) return Fail(EAFNOSUPPORT);
  fd_ = ::socket(to.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) return Fail(errno);
  if (to.family() != AF_UNIX) {
    // Groups are written whole; Nagle would only hold back the last segment of a large one.
    SetOption(fd_, IPPROTO_TCP, TCP_NODELAY, 1);
  }
  if (source) {
    // Otherwise bind would take a port for this address alone, whatever the destination.
    if (source->port() == 0) SetOption(fd_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
    if (::bind(fd_, source->data(), source->size()) != 0) return Fail(errno);
  }
  if (::connect(fd_, to.data(), to.size()) == 0) return IoStatus::kOk;
  if (errno == EINPROGRESS) return IoStatus::kWantWrite;
  // A TCP connect says EAGAIN when it finds no free local port.
  const bool no_port = errno == EAGAIN && to.family() != AF_UNIX;
  return Fail(no_port ? EADDRNOTAVAIL : errno);
}

IoStatus Connection::FinishConnect() {
  int error = 0;
  socklen_t length = sizeof error;
  if (::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &length) != 0) return Fail(errno);
  return error == 0 ? IoStatus::kOk : Fail(error);
}

IoResult Connection::Read(std::span<char> into) {
  if (tls_) return ReadTls(into);
  for (;;) {
    const ssize_t taken = ReceiveOctets(fd_, into.data(), into.size());
    if (taken > 0) return {IoStatus::kOk, static_cast<std::size_t>(taken)};
    if (taken == 0) return {into.empty() ? IoStatus::kOk : IoStatus::kEof, 0};
    if (errno == EAGAIN) return {IoStatus::kWantRead, 0};
    if (errno != EINTR) return {Fail(errno), 0};
  }
}

IoResult Connection::Write(std::span<const iovec> from) {
  return tls_ ? WriteTls(from) : WriteClear(from);
}

IoResult Connection::WriteClear(std::span<const iovec> from) {
  IoResult result;
  std::size_t wanted = 0;
  for (const iovec& part : from)
    wanted += part.iov_len;
  while (wanted > 0) {
    const ssize_t sent = SendPieces(fd_, from);
    if (sent >= 0) {
      result.octets = static_cast<std::size_t>(sent);
      // Less than everything means that the kernel's buffer is full: no second try.
      result.status = result.octets == wanted ? IoStatus::kOk : IoStatus::kWantWrite;
      return result;
    }
    if (errno == EAGAIN) return {IoStatus::kWantWrite, 0};
    if (errno != EINTR) return {Fail(errno), 0};
  }
  return result;
}

void Connection::ShutdownWrite() {
  SendCloseNotify();
  if (fd_ >= 0) ::shutdown(fd_, SHUT_WR);
}

void Connection::Close() {
  if (fd_ < 0) return;
  SendCloseNotify();
  ::close(std::exchange(fd_, -1));
}

void Connection::Reset() {
  if (fd_ < 0) return;
  const linger abort{1, 0};
  static_cast<void>(::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &abort, sizeof abort));
  ::close(std::exchange(fd_, -1));
}

bool Connection::tls() const {
  return tls_ != nullptr;
}

std::string Connection::error() const {
  if (tls_ && !tls_->error.empty()) return tls_->error;
  return errno_ == 0 ? "" : std::generic_category().message(errno_);
}

std::optional<Endpoint> Connection::local_endpoint() const {
  return NameOf(fd_, ::getsockname);
}

std::optional<Endpoint> Connection::peer_endpoint() const {
  return NameOf(fd_, ::getpeername);
}

}  // namespace smtpgauge
