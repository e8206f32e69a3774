#include <algorithm>

#include <fmt/format.h>

#include "scenarios/read_value.h"
#include "scenarios/step_kinds.h"
#include "scenarios/substitution.h"
#include "scenarios/suggest.h"

namespace smtpgauge {

namespace {

constexpr std::uint8_t kMostLoops = 4;
constexpr std::uint8_t kMostFragments = 8;
constexpr std::int64_t kMostRounds = 1'000'000;

// A SkipUnless was reported where it stands.
bool BelongsIntoGroup(const Action& action) {
  return std::holds_alternative<SkipUnless>(action) || std::holds_alternative<Send>(action) ||
         std::holds_alternative<SendMessage>(action) || std::holds_alternative<Await>(action) ||
         std::holds_alternative<Assign>(action);
}

// All waits of [begin, end) come behind the writes: the last one waits for all of them, and writes
// without a reply go ahead of it.
void DeferWaits(std::vector<Op>& ops, std::size_t begin) {
  std::size_t last = ops.size();
  for (std::size_t i = begin; i < ops.size(); ++i) {
    if (auto* await = std::get_if<Await>(&ops[i].action)) {
      await->sync = Sync::kLater;
      last = i;
    }
  }
  if (last == ops.size()) return;
  std::get<Await>(ops[last].action).sync = Sync::kAlways;
  const auto first = ops.begin() + static_cast<std::ptrdiff_t>(last);
  std::rotate(first, first + 1, ops.end());
}

// What the use gives, and the fragment's own defaults for the rest.
void BindParameters(const JsonValue& step, const Fragment& fragment, Substitution& substitution,
                    Problems& problems) {
  static const JsonValue kNone;
  const JsonValue& declared = fragment.parameters == nullptr ? kNone : *fragment.parameters;
  const JsonValue* with = step.Find("with");
  if (with != nullptr) {
    std::vector<std::string_view> names;
    for (const JsonMember& parameter : declared.members)
      names.emplace_back(parameter.key);
    CheckKeys(*with, names, problems);
  }
  for (const JsonMember& parameter : declared.members) {
    const JsonValue* given = with == nullptr ? nullptr : with->Find(parameter.key);
    if (given == nullptr && parameter.value.Is(JsonValue::Kind::kNull)) {
      problems.Add(step,
                   fmt::format("this fragment wants \"with\": {{\"{}\": ...}}", parameter.key));
      continue;
    }
    substitution.Bind(parameter.key, given == nullptr ? parameter.value : *given);
  }
}

}  // namespace

void CompileGroup(const JsonValue& step, const StepPlace& place, Building& building) {
  if (place.grouped) {
    building.problems.Add(step, "no group inside a group");
    return;
  }
  StepPlace inside = place;
  inside.grouped = true;
  const std::size_t begin = building.script.ops.size();
  CompileSteps(*step.Find("group"), inside, building);
  auto& ops = building.script.ops;
  const bool writes_only = std::all_of(ops.begin() + static_cast<std::ptrdiff_t>(begin), ops.end(),
                                       [](const Op& op) { return BelongsIntoGroup(op.action); });
  if (writes_only) {
    DeferWaits(ops, begin);
  } else {
    building.problems.Add(*step.Find("group"),
                          "a group holds what is written at once: send, raw, message, bdat, set, "
                          "repeat with a fixed count, and fragments of these");
  }
}

void CompileRepeat(const JsonValue& step, const StepPlace& place, Building& building) {
  Problems& problems = building.problems;
  const JsonValue* steps = step.Find("steps");
  if (steps == nullptr) {
    problems.Add(step, "\"repeat\" wants \"steps\"");
    return;
  }
  if (place.loops >= kMostLoops) {
    problems.Add(step, fmt::format("loops nest at most {} levels", kMostLoops));
    return;
  }
  LoopBegin loop;
  loop.times = CompileCount(*step.Find("repeat"), kMostRounds, building);
  if (const JsonValue* as = step.Find("as"))
    loop.counter = building.Declare(ReadString(*as, problems).value_or("unnamed"), *as);
  StepPlace inside = place;
  ++inside.loops;
  auto& ops = building.script.ops;
  if (place.grouped) {  // unrolled, so that the last wait of the group is known
    if (loop.times.slot != kNoSlot) problems.Add(step, "inside a group the count is a number");
    for (std::int64_t i = 1; i <= loop.times.offset && ops.size() + 1 < kMaxOps; ++i) {
      if (loop.counter != kNoSlot)
        Emit(Assign{loop.counter, LiteralText(std::to_string(i))}, Phase::kOther, step, place,
             building);
      const std::size_t before = ops.size();
      CompileSteps(*steps, inside, building);
      if (ops.size() == before) break;
    }
    return;
  }
  const auto begin = static_cast<std::uint16_t>(ops.size());
  Emit(loop, Phase::kOther, step, place, building);
  CompileSteps(*steps, inside, building);
  Emit(LoopEnd{begin}, Phase::kOther, step, place, building);
  if (begin < ops.size()) {
    if (auto* opened = std::get_if<LoopBegin>(&ops[begin].action))
      opened->end = static_cast<std::uint16_t>(ops.size());
  }
}

void CompileUse(const JsonValue& step, const StepPlace& place, Building& building) {
  Problems& problems = building.problems;
  const JsonValue& use = *step.Find("use");
  const auto name = ReadString(use, problems);
  if (!name) return;
  const auto found = building.fragments.find(*name);
  if (found == building.fragments.end()) {
    std::vector<std::string_view> known;
    for (const auto& [fragment_name, fragment] : building.fragments)
      known.emplace_back(fragment_name);
    problems.Add(use, fmt::format("no fragment \"{}\"{}", *name, Suggestion(*name, known)));
    return;
  }
  if (place.fragments >= kMostFragments) {
    problems.Add(use, fmt::format("fragments nest at most {} levels", kMostFragments));
    return;
  }
  Substitution substitution(problems);
  BindParameters(step, found->second, substitution, problems);
  StepPlace inside = place;
  ++inside.fragments;
  CompileSteps(substitution.Apply(*found->second.steps), inside, building);
}

void CompilePause(const JsonValue& step, const StepPlace& place, Building& building) {
  const auto time = ReadDuration(*step.Find("pause"), building.problems);
  Emit(Pause{time.value_or(Duration{})}, Phase::kOther, step, place, building);
}

}  // namespace smtpgauge
