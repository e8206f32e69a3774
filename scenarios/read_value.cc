#include "scenarios/read_value.h"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "runner/record/units.h"
#include "scenarios/suggest.h"

namespace smtpgauge {

namespace {

using JsonKind = JsonValue::Kind;

// What the author wrote, short enough for a message line.
std::string Shown(const JsonValue& value) {
  constexpr std::size_t kMostShown = 40;
  if (value.Is(JsonKind::kString)) {
    std::string shown;
    for (const char c : value.string.substr(0, kMostShown))
      shown += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    return fmt::format("\"{}{}\"", shown, value.string.size() > kMostShown ? "..." : "");
  }
  if (value.Is(JsonKind::kInteger)) return std::to_string(value.integer);
  if (value.Is(JsonKind::kBoolean)) return value.boolean ? "true" : "false";
  return std::string(KindName(value.kind));
}

}  // namespace

void Expected(const JsonValue& value, std::string_view expected, Problems& problems) {
  problems.Add(value, fmt::format("expected {}, not {}", expected, Shown(value)));
}

bool CheckKeys(const JsonValue& value, Words keys, Problems& problems) {
  if (!value.Is(JsonKind::kObject)) {
    Expected(value, "an object", problems);
    return false;
  }
  for (const JsonMember& member : value.members) {
    if (std::find(keys.begin(), keys.end(), member.key) == keys.end())
      problems.Add(value,
                   fmt::format("unknown key \"{}\"{}", member.key, Suggestion(member.key, keys)));
  }
  return true;
}

std::optional<std::string> ReadString(const JsonValue& value, Problems& problems) {
  if (value.Is(JsonKind::kString)) return value.string;
  Expected(value, "a string", problems);
  return std::nullopt;
}

std::optional<bool> ReadBoolean(const JsonValue& value, Problems& problems) {
  if (value.Is(JsonKind::kBoolean)) return value.boolean;
  Expected(value, "true or false", problems);
  return std::nullopt;
}

std::optional<std::int64_t> ReadInteger(const JsonValue& value, std::int64_t least,
                                        std::int64_t most, Problems& problems) {
  if (value.Is(JsonKind::kInteger) && value.integer >= least && value.integer <= most)
    return value.integer;
  Expected(value, fmt::format("a whole number from {} to {}", least, most), problems);
  return std::nullopt;
}

std::optional<Duration> ReadDuration(const JsonValue& value, Problems& problems) {
  constexpr std::string_view kExpected = "a duration such as \"250ms\", \"3s\" or \"2m\"";
  if (value.Is(JsonKind::kInteger) && value.integer == 0) return Duration{};
  if (value.Is(JsonKind::kString)) {
    if (value.string == "0") return Duration{};
    try {
      return ParseDuration(value.string);
    } catch (const UnitError&) {  // the message below says what is allowed here
      Expected(value, kExpected, problems);
      return std::nullopt;
    }
  }
  Expected(value, kExpected, problems);
  return std::nullopt;
}

std::optional<std::size_t> ReadWord(const JsonValue& value, Words words, Problems& problems) {
  if (value.Is(JsonKind::kString)) {
    const auto found = std::find(words.begin(), words.end(), value.string);
    if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
    problems.Add(value, fmt::format("{} is no valid word here{}", Shown(value),
                                    Suggestion(value.string, words)));
    return std::nullopt;
  }
  Expected(value, fmt::format("a word{}", Suggestion("", words)), problems);
  return std::nullopt;
}

std::vector<std::string> ReadStrings(const JsonValue& value, Problems& problems) {
  std::vector<std::string> strings;
  if (value.Is(JsonKind::kString)) {
    strings.push_back(value.string);
  } else if (value.Is(JsonKind::kArray)) {
    for (const JsonValue& item : value.items) {
      if (auto text = ReadString(item, problems)) strings.push_back(std::move(*text));
    }
  } else {
    Expected(value, "a string or a list of strings", problems);
  }
  return strings;
}

std::optional<Verdict> ReadVerdict(const JsonValue& value, Problems& problems) {
  constexpr std::array<std::string_view, 7> kWords = {"pass", "warn",           "fail", "blocked",
                                                      "na",   "not_applicable", "error"};
  constexpr std::array<Verdict, 7> kVerdicts = {
      Verdict::kPass,          Verdict::kWarn,          Verdict::kFail, Verdict::kBlocked,
      Verdict::kNotApplicable, Verdict::kNotApplicable, Verdict::kError};
  const auto index = ReadWord(value, kWords, problems);
  if (!index) return std::nullopt;
  return kVerdicts[*index];
}

void ReadBounds(const JsonValue& value, std::uint32_t& least, std::uint32_t& most,
                Problems& problems) {
  constexpr std::int64_t kLargest = 1'000'000'000;
  if (value.Is(JsonKind::kInteger)) {
    if (const auto number = ReadInteger(value, 0, kLargest, problems))
      least = most = static_cast<std::uint32_t>(*number);
    return;
  }
  constexpr std::array<std::string_view, 2> kKeys = {"least", "most"};
  if (!value.Is(JsonKind::kObject)) {
    Expected(value, "a number, or {\"least\": n, \"most\": m}", problems);
    return;
  }
  CheckKeys(value, kKeys, problems);
  if (value.members.empty()) problems.Add(value, "\"least\" or \"most\", or both");
  for (const auto& [key, bound] : {std::pair{kKeys[0], &least}, std::pair{kKeys[1], &most}}) {
    const JsonValue* member = value.Find(key);
    if (member == nullptr) continue;
    if (const auto number = ReadInteger(*member, 0, kLargest, problems))
      *bound = static_cast<std::uint32_t>(*number);
  }
  if (least > most) problems.Add(value, "\"least\" is more than \"most\"");
}

Verdict VerdictAt(const JsonValue& object, std::string_view key, Verdict fallback,
                  Problems& problems) {
  const JsonValue* value = object.Find(key);
  return value == nullptr ? fallback : ReadVerdict(*value, problems).value_or(fallback);
}

std::string StringAt(const JsonValue& object, std::string_view key, Problems& problems) {
  const JsonValue* value = object.Find(key);
  return value == nullptr ? std::string() : ReadString(*value, problems).value_or("");
}

bool BooleanAt(const JsonValue& object, std::string_view key, bool fallback, Problems& problems) {
  const JsonValue* value = object.Find(key);
  return value == nullptr ? fallback : ReadBoolean(*value, problems).value_or(fallback);
}

std::optional<Duration> DurationAt(const JsonValue& object, std::string_view key,
                                   Problems& problems) {
  const JsonValue* value = object.Find(key);
  return value == nullptr ? std::nullopt : ReadDuration(*value, problems);
}

bool IsName(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
  });
}

}  // namespace smtpgauge
