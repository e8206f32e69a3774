// Names to addresses, domains to MX plans: c-ares on Asio.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>

#include "runner/net/mx_plan.h"
#include "runner/net/resolver_options.h"

namespace smtpgauge {

/// Belongs to the thread that runs `context`; must be destroyed before it, and not while one of its
/// coroutines is still to be resumed.
class Resolver {
 public:
  /// Throws std::runtime_error when c-ares cannot start.
  Resolver(asio::io_context& context, const ResolverOptions& options);
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// Addresses of a host, with `port` set. Literals, "localhost" and names below it (RFC 6761 6.3)
  /// are answered without DNS.
  [[nodiscard]] asio::awaitable<HostAnswer> LookUpHost(std::string name, std::uint16_t port);
  /// All at once, answers in the order of the names.
  [[nodiscard]] asio::awaitable<std::vector<HostAnswer>> LookUpHosts(std::vector<std::string> names,
                                                                     std::uint16_t port);
  /// RFC 5321 5.1. Falls back to the domain's own address only when there is certainly no MX.
  [[nodiscard]] asio::awaitable<MxPlan> PlanMx(std::string domain, std::uint16_t port);

 private:
  class Channel;
  std::unique_ptr<Channel> channel_;
  std::uint64_t seed_;
};

}  // namespace smtpgauge
