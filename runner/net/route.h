// From a target to what can be connected to. Blocking, on a loop of its own: a run resolves once,
// before it starts.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runner/net/mx_plan.h"
#include "runner/net/resolver_options.h"
#include "runner/net/target.h"

namespace smtpgauge {

struct Hop {
  std::string host;  ///< the name for SNI and certificate check
  Endpoint endpoint;
};

struct Route {
  std::vector<Hop> hops;  ///< in the order to try; empty when `error` is set
  std::string error;      ///< one sentence naming host or domain
  MxPlan plan;            ///< for Target::Kind::kMx
};

/// Throws std::runtime_error when the resolver cannot be set up.
[[nodiscard]] Route FindRoute(const Target& target, const ResolverOptions& options);
[[nodiscard]] MxPlan FindMx(const std::string& domain, std::uint16_t port,
                            const ResolverOptions& options);
/// --dns: `address[:port]` or `localhost[:port]`, port 53 unless given.
[[nodiscard]] std::optional<Endpoint> ParseNameServer(std::string_view text);
/// Only loopback and private addresses: the load of a run that leaves the site needs consent.
[[nodiscard]] bool StaysLocal(const Route& route);

}  // namespace smtpgauge
