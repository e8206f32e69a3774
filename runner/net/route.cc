#include "runner/net/route.h"

#include <algorithm>
#include <exception>
#include <optional>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <fmt/format.h>

#include "runner/net/resolver.h"

namespace smtpgauge {

namespace {

/// Runs one question on a loop of its own.
template <typename Result, typename Ask>
Result Await(const ResolverOptions& options, const Ask& ask) {
  asio::io_context context(1);
  Resolver resolver(context, options);
  std::optional<Result> result;
  std::exception_ptr failure;
  asio::co_spawn(context, ask(resolver), [&](std::exception_ptr error, Result value) {
    failure = error;
    result = std::move(value);
  });
  context.run();
  if (failure) std::rethrow_exception(failure);
  return std::move(*result);
}

std::string ServerText(const ResolverOptions& options) {
  return options.server ? fmt::format(" (asked {})", options.server->ToString()) : "";
}

Route RouteToHost(const Target& target, const ResolverOptions& options) {
  Route route;
  const auto answer = Await<HostAnswer>(options, [&target](Resolver& resolver) {
    return resolver.LookUpHost(target.host, target.port);
  });
  for (const HostAddress& address : answer.addresses) {
    route.hops.push_back({target.host, address.endpoint});
  }
  if (route.hops.empty()) {
    route.error = fmt::format("{} has no address: {}{}", target.host, DnsStatusText(answer.status),
                              ServerText(options));
  }
  return route;
}

Route RouteToMx(const Target& target, const ResolverOptions& options) {
  Route route;
  route.plan = FindMx(target.host, target.port, options);
  for (const MxHost& host : route.plan.hosts) {
    for (const HostAddress& address : host.answer.addresses) {
      route.hops.push_back({host.name, address.endpoint});
    }
  }
  if (route.plan.null_mx) {
    route.error = fmt::format("{} declares that it takes no mail (null MX, RFC 7505)", target.host);
  } else if (route.hops.empty() && route.plan.status != DnsStatus::kOk && !route.plan.implicit) {
    route.error = fmt::format("the MX hosts of {} are not known: {}{}", target.host,
                              DnsStatusText(route.plan.status), ServerText(options));
  } else if (route.hops.empty()) {
    route.error = fmt::format("no mail host of {} has an address; `smtpgauge resolve {}` says why",
                              target.host, target.host);
  }
  return route;
}

}  // namespace

Route FindRoute(const Target& target, const ResolverOptions& options) {
  switch (target.kind) {
    case Target::Kind::kHost:
      return RouteToHost(target, options);
    case Target::Kind::kMx:
      return RouteToMx(target, options);
    case Target::Kind::kUnix: {
      Route route;
      route.hops.push_back({"localhost", Endpoint::FromUnixPath(target.host).value()});
      return route;
    }
  }
  return {};
}

MxPlan FindMx(const std::string& domain, std::uint16_t port, const ResolverOptions& options) {
  ResolverOptions dns = options;
  dns.scope = ResolverOptions::Scope::kDns;  // what other mail hosts see, not this machine's files
  return Await<MxPlan>(
      dns, [&domain, port](Resolver& resolver) { return resolver.PlanMx(domain, port); });
}

std::optional<Endpoint> ParseNameServer(std::string_view text) {
  constexpr std::string_view kLocal = "localhost";
  constexpr std::uint16_t kDnsPort = 53;
  if (!text.starts_with(kLocal)) return Endpoint::FromText(text, kDnsPort);
  return Endpoint::FromText("127.0.0.1" + std::string(text.substr(kLocal.size())), kDnsPort);
}

bool StaysLocal(const Route& route) {
  return std::all_of(route.hops.begin(), route.hops.end(), [](const Hop& hop) {
    return hop.endpoint.is_loopback() || hop.endpoint.is_private();
  });
}

}  // namespace smtpgauge
