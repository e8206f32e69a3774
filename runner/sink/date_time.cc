#include "runner/sink/date_time.h"

#include <array>
#include <chrono>

#include <fmt/format.h>

#include "runner/sink/ascii.h"

namespace smtpgauge::sink {
namespace {

constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:dd";

int Number(std::string_view text, std::size_t at, std::size_t digits) {
  int value = 0;
  for (char c : text.substr(at, digits))
    value = value * 10 + (c - '0');
  return value;
}

bool HasShape(std::string_view text, std::string_view shape) {
  for (std::size_t i = 0; i < shape.size(); ++i)
    if (shape[i] == 'd' ? !IsDigit(text[i]) : Upper(text[i]) != shape[i]) return false;
  return true;
}

}  // namespace

std::optional<std::int64_t> ParseDateTime(std::string_view text) {
  if (text.size() <= kShape.size() || !HasShape(text, kShape)) return std::nullopt;
  const std::chrono::year_month_day date(
      std::chrono::year(Number(text, 0, 4)),
      std::chrono::month(static_cast<unsigned>(Number(text, 5, 2))),
      std::chrono::day(static_cast<unsigned>(Number(text, 8, 2))));
  const int hour = Number(text, 11, 2);
  const int minute = Number(text, 14, 2);
  const int second = Number(text, 17, 2);
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  std::int64_t time = std::chrono::sys_days(date).time_since_epoch().count() * 86400LL +
                      hour * 3600 + minute * 60 + second;
  const std::string_view zone = text.substr(kShape.size());
  if (zone == "Z" || zone == "z") return time;
  if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || !HasShape(zone.substr(1), "dd:dd"))
    return std::nullopt;
  const std::int64_t offset = Number(zone, 1, 2) * 3600 + Number(zone, 4, 2) * 60;
  return zone[0] == '+' ? time - offset : time + offset;
}

std::string HeaderDate(std::int64_t seconds_since_1970) {
  constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::chrono::sys_seconds time{std::chrono::seconds(seconds_since_1970)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format("{}, {} {} {} {:02}:{:02}:{:02} +0000",
                     kDays[std::chrono::weekday(day).c_encoding()], unsigned{date.day()},
                     kMonths[unsigned{date.month()} - 1], int{date.year()}, clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

}  // namespace smtpgauge::sink
