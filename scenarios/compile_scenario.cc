#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "scenarios/building.h"
#include "scenarios/read_value.h"
#include "scenarios/substitution.h"
#include "scenarios/suggest.h"

namespace smtpgauge {

namespace {

constexpr std::array<std::string_view, 6> kRowKeys = {"slug",  "needs", "when",
                                                      "level", "title", "mail"};
constexpr std::size_t kMostRows = 500;
constexpr std::size_t kMostOpsOfScenario = 100'000;

// A case that passes where its message is accepted leaves mail on a server that is right.
bool LeavesMail(const Script& script) {
  return std::any_of(script.ops.begin(), script.ops.end(), [&script](const Op& op) {
    const auto* await = std::get_if<Await>(&op.action);
    if (await == nullptr || op.phase != Phase::kEod) return false;
    const Verdict accepted = script.expectations[await->expectation].codes[250 - 200];
    return accepted == Verdict::kPass || accepted == Verdict::kWarn;
  });
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
  if (!script.load && LeavesMail(script) && !IsOfTheFew(scenario, row, problems))
    building.Uses(Need::kMail);
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
