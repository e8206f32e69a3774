// Scenario files made of text, for tests.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "scenarios/catalogue.h"

namespace smtpgauge {

/// A folder of its own with one scenario file, removed at the end.
class ScenarioFile {
 public:
  explicit ScenarioFile(const std::string& json);
  ~ScenarioFile();
  ScenarioFile(const ScenarioFile&) = delete;
  ScenarioFile& operator=(const ScenarioFile&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// A further file in the same folder, or in one below it.
  void Add(const std::string& name, const std::string& octets) const;

 private:
  std::filesystem::path path_;
};

/// Target with two recipients and the rest of what a user may give, but no credentials.
[[nodiscard]] Bindings ExampleTarget();

/// A header around `steps` ("probe": [...], ...), without braces.
[[nodiscard]] std::string Scenario(const std::string& members);

[[nodiscard]] Plan CompileJson(const std::string& json, const Bindings& bindings = ExampleTarget());
/// The only script of a scenario with these members.
[[nodiscard]] Script CompileMembers(const std::string& members,
                                    const Bindings& bindings = ExampleTarget());
/// "pointer: message" for each problem of the file, joined by LF; "" when it is in order.
[[nodiscard]] std::string ProblemsOf(const std::string& json);

/// What the text renders to with `slots`, enlarged to hold all fixed ones.
[[nodiscard]] std::string RenderedText(const Text& text, Slots slots = {});

}  // namespace smtpgauge
