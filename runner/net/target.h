// TARGET on the command line: where to connect, and what is spoken there.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace smtpgauge {

struct Target {
  /// kHost: `host` is a name or an address. kMx: a mail domain whose MX hosts are meant.
  /// kUnix: `host` is a path.
  enum class Kind : std::uint8_t { kHost, kMx, kUnix };
  enum class Protocol : std::uint8_t { kSmtp, kSmtps, kSubmission, kSubmissions, kLmtp };
  Kind kind = Kind::kHost;
  Protocol protocol = Protocol::kSmtp;
  std::string host;         ///< lower case for names; no brackets
  std::uint16_t port = 25;  ///< 0 for kUnix

  /// TLS before the greeting (RFC 8314 3.3).
  [[nodiscard]] bool implicit_tls() const {
    return protocol == Protocol::kSmtps || protocol == Protocol::kSubmissions;
  }
  /// "mx.example:25", "[::1]:465", "mx:example.org", "unix:/run/lmtp".
  [[nodiscard]] std::string ToString() const;
};

/// `host[:port]`, `[v6]:port`, a bare IPv6 address, `mx:domain`, or a URL: smtp:// (25), smtps://
/// (465), submission:// (587), submissions:// (465), lmtp:// (24), lmtp:///path (Unix socket).
/// False with `error` saying what is wrong and what is allowed.
[[nodiscard]] bool ParseTarget(std::string_view text, Target& target, std::string& error);

}  // namespace smtpgauge
