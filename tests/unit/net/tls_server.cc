#include "tests/unit/net/tls_server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <atomic>
#include <cstdio>

#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <unistd.h>

#include "runner/net/tls_bio.h"

namespace smtpgauge {

namespace {

void AddExtension(X509* certificate, int nid, const std::string& value) {
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
  ASSERT_NE(extension, nullptr) << value;
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

X509* MakeCertificate(EVP_PKEY* key, const TlsServer::Options& options) {
  X509* const certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  constexpr long kDay = 86400;
  X509_gmtime_adj(X509_getm_notBefore(certificate), -400 * kDay);
  X509_gmtime_adj(X509_getm_notAfter(certificate), options.days * kDay + 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME* const name = X509_get_subject_name(certificate);
  const std::array<unsigned char, 5> common = {'t', 'e', 's', 't', 0x1B};  // hostile on purpose
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common.data(),
                             static_cast<int>(common.size()), -1, 0);
  X509_set_issuer_name(certificate, name);
  std::string names;
  for (const std::string& one : options.names)
    names += (names.empty() ? "" : ",") + one;
  AddExtension(certificate, NID_subject_alt_name, names);
  X509_sign(certificate, key, EVP_sha256());
  return certificate;
}

std::string WritePem(X509* certificate) {
  static std::atomic<int> count = 0;
  const std::string path = ::testing::TempDir() + "net_ca_" + std::to_string(::getpid()) + "_" +
                           std::to_string(count++) + ".pem";
  std::FILE* const file = std::fopen(path.c_str(), "w");
  EXPECT_EQ(PEM_write_X509(file, certificate), 1);
  std::fclose(file);
  return path;
}

int ChooseAlpn(SSL* /*ssl*/, const unsigned char** chosen, unsigned char* length,
               const unsigned char* offered, unsigned offered_length, void* wanted) {
  const auto& name = *static_cast<const std::string*>(wanted);
  for (unsigned at = 0; at + 1 + offered[at] <= offered_length; at += 1U + offered[at]) {
    const std::string one(offered + at + 1, offered + at + 1 + offered[at]);
    if (one != name) continue;
    *chosen = offered + at + 1;
    *length = offered[at];
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

void Say(SSL* ssl, std::string_view text) {
  SSL_write(ssl, text.data(), static_cast<int>(text.size()));
}

void SayEarly(SSL* ssl, std::string_view text) {
  const int fd = DescriptorOf(ssl);
  const int on = 1;
  const int off = 0;
  ::setsockopt(fd, IPPROTO_TCP, TCP_CORK, &on, sizeof on);
  char octet = 0;
  std::size_t count = 0;
  SSL_set_accept_state(ssl);
  EXPECT_EQ(SSL_read_early_data(ssl, &octet, 1, &count), SSL_READ_EARLY_DATA_FINISH);
  EXPECT_EQ(SSL_write_early_data(ssl, text.data(), text.size(), &count), 1);
  ::setsockopt(fd, IPPROTO_TCP, TCP_CORK, &off, sizeof off);
}

}  // namespace

TlsServer::TlsServer(const Options& options)
    : context_(SSL_CTX_new(TLS_server_method())), alpn_(options.alpn), early_(options.early) {
  EVP_PKEY* const key = EVP_EC_gen("P-256");
  X509* const certificate = MakeCertificate(key, options);
  SSL_CTX_use_certificate(context_, certificate);
  SSL_CTX_use_PrivateKey(context_, key);
  ca_file_ = WritePem(certificate);
  if (options.max_version != 0) SSL_CTX_set_max_proto_version(context_, options.max_version);
  const bool legacy = options.max_version != 0 && options.max_version < TLS1_2_VERSION;
  SSL_CTX_set_min_proto_version(context_, legacy ? TLS1_VERSION : TLS1_2_VERSION);
  if (legacy) {
    SSL_CTX_set_security_level(context_, 0);
  }
  const unsigned char id = 1;
  SSL_CTX_set_session_id_context(context_, &id, 1);
  if (!alpn_.empty()) SSL_CTX_set_alpn_select_cb(context_, ChooseAlpn, &alpn_);
  // A ticket would come behind what was said early, and tell the client to read.
  if (!early_.empty()) SSL_CTX_set_num_tickets(context_, 0);
  if (options.request_certificate) SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
  if (options.require_certificate) {
    SSL_CTX_set_verify(context_, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  X509_free(certificate);
  EVP_PKEY_free(key);
}

TlsServer::~TlsServer() {
  SSL_CTX_free(context_);
  ::unlink(ca_file_.c_str());
}

void Serve(TlsServer& server, const Peer& peer, const std::function<void(SSL*)>& script) {
  const timeval limit{5, 0};
  ::setsockopt(peer.fd(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  TlsWire wire;
  wire.fd = peer.fd();
  SSL* const ssl = SSL_new(server.context());
  BIO* const bio = NewTlsBio(wire);
  SSL_set_bio(ssl, bio, bio);
  if (!server.early().empty()) SayEarly(ssl, server.early());
  if (SSL_accept(ssl) == 1) script(ssl);
  SSL_free(ssl);
  ERR_clear_error();
}

int DescriptorOf(SSL* ssl) {
  return static_cast<TlsWire*>(BIO_get_data(SSL_get_rbio(ssl)))->fd;
}

TlsPair::TlsPair(TlsServer& server, std::function<void(SSL*)> script) {
  EXPECT_EQ(ConnectTo(client, listener_.endpoint()), IoStatus::kOk);
  thread_ = std::thread([peer = listener_.Accept(), &server, script = std::move(script)] {
    Serve(server, peer, script);
  });
}

TlsPair::~TlsPair() {
  client.Close();
  Join();
}

void TlsPair::Join() {
  if (thread_.joinable()) thread_.join();
}

IoStatus Shake(Connection& client, TlsContext& context, const TlsRequest& request) {
  IoStatus status = client.StartTls(context, request);
  while (status == IoStatus::kWantRead || status == IoStatus::kWantWrite) {
    if (!WaitFor(client.fd(), status == IoStatus::kWantRead ? POLLIN : POLLOUT)) break;
    status = client.Handshake();
  }
  return status;
}

void SendGreeting(SSL* ssl) {
  Say(ssl, "220 x\r\n");
  SSL_shutdown(ssl);
  char octet = 0;
  SSL_read(ssl, &octet, 1);
}

void Echo(SSL* ssl) {
  std::array<char, 20000> buffer{};
  for (;;) {
    const int taken = SSL_read(ssl, buffer.data(), static_cast<int>(buffer.size()));
    if (taken <= 0) return;
    Say(ssl, std::string_view(buffer.data(), static_cast<std::size_t>(taken)));
  }
}

void CloseWithoutNotify(SSL* ssl) {
  Say(ssl, "220 x\r\n");
}

TlsRequest ForMx() {
  TlsRequest request;
  request.server_name = "mx.example";
  return request;
}

}  // namespace smtpgauge
