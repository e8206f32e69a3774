// Which files make up a catalogue. Internal to the scenario compiler.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/problems.h"

namespace smtpgauge {

struct FoundFile {
  std::filesystem::path path;
  std::string name;  ///< as reports show it: relative to the scenario root when there is one
};

struct FoundFiles {
  std::vector<FoundFile> scenarios;  ///< sorted by name, each file once
  std::vector<FoundFile> fragments;  ///< nearest root first, shipped ones last
};

/// Every *.json below each path, without fragments/, known/ and *.schema.json. Fragments come from
/// the nearest fragments/ folder above a path, and from the shipped scenarios.
[[nodiscard]] FoundFiles FindScenarioFiles(const std::vector<std::filesystem::path>& paths,
                                           Problems& problems);

/// ShippedScenarios() without the exception.
[[nodiscard]] std::optional<std::filesystem::path> FindShippedScenarios();

/// The octets of a file; a problem when it cannot be read or is larger than a scenario may be.
[[nodiscard]] std::string ReadScenarioFile(const FoundFile& file, Problems& problems);

}  // namespace smtpgauge
