// Scenario files on disk, and their compilation into a plan for one target.
#pragma once

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/plan.h"

namespace smtpgauge {

/// What the user said about the target, as far as scenarios can name it.
struct Bindings {
  std::string host = "mx.example.test";
  std::string address = "127.0.0.1";
  std::string port = "25";
  std::string profile = "mx";  ///< mx, submission, relay, lmtp, sink
  std::string tls = "off";     ///< off, starttls, implicit, auto
  std::vector<std::string> recipients;
  std::string unknown_recipient;
  std::string foreign_recipient = "someone@smtpgauge.example";
  std::string sender = "sender@smtpgauge.example";
  std::string helo_name = "client.smtpgauge.example";
  std::string user;
  std::string password;  ///< secret: masked wherever it is rendered
  /// RFC 5322 date-time of generated headers. Fixed unless the run sets it, so that plans repeat.
  std::string date = "Thu, 01 Jan 2026 00:00:00 +0000";
};

/// One thing wrong with a scenario file. Printed as "file:/json/pointer: message".
struct InputProblem {
  std::string file;
  std::string pointer;
  std::string message;  ///< what was expected and the nearest valid key
};

[[nodiscard]] std::string ProblemLine(const InputProblem& problem);

/// The user's input is wrong; nothing ran. what() has every problem, a line each.
class InputError : public std::runtime_error {
 public:
  explicit InputError(std::vector<InputProblem> problems);
  [[nodiscard]] const std::vector<InputProblem>& problems() const { return problems_; }

 private:
  std::vector<InputProblem> problems_;
};

struct CatalogueCounts {
  std::size_t files = 0;      ///< fragment files included
  std::size_t scenarios = 0;  ///< headers: pending ones, observations and load scenarios included
  std::size_t cases = 0;      ///< executable ones, rows counted one by one, load scenarios apart
};

/// Scenario files read and checked against the language; independent of any target.
class Catalogue {
 public:
  /// Reads every *.json below each path (a file or a folder), fragments and known/ apart. Throws
  /// InputError.
  static Catalogue Load(const std::vector<std::filesystem::path>& paths);
  ~Catalogue();
  Catalogue(Catalogue&&) noexcept;
  Catalogue& operator=(Catalogue&&) noexcept;

  /// Every executable case for this target, fragments expanded, rows multiplied. A load scenario is
  /// one script with `load` set; a mix gives a header and no script. Throws InputError.
  [[nodiscard]] Plan Compile(const Bindings& bindings) const;

  [[nodiscard]] CatalogueCounts Counts() const;

  /// The load scenario `id`, or the members of the mix `id` with their weights, and its LoadSpec.
  /// Throws InputError when there is no such load scenario; the message names those that exist.
  [[nodiscard]] Plan CompileLoad(const Bindings& bindings, std::string_view id) const;

 private:
  struct Files;
  explicit Catalogue(std::unique_ptr<Files> files);
  std::unique_ptr<Files> files_;
};

/// Where the shipped scenarios lie: $SMTPGAUGE_SCENARIOS, beside the source tree's build, or the
/// installed ../share/smtpgauge/scenarios. Throws InputError when none exists.
[[nodiscard]] std::filesystem::path ShippedScenarios();

}  // namespace smtpgauge
