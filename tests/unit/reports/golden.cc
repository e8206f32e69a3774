#include "tests/unit/reports/golden.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

namespace smtpgauge {
namespace {

std::string_view LineAt(std::string_view text, std::size_t at) {
  const std::size_t begin = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
  return text.substr(begin, text.find('\n', begin) - begin);
}

}  // namespace

void ExpectGolden(std::string_view name, std::string_view actual) {
  const std::string path = std::string(SMTPGAUGE_GOLDEN_DIR) + "/" + std::string(name);
  if (std::getenv("SMTPGAUGE_WRITE_GOLDEN") != nullptr) {
    ASSERT_TRUE(std::ofstream(path, std::ios::binary) << actual) << path;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  ASSERT_TRUE(file) << path << " is missing: write it with SMTPGAUGE_WRITE_GOLDEN=1";
  const std::string golden{std::istreambuf_iterator<char>(file), {}};
  if (golden == actual) return;
  std::size_t at = 0;
  while (at < golden.size() && at < actual.size() && golden[at] == actual[at])
    ++at;
  FAIL() << path << " differs at octet " << at << "\n  golden: " << LineAt(golden, at)
         << "\n  actual: " << LineAt(actual, at);
}

}  // namespace smtpgauge
