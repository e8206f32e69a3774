// Private to runner/net: the TLS part of a Connection.
#pragma once

#include <memory>
#include <string>

#include "runner/net/connection.h"
#include "runner/net/tls_bio.h"
#include "runner/net/tls_session.h"

namespace smtpgauge {

struct Connection::Tls {
  Tls() = default;
  Tls(const Tls&) = delete;  // OpenSSL holds the addresses of `wire` and `notes`
  Tls& operator=(const Tls&) = delete;
  ~Tls();

  TlsWire wire;
  TlsNotes notes;
  std::string server_name;
  std::string error;
  int alert = -1;  ///< the fatal alert received
  bool verify_peer = false;
  /// Not kOk: how TLS broke. OpenSSL must not be called again for input, output or shutdown.
  IoStatus broken = IoStatus::kOk;
  std::unique_ptr<SSL, OpenSslDeleter> ssl;
};

}  // namespace smtpgauge
