#include <charconv>
#include <stdexcept>

#include <fmt/format.h>

#include "scenarios/building.h"
#include "scenarios/read_value.h"
#include "scenarios/reference.h"

namespace smtpgauge {

namespace {

// A whole signed number, or nothing.
std::optional<std::int64_t> WholeNumber(std::string_view digits) {
  if (digits.starts_with('+')) digits.remove_prefix(1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) return {};
  return number;
}

// "12", "+1", "-1", and "12+1" (what a row's number leaves of "${n}+1").
std::optional<std::int64_t> Sum(std::string_view text) {
  const std::size_t sign = text.find_first_of("+-", 1);
  const auto first = WholeNumber(text.substr(0, sign));
  if (sign == std::string_view::npos || !first) return first;
  const auto second = WholeNumber(text.substr(sign));
  constexpr std::int64_t kLargest = std::int64_t{1} << 60;
  if (!second || *first > kLargest || *second > kLargest || *first < -kLargest ||
      *second < -kLargest)
    return {};
  return *first + *second;
}

std::optional<Count> ParseCount(const JsonValue& value, Building& building) {
  if (value.Is(JsonValue::Kind::kInteger)) return Count{kNoSlot, value.integer};
  if (!value.Is(JsonValue::Kind::kString)) return std::nullopt;
  const std::string_view text = value.string;
  const auto reference = FindReference(text, 0);
  if (!reference) {
    const auto number = Sum(text);
    if (!number) return std::nullopt;
    return Count{kNoSlot, *number};
  }
  if (reference->begin != 0 || reference->escape || !reference->closed) return std::nullopt;
  const std::string_view rest = text.substr(reference->end);
  const auto offset = rest.empty() ? std::optional<std::int64_t>(0) : WholeNumber(rest);
  if (!offset || (!rest.empty() && rest.front() != '+' && rest.front() != '-')) return std::nullopt;
  const TextPiece piece = ResolveVariable(reference->name, value, building);
  if (piece.kind == TextPiece::Kind::kSlot) return Count{piece.slot, *offset};
  const auto number = WholeNumber(piece.octets);
  if (piece.kind != TextPiece::Kind::kLiteral || !number) return std::nullopt;
  return Count{kNoSlot, *number + *offset};
}

std::optional<Pattern> Compiled(const JsonValue& value, std::string_view before,
                                std::string_view after, Building& building) {
  const auto source = ReadString(value, building.problems);
  if (!source) return std::nullopt;
  std::string expression(before);
  std::size_t from = 0;
  while (const auto reference = FindReference(*source, from)) {
    expression += source->substr(from, reference->begin - from);
    from = reference->end;
    if (reference->escape || !reference->closed) {
      expression += "\\$\\{";
      continue;
    }
    const TextPiece piece = ResolveVariable(reference->name, value, building);
    if (piece.kind != TextPiece::Kind::kLiteral) {
      building.problems.Add(value, fmt::format("${{{}}} is not known when patterns are compiled; "
                                               "use \"contains\" or a \"compare\" step",
                                               reference->name));
      return std::nullopt;
    }
    expression += QuotePattern(piece.octets);
  }
  expression += source->substr(from);
  expression += after;
  try {
    return Pattern(expression);
  } catch (const std::invalid_argument& error) {
    building.problems.Add(value, fmt::format("no valid RE2 expression: {}", error.what()));
    return std::nullopt;
  }
}

}  // namespace

Count CompileCount(const JsonValue& value, std::int64_t most, Building& building) {
  const auto count = ParseCount(value, building);
  const bool in_range =
      count && (count->slot != kNoSlot || (count->offset >= 0 && count->offset <= most));
  if (in_range) return *count;
  Expected(value, fmt::format("a number from 0 to {}, \"${{name}}\" or \"${{name}}+1\"", most),
           building.problems);
  return {};
}

std::optional<Pattern> CompilePattern(const JsonValue& value, Building& building) {
  return Compiled(value, {}, {}, building);
}

std::optional<Pattern> CompileWholePattern(const JsonValue& value, Building& building) {
  return Compiled(value, "^(?:", ")$", building);
}

}  // namespace smtpgauge
