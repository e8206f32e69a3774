#include "runner/net/tls_facts.h"

#include <array>
#include <iterator>

#include <fmt/format.h>
#include <openssl/x509v3.h>

#include "runner/net/connection_tls.h"
#include "runner/net/endpoint.h"

namespace smtpgauge {

namespace {

struct CertificateDeleter {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

std::string NameText(const X509_NAME* name) {
  const std::unique_ptr<BIO, CertificateDeleter> out(BIO_new(BIO_s_mem()));
  if (!out || X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253) < 0) return "";
  std::string text(BIO_ctrl_pending(out.get()), '\0');
  const int read = BIO_read(out.get(), text.data(), static_cast<int>(text.size()));
  text.resize(read > 0 ? static_cast<std::size_t>(read) : 0);
  return text;
}

std::string OctetsOf(const ASN1_STRING* string) {
  const unsigned char* const data = ASN1_STRING_get0_data(string);
  return {data, data + ASN1_STRING_length(string)};
}

std::string AddressOf(const ASN1_OCTET_STRING* octets) {
  const std::string raw = OctetsOf(octets);
  const auto octet = [&raw](std::size_t i) { return static_cast<unsigned char>(raw[i]); };
  std::string text;
  if (raw.size() == 4) {
    return fmt::format("{}.{}.{}.{}", octet(0), octet(1), octet(2), octet(3));
  }
  for (std::size_t i = 0; i + 1 < raw.size(); i += 2) {
    text += fmt::format("{}{:x}", i == 0 ? "" : ":", octet(i) << 8 | octet(i + 1));
  }
  return text;
}

std::vector<std::string> AlternativeNames(const X509* certificate) {
  std::vector<std::string> names;
  const std::unique_ptr<GENERAL_NAMES, CertificateDeleter> list(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  const int count = list ? sk_GENERAL_NAME_num(list.get()) : 0;
  for (int i = 0; i < count; ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(list.get(), i);
    if (name->type == GEN_DNS) names.push_back(OctetsOf(name->d.dNSName));
    if (name->type == GEN_IPADD) names.push_back(AddressOf(name->d.iPAddress));
  }
  return names;
}

std::string SpkiSha256(const X509* certificate) {
  unsigned char* der = nullptr;
  const int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  if (length <= 0) return "";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(der, static_cast<std::size_t>(length), digest.data(), &size, EVP_sha256(), nullptr);
  CRYPTO_free(der, __FILE__, __LINE__);
  std::string hex;
  for (unsigned i = 0; i < size; ++i)
    fmt::format_to(std::back_inserter(hex), "{:02x}", digest[i]);
  return hex;
}

void AddCertificate(X509* certificate, const std::string& server_name, TlsFacts& facts) {
  facts.subject = NameText(X509_get_subject_name(certificate));
  facts.issuer = NameText(X509_get_issuer_name(certificate));
  facts.names = AlternativeNames(certificate);
  facts.spki_sha256 = SpkiSha256(certificate);
  int seconds = 0;
  ASN1_TIME_diff(&facts.days_left, &seconds, nullptr, X509_get0_notAfter(certificate));
  // Expired an hour ago is no whole day: it still must not look like zero days left.
  if (facts.days_left == 0 && seconds < 0) facts.days_left = -1;
  const EVP_PKEY* const key = X509_get0_pubkey(certificate);
  if (key != nullptr && EVP_PKEY_get0_type_name(key) != nullptr) {
    facts.key = fmt::format("{}-{}", EVP_PKEY_get0_type_name(key), EVP_PKEY_get_bits(key));
  }
  facts.hostname_matches =
      !server_name.empty() &&
      (Endpoint::FromAddress(server_name, 0)
           ? X509_check_ip_asc(certificate, server_name.c_str(), 0) == 1
           : X509_check_host(certificate, server_name.data(), server_name.size(), 0, nullptr) == 1);
}

void AddHandshake(SSL* ssl, TlsFacts& facts) {
  facts.version = SSL_get_version(ssl);
  if (const SSL_CIPHER* const cipher = SSL_get_current_cipher(ssl)) {
    facts.cipher = SSL_CIPHER_get_name(cipher);
    facts.secret_bits = SSL_CIPHER_get_bits(cipher, nullptr);
  }
  const long group = SSL_ctrl(ssl, SSL_CTRL_GET_NEGOTIATED_GROUP, 0, nullptr);
  const char* const group_name = group > 0 ? SSL_group_to_name(ssl, static_cast<int>(group)) : "";
  facts.group = group_name != nullptr ? group_name : "";
  const unsigned char* alpn = nullptr;
  unsigned length = 0;
  SSL_get0_alpn_selected(ssl, &alpn, &length);
  facts.alpn.assign(alpn, alpn + length);
  facts.resumed = SSL_session_reused(ssl) == 1;
  const bool tls13 = SSL_version(ssl) >= TLS1_3_VERSION;
  facts.secure_renegotiation = tls13 || SSL_ctrl(ssl, SSL_CTRL_GET_RI_SUPPORT, 0, nullptr) == 1;
  facts.extended_master_secret =
      tls13 || SSL_ctrl(ssl, SSL_CTRL_GET_EXTMS_SUPPORT, 0, nullptr) == 1;
  facts.compression = SSL_get_current_compression(ssl) != nullptr;
}

/// So that hostile text neither forges another key nor reaches a terminal raw.
std::string Escaped(const std::string& text) {
  std::string result;
  for (const char character : text) {
    const auto octet = static_cast<unsigned char>(character);
    if (octet <= ' ' || octet >= 0x7F || octet == '%') {
      fmt::format_to(std::back_inserter(result), "%{:02X}", octet);
    } else {
      result += character;
    }
  }
  return result.empty() ? "-" : result;
}

const char* YesNo(bool yes) {
  return yes ? "yes" : "no";
}

}  // namespace

TlsFacts Connection::tls_facts() const {
  TlsFacts facts;
  if (!tls_ || !tls_->ssl) return facts;
  SSL* const ssl = tls_->ssl.get();
  if (SSL_is_init_finished(ssl) != 0) AddHandshake(ssl, facts);
  const long verdict = SSL_get_verify_result(ssl);
  if (X509* const certificate = SSL_get0_peer_certificate(ssl)) {
    AddCertificate(certificate, tls_->server_name, facts);
    facts.verify = verdict == X509_V_OK ? "ok" : X509_verify_cert_error_string(verdict);
    const STACK_OF(X509)* const chain = SSL_get_peer_cert_chain(ssl);
    facts.chain_length = chain != nullptr ? sk_X509_num(chain) : 0;
  } else if (verdict != X509_V_OK) {
    facts.verify = X509_verify_cert_error_string(verdict);
  }
  if (tls_->alert >= 0) facts.alert = AlertName(tls_->alert);
  facts.certificate_requested = tls_->notes.certificate_requested;
  facts.close_notify = close_notify_seen();
  return facts;
}

std::string TlsFactsText(const TlsFacts& facts) {
  std::string names;
  for (const std::string& name : facts.names) {
    if (!names.empty()) names += ',';
    names += name;
  }
  return fmt::format(
      "version={} cipher={} group={} bits={} alpn={} verify={} host={} days={} key={} chain={} "
      "resumed={} request={} close_notify={} reneg={} ems={} compression={} alert={} names={} "
      "subject={}",
      Escaped(facts.version), Escaped(facts.cipher), Escaped(facts.group), facts.secret_bits,
      Escaped(facts.alpn), Escaped(facts.verify), facts.hostname_matches ? "match" : "mismatch",
      facts.days_left, Escaped(facts.key), facts.chain_length, YesNo(facts.resumed),
      YesNo(facts.certificate_requested), YesNo(facts.close_notify),
      YesNo(facts.secure_renegotiation), YesNo(facts.extended_master_secret),
      YesNo(facts.compression), Escaped(facts.alert), Escaped(names), Escaped(facts.subject));
}

}  // namespace smtpgauge
