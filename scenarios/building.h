// One script while it is being compiled. Internal to the scenario compiler.
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/catalogue.h"
#include "scenarios/json_value.h"
#include "scenarios/plan.h"
#include "scenarios/problems.h"

namespace smtpgauge {

/// A fragment as its file gives it.
struct Fragment {
  const JsonValue* steps = nullptr;
  const JsonValue* parameters = nullptr;  ///< names and defaults; null: the use must give it
};
using Fragments = std::map<std::string, Fragment, std::less<>>;

inline constexpr std::array<std::string_view, 5> kProfiles = {"mx", "submission", "relay", "lmtp",
                                                              "sink"};

inline constexpr std::size_t kMaxOps = 8192;      ///< of one script
inline constexpr std::size_t kMaxSteps = 20'000;  ///< compiled for one script, fragments unfolded

/// State shared by the compile functions of one script.
struct Building {
  Building(const Bindings& target, const Fragments& known_fragments, Problems& where)
      : bindings(target), fragments(known_fragments), problems(where) {}

  const Bindings& bindings;
  const Fragments& fragments;
  Problems& problems;
  std::filesystem::path folder;     ///< of the scenario file: `{"file": ...}` is looked up there
  std::string_view file;            ///< scenario file: steps of other files name theirs
  std::vector<std::string> locals;  ///< row names, for suggestions only
  Script script;
  std::map<std::string, SlotIndex, std::less<>> slots;  ///< captures, counters, variables
  std::array<bool, kNeedCount> needs{};                 ///< what the texts make plain
  /// Inside steps that run only when credentials are given: naming them is no need.
  bool credentials_given = false;
  std::size_t steps = 0;  ///< compiled so far; beyond kMaxSteps compilation stops

  /// The slot of `name`, made when new. Reports a name that the language keeps for itself.
  SlotIndex Declare(std::string_view name, const JsonValue& where);
  void Uses(Need need) { needs[static_cast<std::size_t>(need)] = true; }
};

/// Where a step stands.
struct StepPlace {
  Section section = Section::kSetup;
  std::uint8_t connection = 1;
  bool grouped = false;        ///< inside `group`: waits come behind it
  std::uint8_t fragments = 0;  ///< depth of `use`
  std::uint8_t loops = 0;      ///< depth of `repeat`
};

// compile_steps.cc
void CompileSteps(const JsonValue& steps, const StepPlace& place, Building& building);
/// Adds an operation; beyond kMaxOps it reports that and adds nothing.
void Emit(Action action, Phase phase, const JsonValue& step, const StepPlace& place,
          Building& building);

// compile_scenario.cc
/// Adds the scenario's header and scripts to the plan.
void CompileScenario(const JsonValue& scenario, const std::filesystem::path& folder,
                     const Bindings& bindings, const Fragments& fragments, Problems& problems,
                     Plan& plan);

// compile_header.cc
/// Ids go onto command lines and into file names: letters, digits and `extra`.
[[nodiscard]] bool IsSlug(std::string_view text, std::string_view extra);
[[nodiscard]] std::vector<Need> ReadNeeds(const JsonValue& value, Problems& problems);
[[nodiscard]] std::optional<Level> ReadLevel(const JsonValue& value, Problems& problems);
[[nodiscard]] ScenarioHeader ReadHeader(const JsonValue& scenario, Problems& problems);
/// A scenario is a case, an observation, a pending requirement, a load scenario or a mix.
void CheckShape(const JsonValue& scenario, Problems& problems);
/// Whether the message of the case is one of the few that every run may leave: as the scenario
/// says, or the row (null when there are none).
[[nodiscard]] bool IsOfTheFew(const JsonValue& scenario, const JsonValue* row, Problems& problems);

// compile_load.cc
/// The "load" object of a scenario; feeder files are looked up in `folder`.
[[nodiscard]] LoadSpec CompileLoadSpec(const JsonValue& load, const std::filesystem::path& folder,
                                       Problems& problems);
struct MixMember {
  std::string scenario;
  std::uint32_t weight = 1;
};
[[nodiscard]] std::vector<MixMember> ReadMix(const JsonValue& mix, Problems& problems);

// compile_text.cc
/// `suffix` is appended as it is, and counts for a pad.
[[nodiscard]] Text CompileText(const JsonValue& value, Building& building,
                               std::string_view suffix = {});
[[nodiscard]] Text TextAt(const JsonValue& object, std::string_view key, std::string_view fallback,
                          Building& building);
/// Joins both.
[[nodiscard]] Text Joined(Text front, Text back);
/// The text with its variables; `source` is what a scenario file would hold.
[[nodiscard]] Text CompileTemplate(std::string_view source, const JsonValue& where,
                                   Building& building);
/// The octets of a text that needs nothing from run time; otherwise reports it.
[[nodiscard]] std::string CompileConstant(const JsonValue& value, Building& building);
[[nodiscard]] std::string ConstantAt(const JsonValue& object, std::string_view key,
                                     Building& building);
/// Its length is known only when it is rendered.
[[nodiscard]] bool HasPad(const Text& text);
/// The octets before the first variable.
[[nodiscard]] std::string_view LeadingOctets(const Text& text);
/// A number, `"${name}"`, `"${name}+1"`.
[[nodiscard]] Count CompileCount(const JsonValue& value, std::int64_t most, Building& building);
/// Variables of the target stand for themselves, quoted. Reports what RE2 refuses.
[[nodiscard]] std::optional<Pattern> CompilePattern(const JsonValue& value, Building& building);
/// The same, matching the whole text only.
[[nodiscard]] std::optional<Pattern> CompileWholePattern(const JsonValue& value,
                                                         Building& building);

// variables.cc
/// What `${name}` stands for; reports an unknown name with the nearest known one.
[[nodiscard]] TextPiece ResolveVariable(std::string_view name, const JsonValue& where,
                                        Building& building);
[[nodiscard]] bool IsTargetVariable(std::string_view name);

// compile_predicate.cc
/// Keys of the conditions beside a code.
[[nodiscard]] std::span<const std::string_view> PredicateKeys();
/// Every condition that stands in `object` under its own key, each with verdict `otherwise`.
void CompilePredicates(const JsonValue& object, Verdict otherwise, std::string_view note,
                       const StepPlace& place, Building& building, std::vector<Predicate>& out);
/// A list of `{KIND: ..., "else": V, "note": "..."}`.
void CompilePredicateList(const JsonValue& list, const StepPlace& place, Building& building,
                          std::vector<Predicate>& out);

// compile_expectation.cc
/// What is expected where no code is good enough and neither are a close and silence.
inline constexpr std::string_view kAnotherReply = "another reply";
/// Index of the expectation in the script.
[[nodiscard]] std::uint16_t CompileExpectation(const JsonValue& value, Phase phase,
                                               const StepPlace& place, Building& building);
/// A refusal in setup is no verdict on the requirement: fail becomes blocked there.
[[nodiscard]] Verdict Judged(Verdict verdict, Section section);

// compile_condition.cc
/// `when` of a case: EHLO evidence. Adds to `condition`.
void CompileCondition(const JsonValue& when, Problems& problems, Condition& condition);
/// `when` of a step: what the target decides is settled now, the rest at run time.
struct StepCondition {
  bool holds = true;  ///< as far as the target decides
  bool credentials_given = false;
  std::optional<SkipUnless> at_run_time;
};
[[nodiscard]] StepCondition CompileStepCondition(const JsonValue& when, Building& building);

}  // namespace smtpgauge
