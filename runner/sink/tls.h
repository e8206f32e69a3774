// Server-side TLS directly on a non-blocking socket (RFC 3207, RFC 8314, RFC 9325).
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <openssl/ssl.h>

#include "runner/sink/fault.h"

namespace smtpgauge::sink {

struct SslContextFree {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct SslFree {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};
using SslContext = std::unique_ptr<SSL_CTX, SslContextFree>;

/// TLS 1.2 and 1.3, forward-secret suites, no renegotiation. With empty file names a self-signed
/// certificate for `hostname`, which must outlive the context, is made. Throws std::runtime_error
/// naming the file at fault.
[[nodiscard]] SslContext MakeTlsContext(const std::string& certificate_file,
                                        const std::string& key_file, const std::string& hostname,
                                        const FaultSet& faults);

enum class TlsResult { kDone, kWantRead, kWantWrite, kFailed };

class TlsStream {
 public:
  TlsStream(SSL_CTX* context, int fd);

  [[nodiscard]] TlsResult Handshake();
  /// `size` is the room on entry and the octets read on kDone.
  [[nodiscard]] TlsResult Read(char* buffer, std::size_t& size);
  /// `written` is how much of `octets` went out on kDone.
  [[nodiscard]] TlsResult Write(std::string_view octets, std::size_t& written);
  /// Octets that were decrypted or buffered but not read: epoll will not tell of them.
  [[nodiscard]] bool HasPending() const { return SSL_has_pending(ssl_.get()) == 1; }
  /// Whether the cipher suite hides anything.
  [[nodiscard]] bool Encrypts() const { return SSL_get_cipher_bits(ssl_.get(), nullptr) > 0; }
  /// Sends close_notify, without waiting for the peer's.
  void CloseNotify();

 private:
  [[nodiscard]] TlsResult ResultOf(int returned);

  std::unique_ptr<SSL, SslFree> ssl_;
  bool failed_ = false;
};

}  // namespace smtpgauge::sink
