// How names are looked up.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "runner/net/endpoint.h"

namespace smtpgauge {

struct ResolverOptions {
  /// kSystem: /etc/hosts and search domains count, as for other programs. kDns: names as they are,
  /// from DNS alone.
  enum class Scope : std::uint8_t { kSystem, kDns };
  enum class Family : std::uint8_t { kAny, kIpv4, kIpv6 };
  std::optional<Endpoint> server;  ///< instead of /etc/resolv.conf
  std::chrono::milliseconds timeout{
      3000};      ///< of the first try; each further one waits twice as long
  int tries = 2;  ///< per name server
  Scope scope = Scope::kSystem;
  Family family = Family::kAny;
  std::uint64_t seed = 0;  ///< for the order among equal MX preferences
};

}  // namespace smtpgauge
