#include "runner/net/target.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "runner/net/endpoint.h"

namespace smtpgauge {

namespace {

struct Scheme {
  std::string_view name;
  Target::Protocol protocol;
  std::uint16_t port;
};

// Ports: RFC 5321 4.5.4.2, RFC 8314 3.3, RFC 6409 3.1; 24 is IANA's "priv-mail" that LMTP uses
// (RFC 2033 5 only forbids 25).
constexpr std::array<Scheme, 5> kSchemes = {{{"smtp", Target::Protocol::kSmtp, 25},
                                             {"smtps", Target::Protocol::kSmtps, 465},
                                             {"submission", Target::Protocol::kSubmission, 587},
                                             {"submissions", Target::Protocol::kSubmissions, 465},
                                             {"lmtp", Target::Protocol::kLmtp, 24}}};

constexpr std::string_view kAllowed =
    "expected host[:port], [IPv6]:port, mx:domain[:port], or a URL smtp:// smtps:// submission:// "
    "submissions:// lmtp://host[:port], lmtp:///path/of/socket";

char LowerLetter(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

std::string LowerText(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), LowerLetter);
  return result;
}

bool ParsePort(std::string_view text, std::uint16_t& port, std::string& error) {
  const char* const end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, port);
  if (code == std::errc() && stop == end && port != 0) return true;
  error = fmt::format("'{}' is not a port: expected 1 to 65535", text);
  return false;
}

/// Underscores are no host name characters (RFC 1123 2.1) but appear in private zones.
bool IsName(std::string_view text) {
  const auto valid = [](char letter) {
    return (LowerLetter(letter) >= 'a' && LowerLetter(letter) <= 'z') ||
           (letter >= '0' && letter <= '9') || letter == '-' || letter == '.' || letter == '_';
  };
  return !text.empty() && text.size() <= 254 && text.front() != '.' && text.front() != '-' &&
         text.find("..") == std::string_view::npos && std::all_of(text.begin(), text.end(), valid);
}

bool ParseHost(std::string_view text, Target& target, std::string& error) {
  if (!IsName(text)) {
    const bool international = std::any_of(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
    error = text.empty()    ? std::string("the host is missing")
            : international ? fmt::format("'{}' is not ASCII: give its xn-- form", text)
            : text.find('@') != std::string_view::npos
                ? fmt::format("'{}' holds an '@': credentials are given by --user", text)
                : fmt::format("'{}' is not a host name", text);
    return false;
  }
  target.host = LowerText(text);
  if (target.host.size() > 1 && target.host.back() == '.') target.host.pop_back();
  return true;
}

bool ParseHostAndPort(std::string_view text, Target& target, std::string& error) {
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    const std::string_view literal = text.substr(1, close == text.npos ? text.npos : close - 1);
    if (close == text.npos || !Endpoint::FromAddress(literal, 1)) {
      error = fmt::format("'{}' is not an address in brackets", text);
      return false;
    }
    target.host = LowerText(literal);
    const std::string_view rest = text.substr(close + 1);
    if (rest.empty()) return true;
    if (rest.front() == ':') return ParsePort(rest.substr(1), target.port, error);
    error = fmt::format("'{}' after the bracket is not a port", rest);
    return false;
  }
  if (std::count(text.begin(), text.end(), ':') > 1) {
    target.host = LowerText(text);
    if (Endpoint::FromAddress(text, 1)) return true;
    error = fmt::format("'{}' is neither host:port nor an IPv6 address", text);
    return false;
  }
  const std::size_t colon = text.find(':');
  if (colon != text.npos && !ParsePort(text.substr(colon + 1), target.port, error)) return false;
  return ParseHost(text.substr(0, colon), target, error);
}

bool ParseUrl(std::string_view text, std::size_t separator, Target& target, std::string& error) {
  const std::string name = LowerText(text.substr(0, separator));
  const auto* const scheme =
      std::find_if(kSchemes.begin(), kSchemes.end(),
                   [&name](const Scheme& candidate) { return candidate.name == name; });
  if (scheme == kSchemes.end()) {
    error = fmt::format("'{}' is not a known URL scheme", name);
    return false;
  }
  target.protocol = scheme->protocol;
  target.port = scheme->port;
  std::string_view rest = text.substr(separator + 3);
  if (rest.starts_with('/') && scheme->protocol == Target::Protocol::kLmtp && rest.size() > 1) {
    target.kind = Target::Kind::kUnix;
    target.host = rest;
    target.port = 0;
    if (Endpoint::FromUnixPath(rest)) return true;
    error = fmt::format("'{}' is too long for a Unix socket path (107 octets)", rest);
    return false;
  }
  if (rest.ends_with('/')) rest.remove_suffix(1);
  return ParseHostAndPort(rest, target, error);
}

/// "mx:25" is a host called mx.
bool IsMx(std::string_view text) {
  return LowerText(text.substr(0, 3)) == "mx:" &&
         text.find_first_not_of("0123456789", 3) != text.npos;
}

}  // namespace

bool ParseTarget(std::string_view text, Target& target, std::string& error) {
  target = {};
  error.clear();
  const std::size_t separator = text.find("://");
  bool good = false;
  if (separator != text.npos) {
    good = ParseUrl(text, separator, target, error);
  } else if (IsMx(text)) {
    target.kind = Target::Kind::kMx;
    good = ParseHostAndPort(text.substr(3), target, error);
    if (good && Endpoint::FromAddress(target.host, 1)) {
      error = fmt::format("'{}' is an address; a mail domain is a name", target.host);
      good = false;
    }
  } else {
    good = ParseHostAndPort(text, target, error);
  }
  if (!good) error = fmt::format("target '{}': {}; {}", text, error, kAllowed);
  return good;
}

std::string Target::ToString() const {
  if (kind == Kind::kUnix) return "unix:" + host;
  const bool brackets = host.find(':') != std::string::npos;
  const std::string place =
      brackets ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
  if (kind == Kind::kHost) return place;
  return port == 25 ? "mx:" + host : "mx:" + place;
}

}  // namespace smtpgauge
