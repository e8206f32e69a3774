#include "runner/net/tls_context.h"

#include <arpa/inet.h>

#include <array>
#include <stdexcept>

#include <fmt/format.h>
#include <openssl/err.h>

#include "runner/net/tls_session.h"

namespace smtpgauge {

namespace {

/// A load run talks to one server, a conformance run to a few.
constexpr std::size_t kMaxSessions = 64;

int NewSession(SSL* ssl, SSL_SESSION* session) {
  auto* const notes = static_cast<TlsNotes*>(SSL_get_app_data(ssl));
  if (notes == nullptr || notes->session_key.empty()) return 0;
  auto& sessions = notes->context->sessions;
  if (sessions.size() >= kMaxSessions && sessions.find(notes->session_key) == sessions.end()) {
    sessions.clear();
  }
  sessions[notes->session_key].reset(session);
  return 1;  // the reference is ours now
}

/// Notes that the server asked; no certificate is given.
int CertificateRequested(SSL* ssl, X509** /*certificate*/, EVP_PKEY** /*key*/) {
  auto* const notes = static_cast<TlsNotes*>(SSL_get_app_data(ssl));
  if (notes != nullptr) notes->certificate_requested = true;
  return 0;
}

int ProtocolNumber(TlsVersion version) {
  switch (version) {
    case TlsVersion::kAny:
      return 0;
    case TlsVersion::kTls10:
      return TLS1_VERSION;
    case TlsVersion::kTls11:
      return TLS1_1_VERSION;
    case TlsVersion::kTls12:
      return TLS1_2_VERSION;
    case TlsVersion::kTls13:
      return TLS1_3_VERSION;
  }
  return 0;
}

bool IsLegacy(TlsVersion version) {
  return version == TlsVersion::kTls10 || version == TlsVersion::kTls11;
}

bool IsAddress(const std::string& name) {
  std::array<unsigned char, sizeof(in6_addr)> octets{};
  return inet_pton(AF_INET, name.c_str(), octets.data()) == 1 ||
         inet_pton(AF_INET6, name.c_str(), octets.data()) == 1;
}

bool SetVersionsAndCiphers(SSL* ssl, const TlsRequest& request, std::string& error) {
  if (IsLegacy(request.min_version) || IsLegacy(request.max_version) || !request.ciphers.empty()) {
    SSL_set_security_level(ssl, 0);
  }
  // With only a maximum given, the system's minimum (1.2 on Debian) could lie above it.
  const TlsVersion lowest = request.min_version == TlsVersion::kAny && IsLegacy(request.max_version)
                                ? request.max_version
                                : request.min_version;
  if (lowest != TlsVersion::kAny && SSL_set_min_proto_version(ssl, ProtocolNumber(lowest)) != 1) {
    error = "this OpenSSL cannot speak the lowest TLS version asked for";
  } else if (request.max_version != TlsVersion::kAny &&
             SSL_set_max_proto_version(ssl, ProtocolNumber(request.max_version)) != 1) {
    error = "this OpenSSL cannot speak the highest TLS version asked for";
  } else if (!request.ciphers.empty() && SSL_set_cipher_list(ssl, request.ciphers.c_str()) != 1) {
    error = fmt::format("no cipher of '{}' is known to this OpenSSL", request.ciphers);
  } else if (!request.ciphersuites.empty() &&
             SSL_set_ciphersuites(ssl, request.ciphersuites.c_str()) != 1) {
    error = fmt::format("'{}' is not a list of TLS 1.3 ciphersuites", request.ciphersuites);
  }
  return error.empty();
}

bool SetAlpn(SSL* ssl, const TlsRequest& request, std::string& error) {
  std::string wire;  // RFC 7301 3.1: each name behind its length octet
  for (const std::string& protocol : request.alpn) {
    if (protocol.empty() || protocol.size() > 255) {
      error = "an ALPN protocol name has 1 to 255 octets";
      return false;
    }
    wire += static_cast<char>(protocol.size());
    wire += protocol;
  }
  if (wire.empty()) return true;
  const std::vector<unsigned char> octets(wire.begin(), wire.end());
  if (SSL_set_alpn_protos(ssl, octets.data(), static_cast<unsigned>(octets.size())) != 0) {
    error = "OpenSSL did not take the ALPN list";
  }
  return error.empty();
}

bool SetName(SSL* ssl, const TlsRequest& request, TlsVerify verify, std::string& error) {
  if (verify == TlsVerify::kPeer) SSL_set_verify(ssl, SSL_VERIFY_PEER, nullptr);
  if (request.server_name.empty()) return true;
  const bool address = IsAddress(request.server_name);
  if (request.sni == TlsSni::kName && !address) {
    // The library's macro hides an old-style cast.
    std::string name = request.server_name;
    if (SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data()) != 1) {
      error = fmt::format("'{}' cannot be sent as a server name", request.server_name);
      return false;
    }
  }
  // Only here: without kPeer a mismatch would hide what else is wrong with the chain.
  if (verify != TlsVerify::kPeer) return true;
  const bool set =
      address ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), request.server_name.c_str()) == 1
              : SSL_set1_host(ssl, request.server_name.c_str()) == 1;
  if (!set) error = fmt::format("'{}' cannot be verified as a host name", request.server_name);
  return set;
}

}  // namespace

bool ParseTlsVersion(std::string_view text, TlsVersion& version) {
  if (text.starts_with("TLSv")) text.remove_prefix(4);
  constexpr std::array<std::string_view, 5> kTexts = {"", "1.0", "1.1", "1.2", "1.3"};
  for (std::size_t i = 0; i < kTexts.size(); ++i) {
    if (text == kTexts[i]) {
      version = static_cast<TlsVersion>(i);
      return true;
    }
  }
  return false;
}

std::string TakeOpenSslError() {
  const unsigned long first = ERR_get_error();
  ERR_clear_error();
  if (first == 0) return "";
  const char* const reason = ERR_reason_error_string(first);
  return reason != nullptr ? reason : fmt::format("OpenSSL error {:#x}", first);
}

TlsContext::TlsContext(const Options& options) : state_(std::make_unique<State>()) {
  ERR_clear_error();
  state_->verify = options.verify == TlsVerify::kPeer ? TlsVerify::kPeer : TlsVerify::kNone;
  state_->trust = options.trust;
  state_->context.reset(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* const context = state_->context.get();
  if (context == nullptr) throw std::runtime_error("OpenSSL: " + TakeOpenSslError());
  // Moving buffer: the caller's octets may lie elsewhere at the next try. Release: an idle session
  // keeps no record buffers (16 KiB each way otherwise).
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(context, 1);  // one recv per record instead of two
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, NewSession);
  SSL_CTX_set_client_cert_cb(context, CertificateRequested);
  // A server without RFC 5746 is a finding (TlsFacts::secure_renegotiation), not an obstacle.
  SSL_CTX_set_options(context, SSL_OP_LEGACY_SERVER_CONNECT);
  if (options.ca_file.empty()) return;
  state_->trusts = true;
  if (SSL_CTX_load_verify_file(context, options.ca_file.c_str()) != 1) {
    throw std::runtime_error(fmt::format("CA file {}: {}; expected certificates in PEM form",
                                         options.ca_file, TakeOpenSslError()));
  }
}

TlsContext::~TlsContext() = default;

void TlsContext::ForgetSessions() {
  state_->sessions.clear();
}

std::unique_ptr<SSL, OpenSslDeleter> NewTlsClient(TlsNotes& notes, const TlsRequest& request,
                                                  std::string& error) {
  ERR_clear_error();
  const TlsVerify verify =
      request.verify == TlsVerify::kContext ? notes.context->verify : request.verify;
  const bool looks_at_trust =
      verify == TlsVerify::kPeer || notes.context->trust == TlsTrust::kAlways;
  if (looks_at_trust && !notes.context->trusts) {
    // Reading them takes as long as a thousand messages: not for a run that never speaks TLS.
    notes.context->trusts = true;
    SSL_CTX_set_default_verify_paths(notes.context->context.get());
    ERR_clear_error();
  }
  std::unique_ptr<SSL, OpenSslDeleter> ssl(SSL_new(notes.context->context.get()));
  if (!ssl) {
    error = TakeOpenSslError();
    return nullptr;
  }
  if (!SetVersionsAndCiphers(ssl.get(), request, error) || !SetAlpn(ssl.get(), request, error) ||
      !SetName(ssl.get(), request, verify, error)) {
    ERR_clear_error();
    return nullptr;
  }
  SSL_set_app_data(ssl.get(), &notes);
  const auto kept = notes.context->sessions.find(notes.session_key);
  if (!notes.session_key.empty() && kept != notes.context->sessions.end()) {
    SSL_set_session(ssl.get(), kept->second.get());
  }
  SSL_set_connect_state(ssl.get());
  return ssl;
}

}  // namespace smtpgauge
