#include <algorithm>

#include <fmt/format.h>

#include "scenarios/building.h"
#include "scenarios/read_value.h"

namespace smtpgauge {

namespace {

using PredicateKind = Predicate::Kind;

struct KeyedKind {
  std::string_view key;
  PredicateKind kind;
};
constexpr std::array<KeyedKind, 12> kPredicates = {
    {{"text", PredicateKind::kText},
     {"not_text", PredicateKind::kNotText},
     {"each_line", PredicateKind::kEachLine},
     {"octets", PredicateKind::kOctets},
     {"contains", PredicateKind::kContains},
     {"not_contains", PredicateKind::kNotContains},
     {"enhanced", PredicateKind::kEnhanced},
     {"lines", PredicateKind::kLines},
     {"keyword", PredicateKind::kKeyword},
     {"no_keyword", PredicateKind::kNoKeyword},
     {"well_formed", PredicateKind::kWellFormed},
     {"names_host", PredicateKind::kFirstWordNamesHost}}};
constexpr std::array<std::string_view, 12> kKeys = {
    "text",     "not_text", "each_line", "octets",     "contains",    "not_contains",
    "enhanced", "lines",    "keyword",   "no_keyword", "well_formed", "names_host"};
constexpr std::array<std::string_view, 16> kListKeys = {
    "text",     "not_text", "each_line", "octets",     "contains",    "not_contains",
    "enhanced", "lines",    "keyword",   "no_keyword", "well_formed", "names_host",
    "within",   "from",     "else",      "note"};

void ReadKeyword(const JsonValue& value, Predicate& predicate, Building& building) {
  if (value.Is(JsonValue::Kind::kString)) {
    predicate.name = value.string;
    return;
  }
  constexpr std::array<std::string_view, 2> kKeywordKeys = {"name", "parameters"};
  if (!CheckKeys(value, kKeywordKeys, building.problems)) return;
  predicate.name = StringAt(value, "name", building.problems);
  if (predicate.name.empty()) building.problems.Add(value, "\"keyword\" wants a \"name\"");
  if (const JsonValue* parameters = value.Find("parameters"))
    predicate.pattern = CompileWholePattern(*parameters, building);
}

// `value` is what stands under the kind's key.
void ReadArgument(const JsonValue& value, Predicate& predicate, Building& building) {
  switch (predicate.kind) {
    case PredicateKind::kText:
    case PredicateKind::kNotText:
    case PredicateKind::kEachLine:
    case PredicateKind::kOctets:
      predicate.pattern = CompilePattern(value, building);
      return;
    case PredicateKind::kEnhanced:
      predicate.pattern = CompileWholePattern(value, building);
      return;
    case PredicateKind::kContains:
    case PredicateKind::kNotContains:
      predicate.value = CompileText(value, building);
      return;
    case PredicateKind::kLines:
      ReadBounds(value, predicate.least, predicate.most, building.problems);
      return;
    case PredicateKind::kKeyword:
      ReadKeyword(value, predicate, building);
      return;
    case PredicateKind::kNoKeyword:
      predicate.name = ReadString(value, building.problems).value_or("");
      return;
    case PredicateKind::kWithin:
      predicate.time = ReadDuration(value, building.problems).value_or(Duration{});
      return;
    case PredicateKind::kWellFormed:
    case PredicateKind::kFirstWordNamesHost:
      if (!ReadBoolean(value, building.problems).value_or(true))
        Expected(value, "true, or nothing", building.problems);
      return;
  }
}

// Without the anchors of CompileWholePattern.
std::string WholeExpression(const Predicate& predicate) {
  constexpr std::string_view kFront = "^(?:", kBack = ")$";
  if (!predicate.pattern) return {};
  std::string_view text = predicate.pattern->expression();
  if (text.starts_with(kFront)) text.remove_prefix(kFront.size());
  if (text.ends_with(kBack)) text.remove_suffix(kBack.size());
  return std::string(text);
}

// For people, where the scenario does not say it better.
std::string WhatIsMissed(const Predicate& predicate) {
  const auto expression = [&] { return predicate.pattern ? predicate.pattern->expression() : ""; };
  switch (predicate.kind) {
    case PredicateKind::kText:
      return fmt::format("the text does not match {}", expression());
    case PredicateKind::kNotText:
      return fmt::format("the text matches {}", expression());
    case PredicateKind::kEachLine:
      return fmt::format("a line does not match {}", expression());
    case PredicateKind::kOctets:
      return fmt::format("the octets do not match {}", expression());
    case PredicateKind::kContains:
      return "the text does not contain what it has to";
    case PredicateKind::kNotContains:
      return "the text contains what it must not";
    case PredicateKind::kEnhanced:
      return fmt::format("the enhanced status code is not {}", WholeExpression(predicate));
    case PredicateKind::kLines:
      return "the number of lines is another one";
    case PredicateKind::kKeyword:
      return fmt::format("{} is not listed, or with other parameters", predicate.name);
    case PredicateKind::kNoKeyword:
      return fmt::format("{} is listed", predicate.name);
    case PredicateKind::kWithin:
      return fmt::format(
          "the reply took longer than {} ms",
          std::chrono::duration_cast<std::chrono::milliseconds>(predicate.time).count());
    case PredicateKind::kWellFormed:
      return "the reply is malformed";
    case PredicateKind::kFirstWordNamesHost:
      return "the text does not begin with a host name";
  }
  return {};
}

Predicate Compiled(PredicateKind kind, const JsonValue& argument, Verdict otherwise,
                   std::string_view note, Building& building) {
  Predicate predicate;
  predicate.kind = kind;
  predicate.otherwise = otherwise;
  ReadArgument(argument, predicate, building);
  predicate.note = note.empty() ? WhatIsMissed(predicate) : std::string(note);
  return predicate;
}

}  // namespace

std::span<const std::string_view> PredicateKeys() {
  return kKeys;
}

void CompilePredicates(const JsonValue& object, Verdict otherwise, std::string_view note,
                       const StepPlace& place, Building& building, std::vector<Predicate>& out) {
  for (const KeyedKind& known : kPredicates) {
    const JsonValue* argument = object.Find(known.key);
    if (argument == nullptr) continue;
    out.push_back(
        Compiled(known.kind, *argument, Judged(otherwise, place.section), note, building));
  }
}

void CompilePredicateList(const JsonValue& list, const StepPlace& place, Building& building,
                          std::vector<Predicate>& out) {
  if (!list.Is(JsonValue::Kind::kArray)) {
    Expected(list, "a list of conditions", building.problems);
    return;
  }
  for (const JsonValue& item : list.items) {
    if (!CheckKeys(item, kListKeys, building.problems)) continue;
    const Verdict otherwise = VerdictAt(item, "else", Verdict::kFail, building.problems);
    const std::string note = StringAt(item, "note", building.problems);
    const std::size_t before = out.size();
    CompilePredicates(item, otherwise, note, place, building, out);
    if (const JsonValue* within = item.Find("within")) {
      out.push_back(Compiled(PredicateKind::kWithin, *within, Judged(otherwise, place.section),
                             note, building));
    }
    if (out.size() != before + 1)
      building.problems.Add(
          item, fmt::format("one condition for each entry, not {}", out.size() - before));
    const JsonValue* from = item.Find("from");
    if (from != nullptr && out.size() > before)
      out.back().from = static_cast<std::uint32_t>(
          ReadInteger(*from, 1, 1000, building.problems).value_or(1) - 1);
  }
}

}  // namespace smtpgauge
