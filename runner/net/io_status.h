// How an operation on a connection ended. A network failure is data, not an exception.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace smtpgauge {

enum class IoStatus : std::uint8_t {
  kOk,
  kWantRead,     ///< nothing done; try again when the descriptor is readable
  kWantWrite,    ///< nothing done; try again when it is writable
  kEof,          ///< the peer closed in order (FIN, or close_notify over TLS)
  kReset,        ///< RST, or writing to a connection that the peer has torn down
  kRefused,      ///< nobody listens there
  kTimedOut,     ///< the kernel gave up
  kUnreachable,  ///< no route to the host or network
  kTlsFailed,  ///< alert, broken record, or a certificate that was to be verified and is not valid
  kError       ///< anything else: see Connection::error() and LimitHint()
};

/// "ok", "want-read", "want-write", "eof", "reset", "refused", "timed-out", "unreachable",
/// "tls-failed", "error".
[[nodiscard]] std::string_view IoStatusName(IoStatus status);

/// Classifies an errno value. EAGAIN is kError: only the caller knows which way it waits.
[[nodiscard]] IoStatus IoStatusFromErrno(int error);

struct IoResult {
  IoStatus status = IoStatus::kOk;
  std::size_t octets = 0;  ///< moved, also when `status` says why no more were
};

}  // namespace smtpgauge
