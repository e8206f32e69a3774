// What every report writer takes: the result of one run, nothing else. Writers are pure functions
// of it: no clock, no locale, no file. The same report gives the same octets everywhere.
#pragma once

#include <string_view>
#include <variant>

#include "runner/record/check_result.h"
#include "runner/record/load_result.h"

namespace smtpgauge {

using Report = std::variant<CheckResult, LoadResult>;

[[nodiscard]] inline const RunInfo& InfoOf(const Report& report) {
  return std::visit([](const auto& result) -> const RunInfo& { return result.info; }, report);
}

}  // namespace smtpgauge
