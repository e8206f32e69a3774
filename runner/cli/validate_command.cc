#include "runner/cli/validate_command.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "runner/cli/exit_code.h"
#include "runner/judge/invariants.h"
#include "scenarios/catalogue.h"
#include "scenarios/schema_check.h"
#include "scenarios/suggest.h"

namespace smtpgauge {

namespace {

constexpr const char* kValidateFooter =
    "Checks scenario files against the language and its JSON Schema. Nothing is sent anywhere.\n"
    "Folders are searched for *.json; without arguments the shipped scenarios are checked.\n\n"
    "Examples:\n"
    "  smtpgauge validate my-scenario.json\n"
    "  smtpgauge validate scenarios/\n\n"
    "Exit status: 0 all is in order, 2 something is not (each problem on a line of its own).";

// Names of observations belong to the judge; the compiler takes any.
void CheckObservations(const Plan& plan, std::vector<InputProblem>& problems) {
  std::vector<std::string_view> names;
  for (const Observation& observation : Observations())
    names.push_back(observation.name);
  for (const ScenarioHeader& header : plan.headers) {
    const std::string& name = header.observes;
    if (name.empty() || std::find(names.begin(), names.end(), name) != names.end()) continue;
    problems.push_back({header.file, header.id,
                        fmt::format("no observation \"{}\"{}", name, Suggestion(name, names))});
  }
}

int Validate(const std::vector<std::string>& given) {
  std::vector<std::filesystem::path> paths(given.begin(), given.end());
  std::vector<InputProblem> problems;
  CatalogueCounts counts;
  try {
    if (paths.empty()) paths.push_back(ShippedScenarios());
    const Catalogue catalogue = Catalogue::Load(paths);
    counts = catalogue.Counts();
    problems = CheckAgainstSchema(paths);
    CheckObservations(catalogue.Compile({}), problems);
  } catch (const InputError& error) {
    problems = error.problems();
  }
  for (const InputProblem& problem : problems)
    fmt::print("{}\n", ProblemLine(problem));
  if (!problems.empty()) {
    fmt::print(stderr, "{} {}; nothing would run\n", problems.size(),
               problems.size() == 1 ? "problem" : "problems");
    return kUsage;
  }
  fmt::print("{} files, {} scenarios, {} cases: all in order\n", counts.files, counts.scenarios,
             counts.cases);
  return kOk;
}

}  // namespace

void AddValidateCommand(CLI::App& app, RunFunction& run) {
  CLI::App* command = app.add_subcommand("validate", "Check scenario files");
  command->footer(kValidateFooter);
  auto paths = std::make_shared<std::vector<std::string>>();
  command->add_option("paths", *paths, "Scenario files and folders")->type_name("FILE|DIR");
  command->callback([&run, paths] { run = [paths] { return Validate(*paths); }; });
}

}  // namespace smtpgauge
