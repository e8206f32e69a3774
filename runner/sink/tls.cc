#include "runner/sink/tls.h"

#include <limits>
#include <stdexcept>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

namespace smtpgauge::sink {
namespace {

struct KeyFree {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct CertificateFree {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using Key = std::unique_ptr<EVP_PKEY, KeyFree>;
using Certificate = std::unique_ptr<X509, CertificateFree>;

std::string LastError() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* reason = ERR_reason_error_string(code);
  return reason == nullptr ? "unknown error" : reason;
}

void AddName(X509* certificate, const std::string& hostname) {
  const std::string alternative = "DNS:" + hostname + ",DNS:localhost,IP:127.0.0.1,IP:::1";
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension =
      X509V3_EXT_conf_nid(nullptr, &context, NID_subject_alt_name, alternative.c_str());
  if (extension == nullptr) throw std::runtime_error("cannot name the certificate: " + LastError());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

void UseSelfSigned(SSL_CTX* context, const std::string& hostname, const FaultSet& faults) {
  const Key key(faults.Has(Fault::kStaticRsaTaken) ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256"));
  const Certificate certificate(X509_new());
  if (!key || !certificate) throw std::runtime_error("cannot make a key: " + LastError());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -24 * 3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()),
                  faults.Has(Fault::kCertificateExpired) ? -3600L : 365L * 24 * 3600);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* name = X509_get_subject_name(certificate.get());
  const std::string common = hostname.substr(0, 64);  // the upper bound of a commonName
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(common.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  AddName(certificate.get(), hostname);
  if (X509_sign(certificate.get(), key.get(), EVP_sha256()) == 0 ||
      SSL_CTX_use_certificate(context, certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context, key.get()) != 1)
    throw std::runtime_error("cannot sign a certificate: " + LastError());
}

void UseFiles(SSL_CTX* context, const std::string& certificate_file, const std::string& key_file) {
  const std::string& key = key_file.empty() ? certificate_file : key_file;
  if (SSL_CTX_use_certificate_chain_file(context, certificate_file.c_str()) != 1)
    throw std::runtime_error(certificate_file + ": no usable PEM certificate: " + LastError());
  if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1)
    throw std::runtime_error(key + ": no usable PEM key for that certificate: " + LastError());
}

// No protocol name is registered for SMTP, so a client that insists on one is lost (RFC 9325 3.8).
int RefuseProtocolNames(SSL*, const unsigned char**, unsigned char*, const unsigned char*, unsigned,
                        void*) {
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

int TakeFirstProtocolName(SSL*, const unsigned char** chosen, unsigned char* length,
                          const unsigned char* offered, unsigned, void*) {
  *length = offered[0];
  *chosen = offered + 1;
  return SSL_TLSEXT_ERR_OK;
}

// Stops within a handshake whose server name holds neither of the names that this server has.
int WaitAtUnknownName(SSL* ssl, int*, void* hostname) {
  const unsigned char* name = nullptr;
  std::size_t length = 0;
  if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &name, &length) != 1)
    return SSL_CLIENT_HELLO_SUCCESS;
  const std::string_view text(reinterpret_cast<const char*>(name), length);
  const bool known = text.find(*static_cast<const std::string*>(hostname)) != text.npos ||
                     text.find("localhost") != text.npos;
  return known ? SSL_CLIENT_HELLO_SUCCESS : SSL_CLIENT_HELLO_RETRY;
}

void CorruptContext(SSL_CTX* context, const std::string& hostname, const FaultSet& faults) {
  if (faults.Has(Fault::kTlsOneZeroTaken)) {
    SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
    SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0");
  }
  if (faults.Has(Fault::kTlsOneThreeMissing))
    SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
  if (faults.Has(Fault::kAnonymousCipherTaken))
    SSL_CTX_set_cipher_list(context, "ALL:aNULL:@SECLEVEL=0");
  if (faults.Has(Fault::kStaticRsaTaken)) SSL_CTX_set_cipher_list(context, "ALL");
  if (faults.Has(Fault::kUnknownNameHangs))
    SSL_CTX_set_client_hello_cb(context, WaitAtUnknownName, const_cast<std::string*>(&hostname));
  if (faults.Has(Fault::kNullCipherTaken) || faults.Has(Fault::kWeakTls454))
    SSL_CTX_set_cipher_list(context, "ALL:eNULL:aNULL:@SECLEVEL=0");
  if (faults.Has(Fault::kClientCertificateWanted))
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, [](int, X509_STORE_CTX*) { return 1; });
  if (faults.Has(Fault::kForeignProtocolTaken))
    SSL_CTX_set_alpn_select_cb(context, TakeFirstProtocolName, nullptr);
  if (faults.Has(Fault::kMasterSecretNotExtended))
    SSL_CTX_set_options(context, SSL_OP_NO_EXTENDED_MASTER_SECRET);
}

}  // namespace

SslContext MakeTlsContext(const std::string& certificate_file, const std::string& key_file,
                          const std::string& hostname, const FaultSet& faults) {
  SslContext context(SSL_CTX_new(TLS_server_method()));
  if (!context) throw std::runtime_error("cannot set up TLS: " + LastError());
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context.get(), "ECDHE+AESGCM:ECDHE+CHACHA20");
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_alpn_select_cb(context.get(), RefuseProtocolNames, nullptr);
  SSL_CTX_set_session_id_context(context.get(), reinterpret_cast<const unsigned char*>("sink"), 4);
  if (certificate_file.empty())
    UseSelfSigned(context.get(), hostname, faults);
  else
    UseFiles(context.get(), certificate_file, key_file);
  if (!faults.empty()) CorruptContext(context.get(), hostname, faults);
  return context;
}

TlsStream::TlsStream(SSL_CTX* context, int fd) : ssl_(SSL_new(context)) {
  if (!ssl_ || SSL_set_fd(ssl_.get(), fd) != 1)
    failed_ = true;
  else
    SSL_set_accept_state(ssl_.get());
}

TlsResult TlsStream::ResultOf(int returned) {
  switch (SSL_get_error(ssl_.get(), returned)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_CLIENT_HELLO_CB:
      return TlsResult::kWantRead;
    case SSL_ERROR_WANT_WRITE:
      return TlsResult::kWantWrite;
    default:
      failed_ = true;
      ERR_clear_error();
      return TlsResult::kFailed;
  }
}

TlsResult TlsStream::Handshake() {
  if (failed_) return TlsResult::kFailed;
  const int returned = SSL_do_handshake(ssl_.get());
  return returned == 1 ? TlsResult::kDone : ResultOf(returned);
}

TlsResult TlsStream::Read(char* buffer, std::size_t& size) {
  std::size_t got = 0;
  const int returned = SSL_read_ex(ssl_.get(), buffer, size, &got);
  size = got;
  return returned == 1 ? TlsResult::kDone : ResultOf(returned);
}

TlsResult TlsStream::Write(std::string_view octets, std::size_t& written) {
  written = 0;
  const int returned = SSL_write_ex(ssl_.get(), octets.data(), octets.size(), &written);
  return returned == 1 ? TlsResult::kDone : ResultOf(returned);
}

void TlsStream::CloseNotify() {
  if (!failed_ && SSL_is_init_finished(ssl_.get())) SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

}  // namespace smtpgauge::sink
