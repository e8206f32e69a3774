#include "runner/load/source_pool.h"

#include <arpa/inet.h>

#include <optional>
#include <string>

#include <fmt/format.h>

#include "runner/record/units.h"

namespace smtpgauge {
namespace {

constexpr std::uint32_t kMostSources = 65'536;

std::uint32_t AddressNumber(std::string_view text) {
  in_addr address{};
  if (::inet_pton(AF_INET, std::string(text).c_str(), &address) != 1)
    throw UnitError(fmt::format("\"{}\" is no IPv4 address; ranges are made of two", text));
  return ntohl(address.s_addr);
}

void AddRange(std::string_view from, std::string_view to, std::vector<Endpoint>& out) {
  const std::uint32_t first = AddressNumber(from);
  const std::uint32_t last = AddressNumber(to);
  if (last < first || last - first >= kMostSources)
    throw UnitError(fmt::format("\"{}-{}\": a range rises and has at most {} addresses", from, to,
                                kMostSources));
  for (std::uint32_t number = first; number - first <= last - first; ++number) {
    const in_addr address{htonl(number)};
    char text[INET_ADDRSTRLEN] = "";
    ::inet_ntop(AF_INET, &address, text, sizeof text);
    out.push_back(*Endpoint::FromAddress(text, 0));
  }
}

}  // namespace

std::vector<Endpoint> ParseSources(std::string_view text) {
  std::vector<Endpoint> out;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view item = text.substr(0, comma);
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    const std::size_t dash = item.find('-');
    if (dash != std::string_view::npos) {
      AddRange(item.substr(0, dash), item.substr(dash + 1), out);
    } else if (const auto one = Endpoint::FromAddress(item, 0)) {
      out.push_back(*one);
    } else {
      throw UnitError(fmt::format("\"{}\" is no address of this machine", item));
    }
  }
  return out;
}

}  // namespace smtpgauge
