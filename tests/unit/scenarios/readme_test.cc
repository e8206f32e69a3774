// What scenarios/README.md shows is the language: its examples load.
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/scenarios/scenario_file.h"

namespace smtpgauge {
namespace {

std::vector<std::string> JsonBlocks(const std::filesystem::path& file) {
  std::ifstream stream(file);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  constexpr std::string_view kOpen = "```json\n";
  std::vector<std::string> blocks;
  for (std::size_t at = 0; (at = text.find(kOpen, at)) != std::string::npos;) {
    at += kOpen.size();
    const std::size_t end = text.find("```", at);
    blocks.push_back(text.substr(at, end - at));
    at = end;
  }
  return blocks;
}

TEST(Readme, WholeScenariosLoad) {
  std::size_t scenarios = 0;
  for (const std::string& block : JsonBlocks(ShippedScenarios() / "README.md")) {
    if (block.find("\"id\":") == std::string::npos) continue;
    EXPECT_EQ(ProblemsOf(block), "") << block;
    ++scenarios;
  }
  EXPECT_GE(scenarios, 2U);
}

TEST(Readme, PartsLoadInsideAScenario) {
  std::size_t parts = 0;
  for (const std::string& block : JsonBlocks(ShippedScenarios() / "README.md")) {
    if (!block.starts_with("\"cases\"")) continue;
    EXPECT_EQ(ProblemsOf(Scenario(block)), "") << block;
    ++parts;
  }
  EXPECT_GE(parts, 1U);
}

}  // namespace
}  // namespace smtpgauge
