// Private to runner/net: what TlsContext and Connection share.
#pragma once

#include <map>
#include <memory>
#include <string>

#include <openssl/ssl.h>

#include "runner/net/tls_context.h"

namespace smtpgauge {

struct OpenSslDeleter {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};

struct TlsContext::State {
  std::unique_ptr<SSL_CTX, OpenSslDeleter> context;
  TlsVerify verify = TlsVerify::kNone;
  TlsTrust trust = TlsTrust::kAlways;
  bool trusts = false;  ///< has trust anchors; the system's are read for the first that needs them
  /// The newest session per server; servers take a ticket more than once.
  std::map<std::string, std::unique_ptr<SSL_SESSION, OpenSslDeleter>, std::less<>> sessions;
};

/// What OpenSSL's callbacks need of the connection: they find it as the SSL's app data.
struct TlsNotes {
  TlsContext::State* context = nullptr;
  std::string session_key;  ///< empty: sessions are not kept
  bool certificate_requested = false;
};

/// A client SSL set up as `request` says, offering a kept session under `notes.session_key`.
/// nullptr with `error` when the request cannot be met. `notes` must outlive the SSL.
[[nodiscard]] std::unique_ptr<SSL, OpenSslDeleter> NewTlsClient(TlsNotes& notes,
                                                                const TlsRequest& request,
                                                                std::string& error);

/// The name that RFC 8446 6 and its predecessors give an alert; "alert 99" when none does.
[[nodiscard]] std::string AlertName(int alert);

/// Empties this thread's OpenSSL error queue and returns its first reason, "" if there was none.
std::string TakeOpenSslError();

}  // namespace smtpgauge
