#include "runner/record/units.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <span>

namespace smtpgauge {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};

constexpr std::array<Unit, 6> kDurationUnits = {
    {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}}};
constexpr double kMaxDuration = 10'000 * 3600e9;

constexpr double kKi = 1024;
constexpr std::array<Unit, 15> kSizeUnits = {{{"", 1},
                                              {"B", 1},
                                              {"k", kKi},
                                              {"K", kKi},
                                              {"M", kKi* kKi},
                                              {"G", kKi* kKi* kKi},
                                              {"Ki", kKi},
                                              {"Mi", kKi* kKi},
                                              {"KiB", kKi},
                                              {"MiB", kKi* kKi},
                                              {"GiB", kKi* kKi* kKi},
                                              {"kB", 1e3},
                                              {"KB", 1e3},
                                              {"MB", 1e6},
                                              {"GB", 1e9}}};
constexpr double kMaxSize = 9007199254740992;  // 2^53: whole numbers above are not exact
constexpr double kMaxRate = 1e9;               // per second: whole nanoseconds between two

constexpr std::array<Unit, 4> kRateUnits = {
    {{"", 1}, {"/s", 1}, {"/m", 1 / 60.0}, {"/h", 1 / 3600.0}}};

/// Number times unit; nullopt when `text` is anything else, negative or not finite.
std::optional<double> ParseQuantity(std::string_view text, std::span<const Unit> units) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [number_end, error] =
      std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc() || !std::isfinite(number) || std::signbit(number)) return std::nullopt;
  const std::string_view name(number_end, static_cast<std::size_t>(end - number_end));
  const auto unit =
      std::find_if(units.begin(), units.end(), [&](const Unit& u) { return u.name == name; });
  if (unit == units.end()) return std::nullopt;
  return number * unit->factor;
}

[[noreturn]] void RefuseUnit(std::string_view text, std::string_view expectation) {
  constexpr std::size_t kQuoted = 40;
  std::string message = "'";
  message += text.substr(0, kQuoted);
  message += text.size() > kQuoted ? "...' is no " : "' is no ";
  message += expectation;
  throw UnitError(message);
}

}  // namespace

std::string_view Trim(std::string_view text) {
  while (text.starts_with(' '))
    text.remove_prefix(1);
  while (text.ends_with(' '))
    text.remove_suffix(1);
  return text;
}

Duration ParseDuration(std::string_view text) {
  const std::optional<double> nanos = ParseQuantity(text, kDurationUnits);
  if (!nanos || *nanos > kMaxDuration) {
    RefuseUnit(text,
               "duration: write a number up to 10000 h with ns, us, ms, s, m or h, as in 250ms");
  }
  return Duration(std::llround(*nanos));
}

std::uint64_t ParseSize(std::string_view text) {
  const std::optional<double> octets = ParseQuantity(text, kSizeUnits);
  if (!octets || *octets > kMaxSize || *octets != std::floor(*octets)) {
    RefuseUnit(text,
               "size: write whole octets, or a number with k, M, G, KiB, MiB, GiB (1024) or kB, "
               "MB, GB (1000), as in 100KiB");
  }
  return static_cast<std::uint64_t>(*octets);
}

double ParseRate(std::string_view text) {
  const std::optional<double> per_second = ParseQuantity(text, kRateUnits);
  if (!per_second || *per_second <= 0 || *per_second > kMaxRate) {
    RefuseUnit(text, "rate: write a number above 0 with /s, /m or /h, as in 500/s; at most 1e9/s");
  }
  return *per_second;
}

std::string FormatMicros(double micros) {
  const auto format = [](double value, std::string_view unit) {
    // Digits behind the point so that three are significant.
    const int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
    std::array<char, 330> buffer{};  // the largest double, written out
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                   std::chars_format::fixed, decimals)
                         .ptr;
    return std::string(buffer.data(), end).append(unit);
  };
  if (!std::isfinite(micros)) return "-";
  if (std::fabs(micros) < 999.5) {
    // Recorded in whole microseconds: more digits would be invented, except in a mean.
    return micros == std::floor(micros) ? std::to_string(std::llround(micros)) + " us"
                                        : format(micros, " us");
  }
  return micros < 999'500 ? format(micros / 1e3, " ms") : format(micros / 1e6, " s");
}

}  // namespace smtpgauge
