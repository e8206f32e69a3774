// Numbers as people read them. ASCII only; no locale.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace smtpgauge {

[[nodiscard]] std::string WithThousands(std::uint64_t value);  ///< 1,234,567
[[nodiscard]] std::string HumanDuration(
    std::chrono::nanoseconds time);                           ///< "12.4 ms"; minutes from 10 min on
[[nodiscard]] std::string HumanOctets(std::uint64_t octets);  ///< "912 B", "1.2 MiB"
[[nodiscard]] std::string HumanRate(double per_second);       ///< "0.25", "12.4", "1,234"
/// Share of `whole` in percent with one decimal; "-" when `whole` is 0. Never rounds up to 100.0 or
/// down to 0.0 what is not exactly that.
[[nodiscard]] std::string Percent(std::uint64_t part, std::uint64_t whole);
/// "1 case", "2 cases".
[[nodiscard]] std::string Counted(std::uint64_t count, std::string_view noun);

/// RFC 3339 in UTC with nine decimals, so that nothing is lost: 2026-11-22T16:09:07.000000000Z.
[[nodiscard]] std::string TimestampFrom(std::chrono::system_clock::time_point time);
/// Inverse of TimestampFrom; nullopt for any other spelling.
[[nodiscard]] std::optional<std::chrono::system_clock::time_point> TimeFrom(std::string_view text);
/// For people: 2026-11-22 16:09:07 UTC.
[[nodiscard]] std::string HumanTime(std::chrono::system_clock::time_point time);

}  // namespace smtpgauge
