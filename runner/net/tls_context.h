// TLS settings that many connections share, and the sessions that they can resume.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace smtpgauge {

enum class TlsVersion : std::uint8_t { kAny, kTls10, kTls11, kTls12, kTls13 };
/// "1.0".."1.3", also "TLSv1.2"; "" is kAny. False for anything else.
[[nodiscard]] bool ParseTlsVersion(std::string_view text, TlsVersion& version);

/// kNone: certificates are looked at (TlsFacts), never refused. kPeer: chain and host name must
/// hold.
enum class TlsVerify : std::uint8_t { kContext, kNone, kPeer };

/// When the system's trust anchors are looked through. kAlways: TlsFacts::verify is told without
/// kPeer too. kForPeer: only with kPeer; looking in vain costs a tenth of a full handshake.
enum class TlsTrust : std::uint8_t { kAlways, kForPeer };

/// kFull: a full handshake each time. kOffer: offers the session kept for the same server name, if
/// there is one, and keeps the new one; TlsFacts::resumed says what came of it.
enum class TlsResumption : std::uint8_t { kFull, kOffer };

/// kName: SNI carries server_name unless it is an address (RFC 6066 3). kNone: no SNI.
enum class TlsSni : std::uint8_t { kName, kNone };

/// One handshake. The defaults are a polite modern client.
struct TlsRequest {
  std::string server_name;  ///< for SNI and for the host name check; a name or an address
  TlsSni sni = TlsSni::kName;
  TlsVersion min_version = TlsVersion::kAny;
  TlsVersion max_version = TlsVersion::kAny;
  /// OpenSSL cipher list (TLS 1.2 and below) and ciphersuites (TLS 1.3); empty: the default. A
  /// list, or a version below 1.2, lowers OpenSSL's security level to 0: this is a probe.
  std::string ciphers;
  std::string ciphersuites;
  std::vector<std::string> alpn;  ///< protocol names, 1-255 octets each; empty: no extension
  TlsResumption resumption = TlsResumption::kFull;
  TlsVerify verify = TlsVerify::kContext;
};

/// For one thread: the session store is not locked. One per process or worker, never one per
/// connection (building one costs as much as a third of a handshake).
class TlsContext {
 public:
  struct Options {
    TlsVerify verify = TlsVerify::kNone;  ///< kContext is taken as kNone
    std::string ca_file;                  ///< PEM; empty: the system's
    TlsTrust trust = TlsTrust::kAlways;
  };
  /// Throws std::runtime_error naming the file when the CA file cannot be used.
  explicit TlsContext(const Options& options);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  /// Drops every kept session.
  void ForgetSessions();

  struct State;
  [[nodiscard]] State& state() { return *state_; }  ///< for connection.cc

 private:
  std::unique_ptr<State> state_;
};

}  // namespace smtpgauge
