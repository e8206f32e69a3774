#include "runner/record/check_result.h"

#include <cstddef>

namespace smtpgauge {

std::string_view LevelName(Level level) {
  constexpr std::array<std::string_view, 5> kNames = {"MUST", "SHOULD", "MAY", "SEC", "DF"};
  return kNames[static_cast<std::size_t>(level)];
}

std::array<std::uint32_t, kVerdictCount> CheckResult::Summary() const {
  std::array<std::uint32_t, kVerdictCount> counts{};
  for (const CaseResult& result : results)
    ++counts[static_cast<std::size_t>(result.verdict)];
  return counts;
}

}  // namespace smtpgauge
