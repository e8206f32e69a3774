// Single values of a scenario file, checked. What is wrong goes to Problems with what was expected;
// the functions then return nothing and the compiler goes on, to find the next mistake.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runner/record/event.h"
#include "scenarios/json_value.h"
#include "scenarios/problems.h"

namespace smtpgauge {

using Words = std::span<const std::string_view>;

/// True when `value` is an object; keys outside `keys` are reported with the nearest valid one.
bool CheckKeys(const JsonValue& value, Words keys, Problems& problems);

/// Reports that `value` should have been `expected` ("a duration such as \"250ms\"").
void Expected(const JsonValue& value, std::string_view expected, Problems& problems);

[[nodiscard]] std::optional<std::string> ReadString(const JsonValue& value, Problems& problems);
[[nodiscard]] std::optional<bool> ReadBoolean(const JsonValue& value, Problems& problems);
[[nodiscard]] std::optional<std::int64_t> ReadInteger(const JsonValue& value, std::int64_t least,
                                                      std::int64_t most, Problems& problems);
/// "250ms", "3s", "2m"; also the number 0.
[[nodiscard]] std::optional<Duration> ReadDuration(const JsonValue& value, Problems& problems);
/// One of `words`: its index.
[[nodiscard]] std::optional<std::size_t> ReadWord(const JsonValue& value, Words words,
                                                  Problems& problems);
/// A string, or a list of strings.
[[nodiscard]] std::vector<std::string> ReadStrings(const JsonValue& value, Problems& problems);
/// "pass", "warn", "fail", "blocked", "na" (or "not_applicable"), "error".
[[nodiscard]] std::optional<Verdict> ReadVerdict(const JsonValue& value, Problems& problems);

/// A number, or `{"least": n, "most": m}`; what is left out stays.
void ReadBounds(const JsonValue& value, std::uint32_t& least, std::uint32_t& most,
                Problems& problems);

/// The verdict under `key`, or `fallback` when it is absent or wrong.
[[nodiscard]] Verdict VerdictAt(const JsonValue& object, std::string_view key, Verdict fallback,
                                Problems& problems);
/// The string under `key`, or "".
[[nodiscard]] std::string StringAt(const JsonValue& object, std::string_view key,
                                   Problems& problems);
[[nodiscard]] bool BooleanAt(const JsonValue& object, std::string_view key, bool fallback,
                             Problems& problems);
[[nodiscard]] std::optional<Duration> DurationAt(const JsonValue& object, std::string_view key,
                                                 Problems& problems);

/// A name that scenarios may give to variables, counters, captures: letters, digits, `_`, `-`.
[[nodiscard]] bool IsName(std::string_view text);

}  // namespace smtpgauge
