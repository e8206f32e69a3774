// What stands above the steps of a scenario: its keys, its requirement, what it needs.
#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "scenarios/building.h"
#include "scenarios/read_value.h"
#include "scenarios/suggest.h"

namespace smtpgauge {

namespace {

constexpr std::array<std::string_view, 22> kScenarioKeys = {
    "$schema", "id",       "title",     "requirement", "source", "needs",   "profiles", "when",
    "cases",   "defaults", "variables", "setup",       "probe",  "cleanup", "sync",     "observe",
    "pending", "load",     "open",      "steps",       "close",  "mail"};
constexpr std::array<std::string_view, 12> kNeedNames = {"recipient",
                                                         "second_recipient",
                                                         "many_recipients",
                                                         "unknown_recipient",
                                                         "foreign_recipient",
                                                         "credentials",
                                                         "tls",
                                                         "delivery",
                                                         "slow",
                                                         "disruptive",
                                                         "tls_port",
                                                         "mail"};
static_assert(kNeedNames.size() == kNeedCount);
constexpr std::array<std::string_view, 5> kLevels = {"MUST", "SHOULD", "MAY", "SEC", "DF"};
constexpr std::array<std::string_view, 2> kMailAmounts = {"many", "few"};

void ReadRequirement(const JsonValue& scenario, ScenarioHeader& header, Problems& problems) {
  const JsonValue* value = scenario.Find("requirement");
  if (value == nullptr) {
    header.level = Level::kDeFacto;
    if (!header.load)
      problems.Add(scenario, "a scenario wants a \"requirement\" with its \"level\"");
    return;
  }
  constexpr std::array<std::string_view, 4> kKeys = {"rfc", "section", "level", "text"};
  if (!CheckKeys(*value, kKeys, problems)) return;
  header.rfc = StringAt(*value, "rfc", problems);
  header.section = StringAt(*value, "section", problems);
  header.text = StringAt(*value, "text", problems);
  const JsonValue* level = value->Find("level");
  if (level == nullptr) {
    problems.Add(*value, "a requirement wants a \"level\"");
  } else {
    header.level = ReadLevel(*level, problems).value_or(Level::kMust);
  }
}

}  // namespace

bool IsSlug(std::string_view text, std::string_view extra) {
  return !text.empty() && text.size() <= 120 &&
         std::all_of(text.begin(), text.end(), [extra](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                  extra.find(c) != std::string_view::npos;
         });
}

std::vector<Need> ReadNeeds(const JsonValue& value, Problems& problems) {
  std::vector<Need> needs;
  if (!value.Is(JsonValue::Kind::kArray)) {
    Expected(value, fmt::format("a list of needs{}", Suggestion("", kNeedNames)), problems);
    return needs;
  }
  for (const JsonValue& item : value.items) {
    if (const auto index = ReadWord(item, kNeedNames, problems))
      needs.push_back(static_cast<Need>(*index));
  }
  return needs;
}

std::optional<Level> ReadLevel(const JsonValue& value, Problems& problems) {
  const auto index = ReadWord(value, kLevels, problems);
  if (!index) return std::nullopt;
  return static_cast<Level>(*index);
}

ScenarioHeader ReadHeader(const JsonValue& scenario, Problems& problems) {
  ScenarioHeader header;
  header.file = scenario.file;
  header.id = StringAt(scenario, "id", problems);
  if (!IsSlug(header.id, "._-/"))
    problems.Add(scenario, "a scenario wants an \"id\" of letters, digits and . _ - /");
  header.title = StringAt(scenario, "title", problems);
  if (header.title.empty()) problems.Add(scenario, "a scenario wants a \"title\"");
  header.load = scenario.Find("load") != nullptr || scenario.Find("mix") != nullptr;
  ReadRequirement(scenario, header, problems);
  header.source = StringAt(scenario, "source", problems);
  if (const JsonValue* needs = scenario.Find("needs")) header.needs = ReadNeeds(*needs, problems);
  if (const JsonValue* profiles = scenario.Find("profiles")) {
    header.profiles = ReadStrings(*profiles, problems);
    for (const std::string& profile : header.profiles) {
      if (std::find(kProfiles.begin(), kProfiles.end(), profile) == kProfiles.end())
        problems.Add(*profiles,
                     fmt::format("no profile \"{}\"{}", profile, Suggestion(profile, kProfiles)));
    }
  }
  if (const JsonValue* when = scenario.Find("when")) CompileCondition(*when, problems, header.when);
  header.pending = StringAt(scenario, "pending", problems);
  header.observes = StringAt(scenario, "observe", problems);
  return header;
}

void CheckShape(const JsonValue& scenario, Problems& problems) {
  std::vector<std::string_view> keys(kScenarioKeys.begin(), kScenarioKeys.end());
  keys.emplace_back("mix");
  CheckKeys(scenario, keys, problems);
  const auto has = [&scenario](std::string_view key) { return scenario.Find(key) != nullptr; };
  const int kinds = (has("probe") ? 1 : 0) + (has("observe") ? 1 : 0) + (has("pending") ? 1 : 0) +
                    (has("steps") ? 1 : 0) + (has("mix") ? 1 : 0);
  if (kinds != 1)
    problems.Add(scenario,
                 "exactly one of \"probe\" (a case), \"observe\", \"pending\", \"steps\" "
                 "(with \"load\") and \"mix\"");
  struct Companion {
    std::string_view key, of;
  };
  constexpr std::array<Companion, 9> kCompanions = {{{"setup", "probe"},
                                                     {"cleanup", "probe"},
                                                     {"sync", "probe"},
                                                     {"cases", "probe"},
                                                     {"defaults", "cases"},
                                                     {"open", "steps"},
                                                     {"close", "steps"},
                                                     {"steps", "load"},
                                                     {"mix", "load"}}};
  for (const Companion& companion : kCompanions) {
    if (has(companion.key) && !has(companion.of))
      problems.Add(scenario,
                   fmt::format("\"{}\" wants \"{}\" beside it", companion.key, companion.of));
  }
}

bool IsOfTheFew(const JsonValue& scenario, const JsonValue* row, Problems& problems) {
  const JsonValue* amount = row == nullptr ? nullptr : row->Find("mail");
  if (amount == nullptr) amount = scenario.Find("mail");
  return amount != nullptr && ReadWord(*amount, kMailAmounts, problems).value_or(0) == 1;
}

std::string_view NeedName(Need need) {
  return kNeedNames[static_cast<std::size_t>(need)];
}

}  // namespace smtpgauge
