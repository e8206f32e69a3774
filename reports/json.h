// A result as JSON: UTF-8, complete, versioned. ReadResult in json_reader.h is its inverse.
#pragma once

#include <string>

#include "reports/report.h"

namespace smtpgauge {

/// Every string is escaped as EscapeOctets does before JSON's own escapes, so that octets of the
/// target survive and printing a value is harmless.
[[nodiscard]] std::string WriteJson(const Report& report);

}  // namespace smtpgauge
