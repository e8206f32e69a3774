#include "runner/load/safety.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

namespace smtpgauge {
namespace {

/// RFC 2606 section 2 and 3, RFC 6761, RFC 9476 section 2.
constexpr std::array<std::string_view, 8> kReserved = {
    "test", "example", "invalid", "localhost", "alt", "example.com", "example.net", "example.org"};

std::string Lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

/// `domain` is `parent` or lies below it.
bool LiesIn(std::string_view domain, std::string_view parent) {
  if (!domain.ends_with(parent)) return false;
  const std::size_t rest = domain.size() - parent.size();
  return rest == 0 || domain[rest - 1] == '.';
}

bool IsReserved(std::string_view domain) {
  return std::any_of(kReserved.begin(), kReserved.end(),
                     [&](std::string_view reserved) { return LiesIn(domain, reserved); });
}

bool IsHarmless(const Endpoint& endpoint) {
  return endpoint.is_loopback() || endpoint.is_private();
}

}  // namespace

void CheckLoadIsAllowed(const LoadTarget& target) {
  const auto foreign =
      std::find_if_not(target.endpoints.begin(), target.endpoints.end(), IsHarmless);
  if (foreign == target.endpoints.end()) return;
  const std::string host = Lower(target.host);
  const bool named = std::any_of(target.allowed.begin(), target.allowed.end(),
                                 [&](const std::string& name) { return Lower(name) == host; });
  if (!named) {
    throw LoadNotAllowed(
        fmt::format("{} resolves to {}, which is neither loopback nor private. If you are allowed "
                    "to put load on "
                    "it, say so: --i-may-load {}",
                    target.host, foreign->AddressText(), target.host));
  }
  for (const std::string& recipient : target.recipients) {
    const std::string domain = Lower(recipient.substr(recipient.rfind('@') + 1));
    // mx.example.org may take mail for example.org.
    if (IsReserved(domain) || LiesIn(host, domain) || LiesIn(domain, host)) continue;
    throw LoadNotAllowed(fmt::format(
        "recipient {}: {} has nothing to do with {}; under load only the target's own domain and "
        "reserved ones (example.org, *.test) may get mail",
        recipient, domain, target.host));
  }
}

}  // namespace smtpgauge
