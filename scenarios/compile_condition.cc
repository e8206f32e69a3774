#include <algorithm>

#include "scenarios/building.h"
#include "scenarios/read_value.h"

namespace smtpgauge {

namespace {

constexpr std::array<std::string_view, 4> kTlsModes = {"off", "starttls", "implicit", "auto"};

void AddKeywords(const JsonValue& value, Problems& problems, std::vector<std::string>& out) {
  for (std::string& keyword : ReadStrings(value, problems)) {
    if (keyword.empty()) Expected(value, "an EHLO keyword", problems);
    out.push_back(std::move(keyword));
  }
}

// A word, or a list of words, one of which is `actual`.
bool Includes(const JsonValue& value, Words words, std::string_view actual, Problems& problems) {
  const auto one = [&](const JsonValue& item) {
    const auto index = ReadWord(item, words, problems);
    return index && words[*index] == actual;
  };
  if (!value.Is(JsonValue::Kind::kArray)) return one(value);
  return std::count_if(value.items.begin(), value.items.end(), one) > 0;
}

// `same`, `different`: exactly two texts.
std::optional<Compare> ReadComparison(const JsonValue& value, Compare::Relation relation,
                                      Building& building) {
  if (!value.Is(JsonValue::Kind::kArray) || value.items.size() != 2) {
    Expected(value, "two texts", building.problems);
    return std::nullopt;
  }
  Compare compare;
  compare.left = CompileText(value.items[0], building);
  compare.right = CompileText(value.items[1], building);
  compare.relation = relation;
  return compare;
}

}  // namespace

void CompileCondition(const JsonValue& when, Problems& problems, Condition& condition) {
  struct List {
    std::string_view key;
    std::vector<std::string>* keywords;
  };
  const std::array<List, 6> lists = {{{"ehlo", &condition.ehlo},
                                      {"no_ehlo", &condition.no_ehlo},
                                      {"ehlo_clear", &condition.ehlo_clear},
                                      {"no_ehlo_clear", &condition.no_ehlo_clear},
                                      {"ehlo_tls", &condition.ehlo_tls},
                                      {"no_ehlo_tls", &condition.no_ehlo_tls}}};
  constexpr std::array<std::string_view, 6> kKeys = {"ehlo",          "no_ehlo",  "ehlo_clear",
                                                     "no_ehlo_clear", "ehlo_tls", "no_ehlo_tls"};
  if (!CheckKeys(when, kKeys, problems)) return;
  for (const List& list : lists) {
    if (const JsonValue* value = when.Find(list.key)) AddKeywords(*value, problems, *list.keywords);
  }
}

StepCondition CompileStepCondition(const JsonValue& when, Building& building) {
  constexpr std::array<std::string_view, 7> kKeys = {"ehlo",        "no_ehlo", "profile",  "tls",
                                                     "credentials", "same",    "different"};
  StepCondition step;
  Problems& problems = building.problems;
  if (!CheckKeys(when, kKeys, problems)) return step;
  const Bindings& target = building.bindings;
  if (const JsonValue* profile = when.Find("profile"))
    step.holds = Includes(*profile, kProfiles, target.profile, problems) && step.holds;
  if (const JsonValue* tls = when.Find("tls"))
    step.holds = Includes(*tls, kTlsModes, target.tls, problems) && step.holds;
  if (const JsonValue* credentials = when.Find("credentials")) {
    const bool wanted = ReadBoolean(*credentials, problems).value_or(true);
    step.credentials_given = wanted;
    step.holds = wanted == !target.user.empty() && step.holds;
  }
  SkipUnless skip;
  if (const JsonValue* ehlo = when.Find("ehlo")) AddKeywords(*ehlo, problems, skip.condition.ehlo);
  if (const JsonValue* no_ehlo = when.Find("no_ehlo"))
    AddKeywords(*no_ehlo, problems, skip.condition.no_ehlo);
  if (const JsonValue* same = when.Find("same"))
    skip.compare = ReadComparison(*same, Compare::Relation::kSame, building);
  if (const JsonValue* different = when.Find("different")) {
    if (skip.compare) problems.Add(*different, "\"same\" or \"different\", not both");
    skip.compare = ReadComparison(*different, Compare::Relation::kDifferent, building);
  }
  if (!skip.condition.empty() || skip.compare) step.at_run_time = std::move(skip);
  return step;
}

}  // namespace smtpgauge
