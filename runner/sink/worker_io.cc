// The part of a worker that moves octets between sockets and the dialogue.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstring>

#include <unistd.h>

#include "runner/sink/worker.h"

namespace smtpgauge::sink {
namespace {

// recv() and send() of the C library are points of cancellation, which nobody here uses and which
// costs as much as all else they do outside the kernel.

ssize_t ReceiveSome(int fd, char* room, std::size_t size) {
  return ::syscall(SYS_recvfrom, fd, room, size, 0, nullptr, nullptr);
}

ssize_t SendSome(int fd, const char* octets, std::size_t size) {
  return ::syscall(SYS_sendto, fd, octets, size, MSG_NOSIGNAL, nullptr, 0);
}

std::string Literal(const sockaddr_storage& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    ::inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
    return "[" + std::string(text) + "]";
  }
  sockaddr_in6 v6{};
  std::memcpy(&v6, &address, sizeof v6);
  ::inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
  if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) return "[" + std::string(text).substr(7) + "]";
  return "[IPv6:" + std::string(text) + "]";
}

}  // namespace

void Worker::Ready(Connection& c, std::uint32_t events) {
  if (c.closed) return;
  if ((events & EPOLLERR) != 0) return ClientGone(c);
  if (c.lingering) {
    const ssize_t n = ReceiveSome(c.fd, buffer_.data(), buffer_.size());
    if (n == 0 || (n < 0 && errno != EAGAIN)) Close(c);
    return;
  }
  Touch(c);
  if (c.handshaking) return Handshake(c);
  const bool blocked = c.rare && !c.rare->output.empty();
  if (c.hold_until != 0 || blocked || c.next == Next::kAbandon) {
    if ((events & EPOLLHUP) != 0) return Close(c);
    if (c.hold_until == 0 && blocked && (events & EPOLLOUT) != 0) return Resume(c);
    if (!c.input_paused) Watch(c, blocked && c.hold_until == 0 ? std::uint32_t{EPOLLOUT} : 0U);
    return;
  }
  Read(c);
}

// Whether a faulty server has nothing left for others when this client goes now.
bool Worker::EndsServiceWith(const Connection& c) const {
  const FaultSet& faults = service_.faults();
  if (faults.empty()) return false;
  const bool in_command = c.rare && !c.rare->input.empty();
  return faults.Has(Fault::kDroppedClientEndsService) ||
         (faults.Has(Fault::kDropInDataEndsService) && c.phase == Phase::kData) ||
         (faults.Has(Fault::kDropInTransactionEndsService) && c.transaction.open) ||
         (faults.Has(Fault::kDropInCommandEndsService) && in_command);
}

void Worker::ClientGone(Connection& c) {
  const bool ends = EndsServiceWith(c);
  Close(c);
  if (ends) EndService();
}

// False when there was nothing to read, or the connection is closed now.
bool Worker::Receive(Connection& c, char* room, std::size_t& size) {
  if (c.tls) {
    switch (c.rare->tls->Read(room, size)) {
      case TlsResult::kDone:
        return true;
      case TlsResult::kWantRead:
      case TlsResult::kWantWrite:
        return false;
      case TlsResult::kFailed:
        Close(c);
        return false;
    }
  }
  const ssize_t n = ReceiveSome(c.fd, room, size);
  if (n > 0) {
    size = static_cast<std::size_t>(n);
    return true;
  }
  if (n != 0 && errno == EAGAIN) return false;
  ClientGone(c);
  return false;
}

void Worker::Read(Connection& c) {
  do {
    const std::size_t kept = c.rare ? c.rare->input.size() : 0;
    if (kept > 0) std::memcpy(buffer_.data(), c.rare->input.data(), kept);
    std::size_t size = kReadRoom;
    if (!Receive(c, buffer_.data() + kept, size)) return;
    if (kept > 0) c.rare->input.clear();
    Process(c, {buffer_.data(), kept + size});
  } while (!c.closed && c.tls && !c.handshaking && c.hold_until == 0 && c.next == Next::kRead &&
           c.rare->output.empty() && c.rare->tls->HasPending());
}

void Worker::Process(Connection& c, std::string_view input) {
  while (!input.empty()) {
    const std::size_t taken = dialogue_.Consume(c, input);
    input.remove_prefix(taken);
    if (taken == 0 || c.next != Next::kRead || c.hold_until != 0) break;
    if (input.empty()) break;
    const bool sent = Send(c, dialogue_.output());
    dialogue_.output().clear();
    if (!sent) break;
  }
  if (!input.empty()) c.Extra().input.assign(input);
  Settle(c);
}

// Sends what was said and does what comes next.
void Worker::Settle(Connection& c) {
  std::string& output = dialogue_.output();
  if (c.hold_until != 0) {
    const std::size_t from = std::min(dialogue_.held_from(), output.size());
    const bool sent = Send(c, std::string_view(output).substr(0, from));
    if (c.closed) return output.clear();
    (void)sent;
    c.Extra().output.append(output, from);
    output.clear();
    due_.push({c.hold_until, &c, c.serial});
    return;
  }
  const bool sent = output.empty() ? !c.rare || c.rare->output.empty() : Send(c, output);
  output.clear();
  if (!sent || c.closed) return;
  switch (c.next) {
    case Next::kRead:
      return;
    case Next::kStartTls:
      return StartTls(c);
    case Next::kClose:
      return Close(c);
    case Next::kCloseLinger:
      return Linger(c);
    case Next::kAbandon:
      return Watch(c, 0);
  }
}

// Goes on after a held reply is due or a full socket has room again.
void Worker::Resume(Connection& c) {
  if (!c.rare) return;
  std::string output;
  output.swap(c.rare->output);
  if (!Send(c, output) || c.closed) return;
  if (c.input_paused) Watch(c, EPOLLIN);
  std::string input;
  input.swap(c.rare->input);
  Process(c, input);
  if (!c.closed && c.tls && !c.handshaking && c.hold_until == 0 && c.rare->output.empty() &&
      c.next == Next::kRead && c.rare->tls->HasPending())
    Read(c);
}

// False when some of it has to wait; then it waits in Rare::output and nothing more is read.
bool Worker::Send(Connection& c, std::string_view octets) {
  if (octets.empty()) return true;
  if (c.rare && !c.rare->output.empty()) {
    c.rare->output += octets;
    return false;
  }
  while (!octets.empty()) {
    std::size_t written = 0;
    if (c.tls) {
      const TlsResult result = c.rare->tls->Write(octets, written);
      if (result == TlsResult::kFailed) {
        Close(c);
        return false;
      }
      if (result != TlsResult::kDone) break;
    } else {
      const bool bytewise = service_.faults().Has(Fault::kVariantOctetByOctet);
      const ssize_t n = SendSome(c.fd, octets.data(), bytewise ? 1 : octets.size());
      if (n < 0) {
        if (errno == EAGAIN) break;
        Close(c);
        return false;
      }
      written = static_cast<std::size_t>(n);
    }
    octets.remove_prefix(written);
  }
  if (octets.empty()) return true;
  c.Extra().output.assign(octets);
  Watch(c, EPOLLOUT);
  return false;
}

void Worker::StartTls(Connection& c) {
  Rare& rare = c.Extra();
  // What came behind STARTTLS in clear must not be taken for what comes in TLS (CVE-2011-0411).
  if (service_.faults().Has(Fault::kTlsKeepsHalfLine))
    rare.input.erase(0, rare.input.rfind('\n') + 1);
  else if (!service_.faults().Has(Fault::kTlsKeepsInput))
    rare.input.clear();
  dialogue_.ResetSession(c);
  rare.tls = std::make_unique<TlsStream>(service_.tls_context(), c.fd);
  c.tls = false;
  c.handshaking = true;
  c.next = Next::kRead;
}

void Worker::Handshake(Connection& c) {
  switch (c.rare->tls->Handshake()) {
    case TlsResult::kWantRead:
      if (c.input_paused) Watch(c, EPOLLIN);
      return;
    case TlsResult::kWantWrite:
      return Watch(c, EPOLLOUT);
    case TlsResult::kFailed:
      if (service_.faults().Has(Fault::kFailedHandshakeHangs)) {
        c.next = Next::kAbandon;
        return Watch(c, 0);
      }
      return Close(c);
    case TlsResult::kDone:
      break;
  }
  c.handshaking = false;
  c.tls = true;
  counters_.tls_handshakes.Add(1);
  if (c.input_paused) Watch(c, EPOLLIN);
  if (c.greets_in_tls || service_.faults().Has(Fault::kTlsGreetsAgain)) {
    c.greets_in_tls = false;
    dialogue_.Greet(c);
    Settle(c);
  }
  if (c.closed) return;
  std::string input;
  input.swap(c.rare->input);
  if (!input.empty()) Process(c, input);
  if (!c.closed && c.hold_until == 0 && c.rare->tls->HasPending()) Read(c);
}

std::string Worker::PeerLiteral(const Connection& connection) const {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  ::getpeername(connection.fd, reinterpret_cast<sockaddr*>(&address), &length);
  return Literal(address);
}

std::string Worker::OwnLiteral(const Connection& connection) const {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  ::getsockname(connection.fd, reinterpret_cast<sockaddr*>(&address), &length);
  return Literal(address);
}

}  // namespace smtpgauge::sink
