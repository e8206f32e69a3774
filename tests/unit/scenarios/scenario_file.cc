#include "tests/unit/scenarios/scenario_file.h"

#include <atomic>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

namespace smtpgauge {

ScenarioFile::ScenarioFile(const std::string& json) {
  static std::atomic<int> number = 0;
  const auto folder =
      std::filesystem::path(testing::TempDir()) /
      ("smtpgauge-scenario-" + std::to_string(getpid()) + "-" + std::to_string(number++));
  std::filesystem::create_directories(folder);
  path_ = folder / "scenario.json";
  Add("scenario.json", json);
}

ScenarioFile::~ScenarioFile() {
  std::error_code error;
  std::filesystem::remove_all(path_.parent_path(), error);
}

void ScenarioFile::Add(const std::string& name, const std::string& octets) const {
  const std::filesystem::path file = path_.parent_path() / name;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << octets;
}

Bindings ExampleTarget() {
  Bindings bindings;
  bindings.host = "mx.example.test";
  bindings.recipients = {"box@example.test", "second@example.test"};
  bindings.unknown_recipient = "nobody@example.test";
  bindings.sender = "sender@client.example";
  bindings.helo_name = "client.example";
  return bindings;
}

std::string Scenario(const std::string& members) {
  return R"({"id": "x", "title": "x", "requirement": {"level": "MUST"}, )" + members + "}";
}

Plan CompileJson(const std::string& json, const Bindings& bindings) {
  const ScenarioFile file(json);
  return Catalogue::Load({file.path()}).Compile(bindings);
}

Script CompileMembers(const std::string& members, const Bindings& bindings) {
  Plan plan = CompileJson(Scenario(members), bindings);
  EXPECT_EQ(plan.scripts.size(), 1U);
  return plan.scripts.empty() ? Script() : std::move(plan.scripts.front());
}

std::string ProblemsOf(const std::string& json) {
  const ScenarioFile file(json);
  try {
    (void)Catalogue::Load({file.path()});
  } catch (const InputError& error) {
    std::string text;
    for (const InputProblem& problem : error.problems())
      text += (text.empty() ? "" : "\n") + problem.pointer + ": " + problem.message;
    return text;
  }
  return {};
}

std::string RenderedText(const Text& text, Slots slots) {
  if (slots.size() < kFirstFreeSlot) slots.resize(kFirstFreeSlot);
  std::string out;
  Render(text, slots, 0, out);
  return out;
}

}  // namespace smtpgauge
