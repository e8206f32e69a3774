#include "runner/drive/channel.h"

#include <array>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "runner/drive/seat.h"
#include "runner/net/limit_hint.h"

namespace smtpgauge {
namespace {

TimePoint Now() {
  return std::chrono::steady_clock::now();
}

/// One epoll_ctl serves a whole connection, in clear and in TLS: reads go on until the socket is
/// empty, writes until it is full, and an edge tells when that changes.
constexpr std::uint32_t kInterest = kReadable | kWritable | kEdge;

/// One for each thread: sessions own no buffer.
std::span<char> ReadBuffer() {
  thread_local std::array<char, 64 * 1024> buffer;
  return buffer;
}

NetFailure FailureOf(IoStatus status) {
  switch (status) {
    case IoStatus::kRefused:
      return NetFailure::kRefused;
    case IoStatus::kReset:
    case IoStatus::kEof:
      return NetFailure::kReset;
    case IoStatus::kTimedOut:
      return NetFailure::kTimedOut;
    case IoStatus::kUnreachable:
      return NetFailure::kUnreachable;
    case IoStatus::kTlsFailed:
      return NetFailure::kTls;
    case IoStatus::kOk:
    case IoStatus::kWantRead:
    case IoStatus::kWantWrite:
    case IoStatus::kError:
      return NetFailure::kOther;
  }
  return NetFailure::kOther;
}

TlsVersion Version(const std::string& text) {
  TlsVersion version = TlsVersion::kAny;
  (void)ParseTlsVersion(text, version);  // the scenario compiler has checked it
  return version;
}

}  // namespace

Channel::~Channel() {
  Drop();
}

void Channel::Drop() {
  if (connection_.is_open()) seat_.loop().Forget(*this);
}

void Channel::Connect(Connect::Port port) {
  port_ = port;
  next_endpoint_ = 0;
  unwritten_.clear();
  TryNext();
}

void Channel::TryNext() {
  const Destination& destination = seat_.destination();
  const bool tls_port = port_ == Connect::Port::kTls && !destination.tls_endpoints.empty();
  const auto& endpoints = tls_port ? destination.tls_endpoints : destination.endpoints;
  while (next_endpoint_ < endpoints.size()) {
    const Endpoint& to = endpoints[next_endpoint_++];
    Drop();
    const IoStatus status = connection_.Open(to, seat_.NextSource());
    if (status == IoStatus::kOk || status == IoStatus::kWantWrite) {
      state_ = State::kConnecting;
      const int error = seat_.loop().Watch(connection_.fd(), *this, kInterest);
      if (error == 0) return;
      connection_.Reset();
      NoteFailure(IoStatus::kError, error, std::generic_category().message(error));
    } else {
      NoteFailure(status, connection_.error_number(),
                  fmt::format("{}: {}", to.ToString(), connection_.error()));
    }
  }
  // The session hears of it from the loop, never from inside its own call.
  state_ = State::kFailed;
  seat_.loop().SetDeadline(*this, Now());
}

void Channel::NoteFailure(IoStatus status, int error, std::string text) {
  const std::string hint = LimitHint(error);
  failure_ = hint.empty() ? FailureOf(status) : NetFailure::kLimit;
  failure_text_ = hint.empty() ? std::move(text) : fmt::format("{}; {}", text, hint);
}

void Channel::Fail(NetFailure failure, std::string text) {
  Drop();
  connection_.Reset();
  state_ = State::kIdle;
  seat_.session().OnFailed(number_, failure, text, Now());
  seat_.AfterSession();
}

void Channel::OnTimer(TimePoint now) {
  if (state_ == State::kFailed) {
    return Fail(failure_, failure_text_.empty() ? "no address to connect to" : failure_text_);
  }
  if (state_ == State::kHandshakeOver) {
    // What edges told in the meantime was not looked at: read until there is no more.
    return ContinueHandshake(kReadable | kHangup);
  }
  // The loop's instant is as old as its turn; a deadline may be a moment younger.
  seat_.session().OnTimer(std::max(now, Now()));
  seat_.AfterDeadline();
}

void Channel::ContinueConnect(std::uint32_t events) {
  // Only a failed connect, or one that is already over, has anything else to say.
  const IoStatus status = (events & kHangup) != 0 ? connection_.FinishConnect() : IoStatus::kOk;
  if (status == IoStatus::kOk) {
    state_ = State::kOpen;
    seat_.session().OnConnected(number_, Now());
    if ((events & (kReadable | kHangup)) != 0) ReadAll(events);
    return seat_.AfterSession();
  }
  NoteFailure(status, connection_.error_number(), connection_.error());
  TryNext();
}

void Channel::StartTls(const smtpgauge::StartTls* how) {
  TlsRequest request;
  request.server_name = seat_.destination().server_names.at(next_endpoint_ - 1);
  request.resumption = seat_.destination().resumption;
  if (how != nullptr) {
    if (!how->garbage.pieces.empty() || !how->garbage.octets.empty()) {
      std::string octets;
      Render(how->garbage, seat_.session().slots(), 0, octets);
      const iovec whole{octets.data(), octets.size()};
      (void)connection_.Write(std::span(&whole, 1));  // what comes back, or a close, is the finding
      state_ = State::kOpen;
      return;
    }
    if (!how->server_name.empty()) request.server_name = how->server_name;
    request.min_version = Version(how->min_version);
    request.max_version = Version(how->max_version);
    request.ciphers = how->ciphers;
    if (!how->alpn.empty()) request.alpn = {how->alpn};
    if (how->verify == StartTls::Verify::kNone) request.verify = TlsVerify::kNone;
    if (how->verify == StartTls::Verify::kRequire) request.verify = TlsVerify::kPeer;
    if (!how->min_version.empty() || !how->max_version.empty() || !how->ciphers.empty()) {
      request.resumption = TlsResumption::kFull;
    }
  }
  state_ = State::kHandshaking;
  const IoStatus status = connection_.StartTls(seat_.tls(), request);
  if (status == IoStatus::kWantRead || status == IoStatus::kWantWrite) return;
  // Over already, as the server was quick or gone: the session hears of it from the loop too.
  state_ = State::kHandshakeOver;
  seat_.loop().SetDeadline(*this, Now());
}

void Channel::ContinueHandshake(std::uint32_t events) {
  const IoStatus status = connection_.Handshake();
  if (status == IoStatus::kWantRead || status == IoStatus::kWantWrite) return;
  const bool completed = status == IoStatus::kOk;
  std::string text = completed && seat_.session().wants_tls_facts()
                         ? TlsFactsText(connection_.tls_facts())
                         : std::string();
  if (completed) {
    state_ = State::kOpen;
    seat_.OnTlsFacts(connection_);
  } else {
    text = connection_.error();
    Drop();
    connection_.Reset();
    state_ = State::kIdle;
  }
  seat_.session().OnHandshake(number_, completed, text, Now());
  // A greeting may have come with the end of the handshake, and no edge tells of it again.
  if (completed && (connection_.pending() || (events & kHangup) != 0)) ReadAll(events);
  seat_.AfterSession();
}

bool Channel::Write(std::span<const iovec> octets) {
  if (!connection_.is_open()) return true;
  const IoResult result = connection_.Write(octets);
  if (result.status != IoStatus::kWantWrite && result.status != IoStatus::kWantRead)
    return true;  // a failure shows when reading
  std::size_t skip = result.octets;
  unwritten_.clear();
  for (const iovec& part : octets) {
    if (skip >= part.iov_len) {
      skip -= part.iov_len;
      continue;
    }
    unwritten_.push_back({static_cast<char*>(part.iov_base) + skip, part.iov_len - skip});
    skip = 0;
  }
  return unwritten_.empty();
}

void Channel::ContinueWrite() {
  std::vector<iovec> rest;
  rest.swap(unwritten_);
  if (!Write(rest)) return;
  seat_.session().OnWritten(number_, Now());
}

void Channel::Close(Close::How how) {
  switch (how) {
    case Close::How::kHalf:
      connection_.ShutdownWrite();
      return;
    case Close::How::kReset:
      Drop();
      connection_.Reset();
      break;
    case Close::How::kFin:
      Drop();
      connection_.Close();
      break;
  }
  state_ = State::kIdle;
  unwritten_.clear();
}

void Channel::OnReady(std::uint32_t events) {
  switch (state_) {
    case State::kConnecting:
      return ContinueConnect(events);
    case State::kHandshaking:
      return ContinueHandshake(events);
    case State::kIdle:
    case State::kFailed:
    case State::kHandshakeOver:
      return;
    case State::kOpen:
      break;
  }
  if ((events & kWritable) != 0 && !unwritten_.empty()) ContinueWrite();
  if ((events & (kReadable | kHangup)) != 0) ReadAll(events);
  seat_.AfterSession();
}

void Channel::ReadAll(std::uint32_t events) {
  const std::span<char> buffer = ReadBuffer();
  while (connection_.is_open() && state_ == State::kOpen && !seat_.session().done()) {
    const IoResult result = connection_.Read(buffer);
    if (result.octets > 0) {
      seat_.session().OnOctets(number_, std::string_view(buffer.data(), result.octets), Now());
    }
    if (result.status == IoStatus::kWantRead || result.status == IoStatus::kWantWrite) return;
    if (result.status != IoStatus::kOk) return Ended(result.status);
    // A short read emptied the socket: asking again would cost a system call to hear so. But the
    // end of the stream may lie behind it, and was told of already.
    const bool emptied = result.octets < buffer.size() && !connection_.pending();
    if (emptied && (events & kHangup) == 0) return;
  }
}

void Channel::Ended(IoStatus status) {
  const bool notified = connection_.tls() && connection_.close_notify_seen();
  Drop();
  connection_.Close();
  state_ = State::kIdle;
  const CloseKind kind = status != IoStatus::kEof ? CloseKind::kReset
                         : notified               ? CloseKind::kTlsNotify
                                                  : CloseKind::kFin;
  seat_.session().OnClosed(number_, kind, Now());
}

}  // namespace smtpgauge
