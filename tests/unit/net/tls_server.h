// A small OpenSSL server in a thread of the test, with certificates made on the spot.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <openssl/ssl.h>

#include "runner/net/connection.h"
#include "runner/net/tls_context.h"
#include "tests/unit/net/loopback.h"

namespace smtpgauge {

class TlsServer {
 public:
  struct Options {
    std::vector<std::string> names = {"DNS:mx.example", "IP:127.0.0.1"};
    int days = 90;  ///< negative: expired
    int max_version = 0;
    std::string alpn = {};  ///< the one protocol chosen when offered
    bool request_certificate = false;
    bool require_certificate = false;
    /// Said in the segment that ends the server's part of the handshake, before the client has
    /// finished its own (RFC 8446 section 2). TLS 1.3 only.
    std::string early = {};
  };
  explicit TlsServer(const Options& options);
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;
  ~TlsServer();

  [[nodiscard]] SSL_CTX* context() const { return context_; }
  [[nodiscard]] const std::string& early() const { return early_; }
  /// The certificate is self-signed, so it is its own CA.
  [[nodiscard]] const std::string& ca_file() const { return ca_file_; }

 private:
  SSL_CTX* context_;
  std::string ca_file_;
  std::string alpn_;
  std::string early_;
};

/// A connection whose server end does a handshake and then `script`; every wait is bounded.
class TlsPair {
 public:
  TlsPair(TlsServer& server, std::function<void(SSL*)> script);
  ~TlsPair();
  Connection client;
  /// Waits for the server's end of the story.
  void Join();

 private:
  Listener listener_;
  std::thread thread_;
};

/// The server's end of `peer`: a handshake, then `script`.
void Serve(TlsServer& server, const Peer& peer, const std::function<void(SSL*)>& script);
/// The descriptor below a server's SSL.
[[nodiscard]] int DescriptorOf(SSL* ssl);

/// Drives a handshake to its end.
[[nodiscard]] IoStatus Shake(Connection& client, TlsContext& context, const TlsRequest& request);

/// Server scripts.
void SendGreeting(SSL* ssl);        ///< "220 x\r\n", then close_notify, then waits for the FIN
void Echo(SSL* ssl);                ///< until the client ends
void CloseWithoutNotify(SSL* ssl);  ///< greeting, then a bare FIN

/// What a client asks of a server that goes by the name of mx.example.
[[nodiscard]] TlsRequest ForMx();

}  // namespace smtpgauge
