#include "reports/numbers.h"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "runner/record/units.h"

namespace smtpgauge {
namespace {

std::string ThreeDigits(double value) {
  if (value >= 99.95) return fmt::format("{:.0f}", value);
  if (value >= 9.995) return fmt::format("{:.1f}", value);
  return fmt::format("{:.2f}", value);
}

struct CivilTime {
  std::chrono::year_month_day date{};
  std::chrono::hh_mm_ss<std::chrono::nanoseconds> time{};
};

CivilTime CivilFrom(std::chrono::system_clock::time_point time) {
  const auto exact = std::chrono::time_point_cast<std::chrono::nanoseconds>(time);
  const auto day = std::chrono::floor<std::chrono::days>(exact);
  return {std::chrono::year_month_day(day), std::chrono::hh_mm_ss(exact - day)};
}

std::string FormatCivil(const CivilTime& civil, char separator) {
  return fmt::format("{:04}-{:02}-{:02}{}{:02}:{:02}:{:02}", static_cast<int>(civil.date.year()),
                     static_cast<unsigned>(civil.date.month()),
                     static_cast<unsigned>(civil.date.day()), separator, civil.time.hours().count(),
                     civil.time.minutes().count(), civil.time.seconds().count());
}

std::optional<int> NumberAt(std::string_view text, std::size_t at, std::size_t digits) {
  int value = 0;
  const char* begin = text.data() + at;
  const auto [end, error] = std::from_chars(begin, begin + digits, value);
  if (error != std::errc() || end != begin + digits || value < 0) return std::nullopt;
  return value;
}

}  // namespace

std::string WithThousands(std::uint64_t value) {
  std::string digits = std::to_string(value);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string HumanDuration(std::chrono::nanoseconds time) {
  const double micros = std::chrono::duration<double, std::micro>(time).count();
  return micros < 600e6 ? FormatMicros(micros) : fmt::format("{:.0f} min", micros / 60e6);
}

std::string HumanOctets(std::uint64_t octets) {
  if (octets < 1024) return fmt::format("{} B", octets);
  double value = static_cast<double>(octets);
  std::string_view unit = "KiB";
  for (const std::string_view next : {"KiB", "MiB", "GiB", "TiB", "PiB"}) {
    value /= 1024;
    unit = next;
    if (value < 999.5) break;
  }
  return fmt::format("{} {}", ThreeDigits(value), unit);
}

std::string HumanRate(double per_second) {
  if (!std::isfinite(per_second) || per_second <= 0) return "0";
  if (per_second >= 1e15) return fmt::format("{:.3g}", per_second);
  if (per_second >= 999.5)
    return WithThousands(static_cast<std::uint64_t>(std::llround(per_second)));
  return ThreeDigits(per_second);
}

std::string Percent(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "-";
  const double exact = 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  if (part > 0 && exact < 0.05) return "<0.1%";
  if (part < whole && exact > 99.95) return ">99.9%";
  return fmt::format("{:.1f}%", exact);
}

std::string Counted(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", WithThousands(count), noun, count == 1 ? "" : "s");
}

std::string TimestampFrom(std::chrono::system_clock::time_point time) {
  const CivilTime civil = CivilFrom(time);
  return fmt::format("{}.{:09}Z", FormatCivil(civil, 'T'), civil.time.subseconds().count());
}

std::optional<std::chrono::system_clock::time_point> TimeFrom(std::string_view text) {
  static constexpr std::string_view kShape = "0000-00-00T00:00:00.000000000Z";
  if (text.size() != kShape.size()) return std::nullopt;
  const auto year = NumberAt(text, 0, 4);
  const auto month = NumberAt(text, 5, 2);
  const auto day = NumberAt(text, 8, 2);
  const auto hour = NumberAt(text, 11, 2);
  const auto minute = NumberAt(text, 14, 2);
  const auto second = NumberAt(text, 17, 2);
  const auto nanosecond = NumberAt(text, 20, 9);
  if (!year || !month || !day || !hour || !minute || !second || !nanosecond) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  // Nanoseconds since 1970 in 64 bits end in 2262.
  if (!date.ok() || *year < 1970 || *year > 2261) return std::nullopt;
  const auto time = std::chrono::sys_days(date) + std::chrono::hours(*hour) +
                    std::chrono::minutes(*minute) + std::chrono::seconds(*second) +
                    std::chrono::nanoseconds(*nanosecond);
  // Whatever does not come out as it went in was not our spelling: hour 25, a missing separator.
  if (TimestampFrom(time) != text) return std::nullopt;
  return time;
}

std::string HumanTime(std::chrono::system_clock::time_point time) {
  return FormatCivil(CivilFrom(time), ' ') + " UTC";
}

}  // namespace smtpgauge
