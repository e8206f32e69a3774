// Any octets as a stored message: what was cut apart are parts of what was stored.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "runner/judge/delivered_message.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view stored(reinterpret_cast<const char*>(data), size);
  const smtpgauge::DeliveredMessage message = smtpgauge::ParseDelivered(stored);
  Require(message.octets.size() >= stored.size() && message.octets.size() <= 2 * stored.size());
  Require(message.octets.ends_with(message.body));
  for (const smtpgauge::HeaderField& field : message.header) {
    Require(stored.find(field.name) != stored.npos);
    Require(field.value.find("\r\n") == field.value.npos);
  }
  return 0;
}
