// Load is an attack when its target did not ask for it.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "runner/net/endpoint.h"

namespace smtpgauge {

/// what() says why, and which option would allow it.
class LoadNotAllowed : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct LoadTarget {
  std::string host;  ///< as the user named it
  std::vector<Endpoint> endpoints;
  std::vector<std::string> recipients;
  std::vector<std::string> allowed;  ///< hosts of --i-may-load
};

/// Passes when every endpoint is loopback or private, or when `allowed` names the host exactly and
/// the recipients' domains are the host's own, below it, or reserved for tests (RFC 2606, RFC
/// 6761). Throws LoadNotAllowed.
void CheckLoadIsAllowed(const LoadTarget& target);

}  // namespace smtpgauge
