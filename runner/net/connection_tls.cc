#include "runner/net/connection_tls.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>

#include <fmt/format.h>
#include <openssl/err.h>

#include "runner/net/endpoint.h"

namespace smtpgauge {

namespace {

constexpr std::size_t kRecord = 16384;  // RFC 8446 5.1, RFC 5246 6.2.1

/// SSL_get_error() takes an error left behind for this call's own. There is hardly ever one, and
/// ERR_clear_error() empties all 16 places of the queue without looking.
void ClearErrors() {
  if (ERR_peek_error() != 0) ERR_clear_error();
}

/// Which alert an error of OpenSSL stands for, -1 when it is none.
int AlertOf(unsigned long error) {
  const int reason = ERR_GET_REASON(error);
  const bool alert = ERR_GET_LIB(error) == ERR_LIB_SSL && reason >= SSL_AD_REASON_OFFSET &&
                     reason < SSL_AD_REASON_OFFSET + 256;
  return alert ? reason - SSL_AD_REASON_OFFSET : -1;
}

std::string Describe(SSL* ssl, unsigned long error, int alert) {
  if (alert >= 0) {
    return fmt::format("the server sent the TLS alert '{}'", AlertName(alert));
  }
  const int reason = ERR_GET_REASON(error);
  if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED) {
    return fmt::format("the server's certificate does not hold: {}",
                       X509_verify_cert_error_string(SSL_get_verify_result(ssl)));
  }
  if (reason == SSL_R_WRONG_VERSION_NUMBER && SSL_in_init(ssl) != 0) {
    return "the server did not answer with TLS";
  }
  const char* const text = ERR_reason_error_string(error);
  return fmt::format("TLS: {}", text != nullptr ? text : "unknown error");
}

/// The octets of `from` behind the first `skip` in one piece of at most a record. Gathers small
/// parts in `buffer`: each SSL_write makes a record and a system call of its own.
std::span<const char> NextPiece(std::span<const iovec> from, std::size_t skip,
                                std::span<char> buffer) {
  std::size_t gathered = 0;
  for (const iovec& part : from) {
    if (skip >= part.iov_len) {
      skip -= part.iov_len;
      continue;
    }
    const char* const octets = static_cast<const char*>(part.iov_base) + skip;
    const std::size_t length = part.iov_len - skip;
    skip = 0;
    if (gathered == 0 && length >= buffer.size()) return {octets, buffer.size()};
    const std::size_t taken = std::min(length, buffer.size() - gathered);
    std::memcpy(buffer.data() + gathered, octets, taken);
    gathered += taken;
    if (gathered == buffer.size()) break;
  }
  return buffer.first(gathered);
}

}  // namespace

Connection::Tls::~Tls() {
  // Freed without this mark, OpenSSL takes the session for a broken one that must not be resumed.
  if (ssl) SSL_set_shutdown(ssl.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

IoStatus Connection::StartTls(TlsContext& context, const TlsRequest& request) {
  errno_ = 0;
  tls_ = std::make_unique<Tls>();
  tls_->wire.fd = fd_;
  tls_->server_name = request.server_name;
  tls_->notes.context = &context.state();
  tls_->verify_peer =
      request.verify == TlsVerify::kPeer ||
      (request.verify == TlsVerify::kContext && context.state().verify == TlsVerify::kPeer);
  if (request.resumption == TlsResumption::kOffer) {
    const std::optional<Endpoint> peer = peer_endpoint();
    tls_->notes.session_key = request.server_name + '@' + (peer ? peer->ToString() : "");
  }
  tls_->ssl = NewTlsClient(tls_->notes, request, tls_->error);
  BIO* const bio = tls_->ssl ? NewTlsBio(tls_->wire) : nullptr;
  if (bio == nullptr) {
    return tls_->broken = IoStatus::kTlsFailed;
  }
  SSL_set_bio(tls_->ssl.get(), bio, bio);
  return Handshake();
}

IoStatus Connection::Handshake() {
  if (tls_->broken != IoStatus::kOk) return tls_->broken;
  ClearErrors();
  // Something may have come since, and a handshake that is over reads nothing.
  tls_->wire.emptied = false;
  const IoStatus status = TlsOutcome(SSL_do_handshake(tls_->ssl.get()));
  // A resumed session is not verified anew: it brings the verdict of its first handshake along,
  // which may have been one that did not care.
  if (status == IoStatus::kOk && tls_->verify_peer) {
    const long verdict = SSL_get_verify_result(tls_->ssl.get());
    if (verdict != X509_V_OK || SSL_get0_peer_certificate(tls_->ssl.get()) == nullptr) {
      tls_->error = fmt::format(
          "the server's certificate does not hold: {}",
          verdict != X509_V_OK ? X509_verify_cert_error_string(verdict) : "none was sent");
      return tls_->broken = IoStatus::kTlsFailed;
    }
  }
  return status;
}

IoStatus Connection::TlsOutcome(int returned) {
  if (returned > 0) return IoStatus::kOk;
  SSL* const ssl = tls_->ssl.get();
  const int kind = SSL_get_error(ssl, returned);
  if (kind == SSL_ERROR_WANT_READ) return IoStatus::kWantRead;
  if (kind == SSL_ERROR_WANT_WRITE) return IoStatus::kWantWrite;
  if (kind == SSL_ERROR_ZERO_RETURN) return IoStatus::kEof;
  if (kind == SSL_ERROR_SYSCALL) {
    if (tls_->wire.error != 0) return tls_->broken = Fail(tls_->wire.error);
    if (SSL_in_init(ssl) != 0) {
      tls_->broken = IoStatus::kEof;
      tls_->error = "the server closed the connection during the TLS handshake";
    }
    return IoStatus::kEof;
  }
  const unsigned long error = ERR_peek_error();
  tls_->alert = AlertOf(error);
  tls_->error = Describe(ssl, error, tls_->alert);
  ClearErrors();
  return tls_->broken = IoStatus::kTlsFailed;
}

IoResult Connection::ReadTls(std::span<char> into) {
  if (tls_->broken != IoStatus::kOk) return {tls_->broken, 0};
  ClearErrors();
  const int limit =
      static_cast<int>(std::min<std::size_t>(into.size(), std::numeric_limits<int>::max()));
  const int taken = SSL_read(tls_->ssl.get(), into.data(), limit);
  if (taken > 0) return {IoStatus::kOk, static_cast<std::size_t>(taken)};
  return {TlsOutcome(taken), 0};
}

IoResult Connection::WriteTls(std::span<const iovec> from) {
  IoResult result;
  if (tls_->broken != IoStatus::kOk) return {tls_->broken, 0};
  std::array<char, kRecord> buffer;
  for (;;) {
    const std::span<const char> piece = NextPiece(from, result.octets, buffer);
    if (piece.empty()) return result;
    ClearErrors();
    const int sent = SSL_write(tls_->ssl.get(), piece.data(), static_cast<int>(piece.size()));
    if (sent <= 0) {
      result.status = TlsOutcome(sent);
      return result;
    }
    result.octets += static_cast<std::size_t>(sent);
  }
}

void Connection::SendCloseNotify() {
  if (!tls_ || tls_->broken != IoStatus::kOk || fd_ < 0 || SSL_in_init(tls_->ssl.get()) != 0)
    return;
  ClearErrors();
  SSL_shutdown(tls_->ssl.get());  // best effort: a full send buffer means a peer that hangs
  ClearErrors();
}

bool Connection::pending() const {
  return tls_ && tls_->broken == IoStatus::kOk &&
         (!tls_->wire.emptied || SSL_has_pending(tls_->ssl.get()) != 0);
}

bool Connection::tls_resumed() const {
  return tls_ && SSL_session_reused(tls_->ssl.get()) == 1;
}

bool Connection::close_notify_seen() const {
  return tls_ && tls_->ssl && (SSL_get_shutdown(tls_->ssl.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
}

}  // namespace smtpgauge
