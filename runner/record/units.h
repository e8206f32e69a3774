// Durations, sizes and rates as people write them, and latencies as people read them.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "runner/record/event.h"

namespace smtpgauge {

/// The text cannot be read; what() quotes it and says what is allowed. The caller adds where it
/// stands.
class UnitError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// "250ms", "1.5s", "2m", "1h", "90us", "5ns": a number of 0 or more with its unit, no space.
/// Throws UnitError; so does a duration above 10,000 h.
[[nodiscard]] Duration ParseDuration(std::string_view text);

/// Without the spaces around it.
[[nodiscard]] std::string_view Trim(std::string_view text);

/// Octets: "512", "1k" and "1K" = "1KiB" = 1024, "1.5M", "100KiB", "1MB" = 1,000,000 ("kB", "MB",
/// "GB" count in thousands). Throws UnitError; so does a size that is no whole number of octets, or
/// one above 2^53.
[[nodiscard]] std::uint64_t ParseSize(std::string_view text);

/// Events per second: "500/s", "30/m", "7200/h", or "500" (per second). Finite, above 0.
/// Throws UnitError.
[[nodiscard]] double ParseRate(std::string_view text);

/// "843 us", "12.3 ms", "1.25 s": three significant digits; seconds from 1 s on.
[[nodiscard]] std::string FormatMicros(double micros);

}  // namespace smtpgauge
