// The one connection of conformance and load alike, independent of any event loop.
//
// A non-blocking descriptor with, after StartTls(), an OpenSSL SSL directly upon it: 16-25 % less
// CPU on kept connections than a TLS stream that goes through memory, and raw octets can be written
// and read on either side of the STARTTLS boundary. Readiness comes from outside (EventLoop).
// There is no read buffer in here: 15,000 idle sessions share one per thread.
#pragma once

#include <sys/uio.h>

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "runner/net/io_status.h"
#include "runner/net/tls_facts.h"

namespace smtpgauge {

class Endpoint;
class TlsContext;
struct TlsRequest;

class Connection {
 public:
  Connection();
  Connection(Connection&& other) noexcept;
  Connection& operator=(Connection&& other) noexcept;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  /// Closes the descriptor without a close_notify; octets not yet read make the kernel send a RST.
  ~Connection();

  /// Starts a non-blocking connect; what was open before is dropped. kOk: connected (Unix path, at
  /// times loopback). kWantWrite: wait for writability, then FinishConnect(). `source` binds the
  /// local address (port 0: the kernel takes it at connect, so one address serves ~28,000
  /// connections to each destination). After a failure nothing is open.
  [[nodiscard]] IoStatus Open(const Endpoint& to, const std::optional<Endpoint>& source);
  /// The outcome of the connect, once the descriptor is writable. Read() and Write() report a
  /// failed connect too, so a hot loop may leave this system call out.
  [[nodiscard]] IoStatus FinishConnect();

  /// Turns the live socket into a TLS client and makes the first step of the handshake; the result
  /// is that of Handshake(). `context` must outlive the TLS part of this connection.
  /// kTlsFailed also when the request itself cannot be met (no such cipher or version).
  [[nodiscard]] IoStatus StartTls(TlsContext& context, const TlsRequest& request);
  /// Goes on. kOk: TLS is up. kWantRead/kWantWrite: wait. kTlsFailed: alert, not TLS at all, or
  /// not verified. kEof/kReset: the peer closed in mid-handshake.
  [[nodiscard]] IoStatus Handshake();

  /// Takes what has come, at most one TLS record per call. kOk with octets > 0; kEof at the end.
  /// Over TLS octets may wait above the descriptor: read until kWantRead or until !pending().
  [[nodiscard]] IoResult Read(std::span<char> into);
  /// Writes as much as goes without waiting, gathered into one send or into full TLS records. kOk:
  /// everything. kWantWrite (kWantRead while TLS wants to read first): `octets` went; call again
  /// with the rest. Over TLS the rest must begin with the same octets as before.
  [[nodiscard]] IoResult Write(std::span<const iovec> from);

  /// Half close: FIN, over TLS close_notify first. Reading goes on.
  void ShutdownWrite();
  /// Orderly: close_notify over TLS, then close. tls_facts() and error() stay until the next
  /// Open().
  void Close();
  /// Sends RST: SO_LINGER 0, no TIME_WAIT, as smtp-source does. No close_notify.
  void Reset();

  [[nodiscard]] int fd() const { return fd_; }  ///< -1: closed
  [[nodiscard]] bool is_open() const { return fd_ >= 0; }
  [[nodiscard]] bool tls() const;  ///< true from StartTls() on, also before the handshake is done
  [[nodiscard]] bool pending() const;            ///< TLS holds octets, or left some in the kernel
  [[nodiscard]] bool close_notify_seen() const;  ///< cheap part of tls_facts()
  [[nodiscard]] bool tls_resumed() const;        ///< cheap part of tls_facts()
  [[nodiscard]] std::string error() const;       ///< text of the last failure; "" if there was none
  [[nodiscard]] int error_number() const { return errno_; }  ///< errno of it, or 0; for LimitHint()
  /// What the handshake showed, also a failed one (then mostly empty). Costs certificate parsing.
  [[nodiscard]] TlsFacts tls_facts() const;
  [[nodiscard]] std::optional<Endpoint> local_endpoint() const;
  [[nodiscard]] std::optional<Endpoint> peer_endpoint() const;

 private:
  struct Tls;

  IoStatus Fail(int error);
  IoStatus Connect(const Endpoint& to, const std::optional<Endpoint>& source);
  IoStatus TlsOutcome(int returned);
  IoResult WriteClear(std::span<const iovec> from);
  IoResult WriteTls(std::span<const iovec> from);
  IoResult ReadTls(std::span<char> into);
  void SendCloseNotify();
  void Drop();

  int fd_ = -1;
  int errno_ = 0;
  std::unique_ptr<Tls> tls_;
};

}  // namespace smtpgauge
