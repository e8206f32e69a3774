// Reads what WriteJson wrote. Strict: an unknown, missing or repeated key, a value out of its
// range, or a derived number that does not follow from the rest is an error, because a report made
// from half of a result would lie.
#pragma once

#include <stdexcept>
#include <string_view>

#include "reports/report.h"

namespace smtpgauge {

/// what() names the file, the JSON pointer and what was expected; safe to print.
class ResultError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// `name` is for messages only. Throws ResultError.
[[nodiscard]] Report ReadResult(std::string_view json, std::string_view name);

}  // namespace smtpgauge
