// What a TLS handshake showed of the server.
#pragma once

#include <string>
#include <vector>

namespace smtpgauge {

/// Texts come from the server's certificate: hostile, print them only through TlsFactsText() or an
/// escaping writer.
struct TlsFacts {
  std::string version;          ///< "TLSv1.3"; empty: no handshake
  std::string cipher;           ///< OpenSSL's name: "ECDHE-RSA-AES256-GCM-SHA384"
  std::string group;            ///< "X25519", "P-256"; empty when not known or no key exchange
  std::string alpn;             ///< chosen by the server; empty: none
  std::string verify = "none";  ///< "ok", or OpenSSL's reason; "none": no certificate
  std::string subject;          ///< RFC 2253 form
  std::string issuer;
  std::string key;                 ///< "RSA-2048", "EC-256"
  std::string spki_sha256;         ///< lower-case hex, as in TLSA 3 1 1 (RFC 6698)
  std::string alert;               ///< the fatal alert received, "" if none
  std::vector<std::string> names;  ///< dNSName and iPAddress entries
  int secret_bits = 0;
  int chain_length = 0;  ///< certificates sent
  int days_left = 0;     ///< until notAfter; negative: expired
  bool hostname_matches = false;
  bool resumed = false;
  bool certificate_requested = false;
  bool close_notify = false;            ///< seen so far
  bool secure_renegotiation = false;    ///< RFC 5746; true under TLS 1.3
  bool extended_master_secret = false;  ///< RFC 7627; true under TLS 1.3
  bool compression = false;
};

/// "version=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384 group=X25519 bits=256 alpn=- verify=ok host=match
/// days=89 key=EC-256 chain=1 resumed=no request=no close_notify=no reneg=yes ems=yes
/// compression=no alert=- names=a.example,b.example subject=CN=a.example". Keys in this order; an
/// empty value is "-"; a space or octet outside printable ASCII is written %XX.
[[nodiscard]] std::string TlsFactsText(const TlsFacts& facts);

}  // namespace smtpgauge
