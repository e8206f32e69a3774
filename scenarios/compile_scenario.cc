#include <algorithm>
#include <cctype>
#include <set>

#include <fmt/format.h>

#include "scenarios/building.h"
#include "scenarios/read_value.h"
#include "scenarios/substitution.h"
#include "scenarios/suggest.h"

namespace smtpgauge {

namespace {

constexpr std::array<std::string_view, 21> kScenarioKeys = {
    "$schema", "id",      "title",    "requirement", "source", "needs", "profiles",
    "when",    "cases",   "defaults", "variables",   "setup",  "probe", "cleanup",
    "sync",    "observe", "pending",  "load",        "open",   "steps", "close"};
constexpr std::array<std::string_view, 11> kNeedNames = {"recipient",
                                                         "second_recipient",
                                                         "many_recipients",
                                                         "unknown_recipient",
                                                         "foreign_recipient",
                                                         "credentials",
                                                         "tls",
                                                         "delivery",
                                                         "slow",
                                                         "disruptive",
                                                         "tls_port"};
static_assert(kNeedNames.size() == kNeedCount);
constexpr std::array<std::string_view, 5> kLevels = {"MUST", "SHOULD", "MAY", "SEC", "DF"};
constexpr std::array<std::string_view, 5> kProfiles = {"mx", "submission", "relay", "lmtp", "sink"};
constexpr std::array<std::string_view, 5> kRowKeys = {"slug", "needs", "when", "level", "title"};
constexpr std::size_t kMostRows = 500;
constexpr std::size_t kMostOpsOfScenario = 100'000;

// Ids go onto command lines and into file names.
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

// A scenario is a case, an observation, a pending requirement, a load scenario or a mix.
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

// One scenario being turned into scripts.
struct ScenarioCompiler {
  const JsonValue& scenario;
  const std::filesystem::path& folder;
  const Bindings& bindings;
  const Fragments& fragments;
  Problems& problems;
  Plan& plan;
  std::set<std::string, std::less<>> used_names;

  void BindRow(const JsonValue& row, Substitution& substitution) const;
  void CompileScript(const JsonValue* row);
  void CompileSections(Substitution& substitution, Building& building) const;
  void CompileVariables(Substitution& substitution, Building& building) const;
  void CompileRows(const JsonValue& rows);
  void ReportUnused(const JsonValue& rows) const;
};

void ScenarioCompiler::BindRow(const JsonValue& row, Substitution& substitution) const {
  if (const JsonValue* defaults = scenario.Find("defaults")) {
    for (const JsonMember& member : defaults->members) {
      if (row.Find(member.key) == nullptr) substitution.Bind(member.key, member.value);
    }
  }
  for (const JsonMember& member : row.members) {
    if (!IsName(member.key)) {
      problems.Add(row, fmt::format("\"{}\" is no variable name", member.key));
    } else if (member.key == "slug" ||
               std::find(kRowKeys.begin(), kRowKeys.end(), member.key) == kRowKeys.end()) {
      substitution.Bind(member.key, member.value);
    }
  }
}

void ScenarioCompiler::CompileVariables(Substitution& substitution, Building& building) const {
  const JsonValue* variables = scenario.Find("variables");
  if (variables == nullptr) return;
  if (!variables->Is(JsonValue::Kind::kObject)) {
    Expected(*variables, "an object of names and texts", problems);
    return;
  }
  for (const JsonMember& member : variables->members) {
    Text text = CompileText(substitution.Apply(member.value), building);
    const SlotIndex slot = building.Declare(member.key, member.value);
    building.script.initial.push_back({slot, std::move(text)});
  }
}

void ScenarioCompiler::CompileSections(Substitution& substitution, Building& building) const {
  const bool load = building.script.load;
  const auto compile = [&](std::string_view key, Section section) {
    StepPlace place;
    place.section = section;
    if (const JsonValue* steps = scenario.Find(key))
      CompileSteps(substitution.Apply(*steps), place, building);
    return static_cast<std::uint16_t>(building.script.ops.size());
  };
  if (load) {
    building.script.steps = compile("open", Section::kSetup);
    building.script.close = compile("steps", Section::kProbe);
    const auto& ops = building.script.ops;
    building.script.delivers =
        std::any_of(ops.begin() + building.script.steps, ops.end(), [](const Op& op) {
          return op.phase == Phase::kEod && std::holds_alternative<Await>(op.action);
        });
    compile("close", Section::kProbe);
    return;
  }
  compile("setup", Section::kSetup);
  compile("probe", Section::kProbe);
  compile("cleanup", Section::kCleanup);
}

void ScenarioCompiler::CompileScript(const JsonValue* row) {
  const ScenarioHeader& header = plan.headers.back();
  Building building(bindings, fragments, problems);
  building.folder = folder;
  building.file = scenario.file;
  Script& script = building.script;
  script.header = static_cast<std::uint16_t>(plan.headers.size() - 1);
  script.id = header.id;
  script.title = header.title;
  script.level = header.level;
  script.when = header.when;
  script.load = header.load;
  script.proves_sync = !header.load && BooleanAt(scenario, "sync", true, problems);
  for (const Need need : header.needs)
    building.Uses(need);
  Substitution substitution(problems);
  if (row != nullptr) {
    const std::string slug = StringAt(*row, "slug", problems);
    script.id += "/" + slug;
    script.title = StringAt(*row, "title", problems);
    if (script.title.empty()) script.title = fmt::format("{} ({})", header.title, slug);
    if (const JsonValue* level = row->Find("level"))
      script.level = ReadLevel(*level, problems).value_or(script.level);
    if (const JsonValue* needs = row->Find("needs")) {
      for (const Need need : ReadNeeds(*needs, problems))
        building.Uses(need);
    }
    if (const JsonValue* when = row->Find("when")) CompileCondition(*when, problems, script.when);
    BindRow(*row, substitution);
    for (const std::string_view name : substitution.Names())
      building.locals.emplace_back(name);
  }
  CompileVariables(substitution, building);
  CompileSections(substitution, building);
  for (const Op& op : script.ops)
    script.connections = std::max(script.connections, op.connection);
  used_names.insert(substitution.used().begin(), substitution.used().end());
  for (std::size_t i = 0; i < kNeedCount; ++i) {
    if (building.needs[i]) script.needs.push_back(static_cast<Need>(i));
  }
  plan.scripts.push_back(std::move(script));
}

void ScenarioCompiler::CompileRows(const JsonValue& rows) {
  if (!rows.Is(JsonValue::Kind::kArray) || rows.items.empty() || rows.items.size() > kMostRows) {
    problems.Add(rows, fmt::format("expected a list of 1 to {} rows", kMostRows));
    return;
  }
  if (const JsonValue* defaults = scenario.Find("defaults");
      defaults != nullptr && !defaults->Is(JsonValue::Kind::kObject)) {
    Expected(*defaults, "an object", problems);
    return;
  }
  std::set<std::string> slugs;
  std::size_t ops = 0;
  for (const JsonValue& row : rows.items) {
    if (!row.Is(JsonValue::Kind::kObject)) {
      Expected(row, "a row: an object", problems);
      continue;
    }
    const JsonValue* slug = row.Find("slug");
    if (slug == nullptr || !slug->Is(JsonValue::Kind::kString) || !IsSlug(slug->string, "._-")) {
      problems.Add(row, "a row wants a \"slug\" of letters, digits and . _ -");
      continue;
    }
    if (!slugs.insert(slug->string).second)
      problems.Add(*slug, fmt::format("the slug \"{}\" stands twice", slug->string));
    CompileScript(&row);
    ops += plan.scripts.back().ops.size();
    if (ops > kMostOpsOfScenario) {
      problems.Add(rows, fmt::format("more than {} operations in all rows", kMostOpsOfScenario));
      return;
    }
  }
  if (slugs.size() == rows.items.size()) ReportUnused(rows);
}

// A row's key that nothing reads is a misspelt one.
void ScenarioCompiler::ReportUnused(const JsonValue& rows) const {
  for (const JsonValue& row : rows.items) {
    for (const JsonMember& member : row.members) {
      const bool special =
          std::find(kRowKeys.begin(), kRowKeys.end(), member.key) != kRowKeys.end();
      if (special || used_names.contains(member.key)) continue;
      std::vector<std::string_view> known(kRowKeys.begin(), kRowKeys.end());
      known.insert(known.end(), used_names.begin(), used_names.end());
      const std::string_view nearest = Nearest(member.key, known);
      problems.Add(row, nearest.empty()
                            ? fmt::format("nothing refers to ${{{}}}", member.key)
                            : fmt::format("nothing refers to ${{{}}}; did you mean \"{}\"?",
                                          member.key, nearest));
    }
  }
}

}  // namespace

std::string_view NeedName(Need need) {
  return kNeedNames[static_cast<std::size_t>(need)];
}

void CompileScenario(const JsonValue& scenario, const std::filesystem::path& folder,
                     const Bindings& bindings, const Fragments& fragments, Problems& problems,
                     Plan& plan) {
  if (!scenario.Is(JsonValue::Kind::kObject)) {
    Expected(scenario, "a scenario: an object, or a list of them", problems);
    return;
  }
  CheckShape(scenario, problems);
  plan.headers.push_back(ReadHeader(scenario, problems));
  if (const JsonValue* load = scenario.Find("load")) (void)CompileLoadSpec(*load, folder, problems);
  if (const JsonValue* mix = scenario.Find("mix")) (void)ReadMix(*mix, problems);
  ScenarioCompiler compiler{scenario, folder, bindings, fragments, problems, plan, {}};
  // An observation and what is pending run nothing, but each is a case with a verdict.
  if (scenario.Find("mix") != nullptr) return;
  if (const JsonValue* rows = scenario.Find("cases")) {
    compiler.CompileRows(*rows);
  } else {
    compiler.CompileScript(nullptr);
  }
}

}  // namespace smtpgauge
