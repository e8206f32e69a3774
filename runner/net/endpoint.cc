#include "runner/net/endpoint.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include <fmt/format.h>

namespace smtpgauge {

namespace {

template <typename Address>
Address Copy(const sockaddr_storage& storage) {
  Address address{};
  std::memcpy(&address, &storage, sizeof address);
  return address;
}

template <typename Address>
Endpoint FromRaw(const Address& address) {
  sockaddr_storage storage{};
  std::memcpy(&storage, &address, sizeof address);
  return {static_cast<const sockaddr*>(static_cast<const void*>(&storage)), sizeof address};
}

/// The IPv4 address inside an IPv4 endpoint or an IPv4-mapped IPv6 one, host order.
std::optional<std::uint32_t> Ipv4Of(const sockaddr_storage& storage) {
  if (storage.ss_family == AF_INET) return ntohl(Copy<sockaddr_in>(storage).sin_addr.s_addr);
  if (storage.ss_family != AF_INET6) return std::nullopt;
  const auto v6 = Copy<sockaddr_in6>(storage);
  if (!IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) return std::nullopt;
  std::uint32_t v4 = 0;
  std::memcpy(&v4, &v6.sin6_addr.s6_addr[12], sizeof v4);
  return ntohl(v4);
}

}  // namespace

Endpoint::Endpoint(const sockaddr* address, socklen_t length)
    : length_(std::min<socklen_t>(length, sizeof storage_)) {
  std::memcpy(&storage_, address, length_);
}

std::optional<Endpoint> Endpoint::FromAddress(std::string_view text, std::uint16_t port) {
  const std::string whole(text);
  sockaddr_in v4{};
  if (inet_pton(AF_INET, whole.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    return FromRaw(v4);
  }
  sockaddr_in6 v6{};
  const std::size_t percent = whole.find('%');
  if (inet_pton(AF_INET6, whole.substr(0, percent).c_str(), &v6.sin6_addr) != 1) {
    return std::nullopt;
  }
  if (percent != std::string::npos) {
    v6.sin6_scope_id = if_nametoindex(whole.c_str() + percent + 1);
    if (v6.sin6_scope_id == 0) return std::nullopt;
  }
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  return FromRaw(v6);
}

std::optional<Endpoint> Endpoint::FromText(std::string_view text, std::uint16_t default_port) {
  if (const auto bare = FromAddress(text, default_port)) return bare;
  std::size_t separator = text.rfind(':');
  std::string_view address = text.substr(0, separator);
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == text.npos) return std::nullopt;
    if (close + 1 == text.size()) return FromAddress(text.substr(1, close - 1), default_port);
    address = text.substr(1, close - 1);
    separator = close + 1;
  }
  if (separator >= text.size() || text[separator] != ':') return std::nullopt;
  const char* const end = text.data() + text.size();
  std::uint16_t port = 0;
  const auto [stop, error] = std::from_chars(text.data() + separator + 1, end, port);
  if (error != std::errc() || stop != end || port == 0) return std::nullopt;
  // Without brackets only IPv4: the last group of an IPv6 address could be meant as well.
  if (!text.starts_with('[') && address.find(':') != address.npos) return std::nullopt;
  return FromAddress(address, port);
}

std::optional<Endpoint> Endpoint::FromUnixPath(std::string_view path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) return std::nullopt;
  std::copy(path.begin(), path.end(), &address.sun_path[0]);
  return FromRaw(address);
}

std::string Endpoint::AddressText() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (family() == AF_INET) {
    const auto v4 = Copy<sockaddr_in>(storage_);
    return inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
  }
  if (family() == AF_INET6) {
    const auto v6 = Copy<sockaddr_in6>(storage_);
    std::string result = inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
    std::array<char, IF_NAMESIZE> interface {};
    if (v6.sin6_scope_id != 0 && if_indextoname(v6.sin6_scope_id, interface.data()) != nullptr) {
      result += fmt::format("%{}", interface.data());
    }
    return result;
  }
  if (family() == AF_UNIX) {
    const auto address = Copy<sockaddr_un>(storage_);
    return {&address.sun_path[0], strnlen(&address.sun_path[0], sizeof address.sun_path)};
  }
  return "-";
}

std::string Endpoint::ToString() const {
  if (empty()) return "-";
  if (family() == AF_INET) return fmt::format("{}:{}", AddressText(), port());
  if (family() == AF_INET6) return fmt::format("[{}]:{}", AddressText(), port());
  return "unix:" + AddressText();
}

bool Endpoint::is_loopback() const {
  if (family() == AF_UNIX) return true;
  if (const auto v4 = Ipv4Of(storage_)) return *v4 >> 24 == 127;
  if (family() != AF_INET6) return false;
  const auto v6 = Copy<sockaddr_in6>(storage_);
  return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

bool Endpoint::is_private() const {
  if (const auto v4 = Ipv4Of(storage_)) {
    return *v4 >> 24 == 10 || *v4 >> 20 == 0xAC1 || *v4 >> 16 == 0xC0A8 || *v4 >> 16 == 0xA9FE;
  }
  if (family() != AF_INET6) return false;
  const auto v6 = Copy<sockaddr_in6>(storage_);
  return (v6.sin6_addr.s6_addr[0] & 0xFEU) == 0xFC || IN6_IS_ADDR_LINKLOCAL(&v6.sin6_addr);
}

std::uint16_t Endpoint::port() const {
  if (family() == AF_INET) return ntohs(Copy<sockaddr_in>(storage_).sin_port);
  if (family() == AF_INET6) return ntohs(Copy<sockaddr_in6>(storage_).sin6_port);
  return 0;
}

void Endpoint::set_port(std::uint16_t port) {
  if (family() == AF_INET) {
    auto v4 = Copy<sockaddr_in>(storage_);
    v4.sin_port = htons(port);
    *this = FromRaw(v4);
  } else if (family() == AF_INET6) {
    auto v6 = Copy<sockaddr_in6>(storage_);
    v6.sin6_port = htons(port);
    *this = FromRaw(v6);
  }
}

const sockaddr* Endpoint::data() const {
  return static_cast<const sockaddr*>(static_cast<const void*>(&storage_));
}

bool operator==(const Endpoint& left, const Endpoint& right) {
  return left.length_ == right.length_ &&
         std::memcmp(&left.storage_, &right.storage_, left.length_) == 0;
}

}  // namespace smtpgauge
