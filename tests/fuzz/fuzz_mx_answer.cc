// Any octets as a DNS answer: refused, or read into names and records that are bounded.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "runner/net/dns_message.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  smtpgauge::MxAnswer answer;
  if (!smtpgauge::ParseMxAnswer({data, size}, answer)) return 0;
  // RFC 1035 section 2.3.4: 255 octets, of which each may be written as \DDD.
  constexpr std::size_t kLongestName = 4 * 255;
  const auto judge = [](const std::string& name) {
    if (name.size() > kLongestName) std::abort();
    for (const char octet : name) {
      if (octet <= ' ' || octet > '~') std::abort();
    }
    if (smtpgauge::CompareDnsNames(name, name) != 0) std::abort();
  };
  for (const std::string& alias : answer.aliases)
    judge(alias);
  for (const smtpgauge::MxRecord& record : answer.records)
    judge(record.host);
  if (answer.records.size() > size || answer.aliases.size() > size) std::abort();
  return 0;
}
