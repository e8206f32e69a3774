// Local addresses that connections are made from.
#pragma once

#include <string_view>
#include <vector>

#include "runner/net/endpoint.h"

namespace smtpgauge {

/// "127.0.0.2-127.0.0.50" or "192.0.2.1,2001:db8::1", or ranges and addresses mixed; at most 65,536
/// addresses. Ranges are for IPv4. Throws UnitError (units.h).
[[nodiscard]] std::vector<Endpoint> ParseSources(std::string_view text);

}  // namespace smtpgauge
