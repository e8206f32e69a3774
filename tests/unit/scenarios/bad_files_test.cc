// A corpus of wrong scenario files: what their authors read, word for word, and that the schema
// refuses them too. Set SMTPGAUGE_UPDATE_GOLDEN to write the messages anew, and read the diff.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "scenarios/catalogue.h"
#include "scenarios/schema_check.h"

namespace smtpgauge {
namespace {

namespace fs = std::filesystem;

const fs::path kCorpus = SMTPGAUGE_BAD_SCENARIOS;

std::vector<fs::path> FilesIn(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// Problems as printed, with the file's folder cut off.
std::string MessagesFor(const fs::path& file) {
  std::string messages;
  try {
    (void)Catalogue::Load({file});
  } catch (const InputError& error) {
    messages = std::string(error.what()) + "\n";
  }
  const std::string folder = fs::weakly_canonical(file.parent_path()).string() + "/";
  for (std::size_t at = 0; (at = messages.find(folder, at)) != std::string::npos;)
    messages.erase(at, folder.size());
  return messages;
}

std::string Golden(const fs::path& file) {
  std::ifstream stream(fs::path(file).replace_extension(".problems"));
  return {std::istreambuf_iterator<char>(stream), {}};
}

void CheckMessages(const fs::path& folder) {
  for (const fs::path& file : FilesIn(folder)) {
    SCOPED_TRACE(file.filename().string());
    const std::string messages = MessagesFor(file);
    EXPECT_FALSE(messages.empty()) << "the loader takes it";
    if (std::getenv("SMTPGAUGE_UPDATE_GOLDEN") != nullptr)
      std::ofstream(fs::path(file).replace_extension(".problems")) << messages;
    EXPECT_EQ(messages, Golden(file));
  }
}

TEST(BadFiles, AreRefusedWithTheseWords) {
  CheckMessages(kCorpus);
  CheckMessages(kCorpus / "beyond_schema");
}

TEST(BadFiles, AreRefusedByTheSchemaToo) {
  for (const fs::path& file : FilesIn(kCorpus))
    EXPECT_FALSE(CheckAgainstSchema({file}).empty()) << file.filename();
}

TEST(BadFiles, WhatTheSchemaCannotSayItDoesNotSay) {
  for (const fs::path& file : FilesIn(kCorpus / "beyond_schema")) {
    const auto problems = CheckAgainstSchema({file});
    EXPECT_TRUE(problems.empty()) << file.filename() << " belongs one folder up: "
                                  << (problems.empty() ? "" : problems.front().message);
  }
}

TEST(ShippedScenarios, FollowTheSchema) {
  for (const InputProblem& problem : CheckAgainstSchema({ShippedScenarios()}))
    ADD_FAILURE() << ProblemLine(problem);
}

}  // namespace
}  // namespace smtpgauge
