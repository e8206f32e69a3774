#include "runner/cli/list_command.h"

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "runner/cli/exit_code.h"
#include "runner/cli/listing.h"
#include "runner/judge/invariants.h"
#include "scenarios/catalogue.h"

namespace smtpgauge {

namespace {

constexpr const char* kListFooter =
    "Examples:\n"
    "  smtpgauge list --level must\n"
    "  smtpgauge list --only '5321-4.1.1.*' --json\n"
    "  smtpgauge list --coverage\n\n"
    "Exit status: 0, or 2 when a scenario file is wrong.";

struct ListOptions {
  std::vector<std::string> scenarios;
  ListingChoice choice;
  bool json = false;
  bool coverage = false;
  bool observations = false;
};

void PrintObservations() {
  for (const Observation& observation : Observations())
    fmt::print("{:22} {}\n", observation.name, observation.text);
}

// All shipped scenarios but those that only prepare a run.
std::vector<std::filesystem::path> ListedFolders() {
  std::vector<std::filesystem::path> folders;
  for (const auto& entry : std::filesystem::directory_iterator(ShippedScenarios())) {
    const std::string name = entry.path().filename().string();
    if (entry.is_directory() && name != "probe" && name != "fragments" && name != "known")
      folders.push_back(entry.path());
  }
  return folders;
}

int List(const ListOptions& options) {
  if (options.observations) {
    PrintObservations();
    return kOk;
  }
  std::vector<std::filesystem::path> paths(options.scenarios.begin(), options.scenarios.end());
  if (paths.empty()) paths = ListedFolders();
  const Plan plan = Catalogue::Load(paths).Compile({});
  const std::vector<ListedScenario> listed = SelectScenarios(plan, options.choice);
  std::string text;
  if (options.coverage) {
    const std::vector<CoverageRow> rows = CoverageOf(listed);
    text = options.json ? CoverageJson(rows) : CoverageText(rows);
  } else {
    text = options.json ? ListJson(listed) : ListText(listed);
  }
  std::fwrite(text.data(), 1, text.size(), stdout);
  return kOk;
}

}  // namespace

void AddListCommand(CLI::App& app, RunFunction& run) {
  CLI::App* command = app.add_subcommand("list", "List scenarios: id, level, needs, title");
  command->footer(kListFooter);
  auto options = std::make_shared<ListOptions>();
  command->add_option("--scenario", options->scenarios, "Files and folders (default: the shipped)")
      ->type_name("FILE|DIR")
      ->take_all();
  command->add_option("--only", options->choice.only, "Ids that match, repeatable")
      ->type_name("GLOB");
  command
      ->add_option("--level", options->choice.level,
                   "must (and SEC); should adds SHOULD; may adds the rest")
      ->check(CLI::IsMember({"must", "should", "may"}));
  command->add_flag("--json", options->json, "Machine-readable");
  command->add_flag("--coverage", options->coverage, "Requirements per RFC and section");
  command->add_flag("--observations", options->observations,
                    "The always-on rules that a scenario may \"observe\"");
  command->callback([&run, options] { run = [options] { return List(*options); }; });
}

}  // namespace smtpgauge
