// Date-times of RFC 3339 (without fractional seconds) and of message headers (RFC 5322
// section 3.3).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace smtpgauge::sink {

/// `2024-02-29T12:00:00Z` or with an offset, as seconds since 1970; nothing for anything else.
[[nodiscard]] std::optional<std::int64_t> ParseDateTime(std::string_view text);

/// `Thu, 29 Feb 2024 12:00:00 +0000`, always in UTC.
[[nodiscard]] std::string HeaderDate(std::int64_t seconds_since_1970);

}  // namespace smtpgauge::sink
