// OpenSSL's way to the socket. Its own socket BIO writes with write(2), which raises SIGPIPE when
// the peer is gone, and it hides errno behind later calls.
#pragma once

#include <openssl/bio.h>

namespace smtpgauge {

struct TlsWire {
  int fd = -1;
  int error = 0;         ///< errno of the last failed call, EAGAIN excepted
  bool eof = false;      ///< the peer's FIN was read
  bool emptied = false;  ///< the last read took all that the socket held
};

/// A BIO that reads and writes `wire.fd`; `wire` must outlive it. nullptr when memory ran out.
[[nodiscard]] BIO* NewTlsBio(TlsWire& wire);

}  // namespace smtpgauge
