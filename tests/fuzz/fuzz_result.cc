// Any octets as a stored result: refused with a word, or read so that writing it again loses
// nothing.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "reports/json.h"
#include "reports/json_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const std::string written = smtpgauge::WriteJson(smtpgauge::ReadResult(text, "fuzz.json"));
    const std::string again = smtpgauge::WriteJson(smtpgauge::ReadResult(written, "again.json"));
    if (again != written) std::abort();
  } catch (const smtpgauge::ResultError&) {
    return 0;
  }
  return 0;
}
