// A socket address: IPv4, IPv6 or a Unix path. No names here; those are the resolver's.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace smtpgauge {

class Endpoint {
 public:
  Endpoint() = default;
  /// Copies `length` octets of a kernel address.
  Endpoint(const sockaddr* address, socklen_t length);

  /// `text` is an IPv4 address, or an IPv6 address without brackets, scope ("fe80::1%eth0")
  /// allowed; nullopt for anything else, names included.
  [[nodiscard]] static std::optional<Endpoint> FromAddress(std::string_view text,
                                                           std::uint16_t port);
  /// `address`, `v4:port`, `[v6]` or `[v6]:port`.
  [[nodiscard]] static std::optional<Endpoint> FromText(std::string_view text,
                                                        std::uint16_t default_port);
  /// nullopt when the path does not fit into sockaddr_un (107 octets).
  [[nodiscard]] static std::optional<Endpoint> FromUnixPath(std::string_view path);

  /// "192.0.2.1:25", "[2001:db8::1]:25", "unix:/run/lmtp"; "-" for an empty endpoint.
  [[nodiscard]] std::string ToString() const;
  /// The address without port and brackets.
  [[nodiscard]] std::string AddressText() const;

  /// 127/8, ::1 (also mapped into IPv6), and every Unix path.
  [[nodiscard]] bool is_loopback() const;
  /// RFC 1918, RFC 4193 and link-local addresses; loopback is not among them.
  [[nodiscard]] bool is_private() const;

  [[nodiscard]] int family() const { return storage_.ss_family; }
  [[nodiscard]] std::uint16_t port() const;  ///< host order; 0 for a Unix path
  void set_port(std::uint16_t port);         ///< no effect on a Unix path
  [[nodiscard]] const sockaddr* data() const;
  [[nodiscard]] socklen_t size() const { return length_; }
  [[nodiscard]] bool empty() const { return length_ == 0; }

  friend bool operator==(const Endpoint& left, const Endpoint& right);

 private:
  sockaddr_storage storage_{};
  socklen_t length_ = 0;
};

}  // namespace smtpgauge
