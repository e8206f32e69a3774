// Reads the answer section of one DNS message (RFC 1035 4) for MX and CNAME records, with their
// TTLs: c-ares gives none for MX.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace smtpgauge {

inline constexpr std::uint16_t kClassIn = 1;
inline constexpr std::uint16_t kTypeMx = 15;

struct MxRecord {
  std::uint16_t preference = 0;
  std::uint32_t ttl = 0;  ///< seconds
  std::string host;       ///< without the final dot; "" is the root, as in a null MX (RFC 7505)
};

struct MxAnswer {
  std::vector<std::string> aliases;  ///< what the name asked for is an alias of, in order
  std::vector<MxRecord> records;     ///< of the name at the end of the chain, in the server's order
};

/// Orders domain names; upper and lower case are equal (RFC 4343). Negative, 0, positive.
[[nodiscard]] int CompareDnsNames(std::string_view left, std::string_view right);

/// False for a message that is cut short or contradicts itself. Octets of a name that are no
/// printable ASCII come as \DDD. Records of other names and types are passed over.
[[nodiscard]] bool ParseMxAnswer(std::span<const unsigned char> message, MxAnswer& answer);

}  // namespace smtpgauge
