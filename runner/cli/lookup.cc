// Names to addresses before a run.
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

#include "runner/net/endpoint.h"
#include "runner/net/target.h"

namespace smtpgauge {

std::vector<Endpoint> Lookup(const Target& target, const std::string& dns, std::uint64_t seed);

std::vector<Endpoint> Lookup(const Target& target, const std::string&, std::uint64_t) {
  if (target.kind == Target::Kind::kUnix) {
    const auto path = Endpoint::FromUnixPath(target.host);
    if (!path)
      throw std::runtime_error(fmt::format("{}: the path is too long for a socket", target.host));
    return {*path};
  }
  if (const auto literal = Endpoint::FromAddress(target.host, target.port)) return {*literal};
  if (target.host == "localhost")
    return {*Endpoint::FromAddress("127.0.0.1", target.port),
            *Endpoint::FromAddress("::1", target.port)};
  throw std::runtime_error(fmt::format("{}: cannot be resolved", target.host));
}

}  // namespace smtpgauge
