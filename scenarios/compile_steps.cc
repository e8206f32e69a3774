#include <algorithm>

#include <fmt/format.h>

#include "scenarios/read_value.h"
#include "scenarios/step_kinds.h"
#include "scenarios/suggest.h"

namespace smtpgauge {

namespace {

struct StepKind {
  std::string_view key;
  StepCompiler compile;
  std::array<std::string_view, 5> beside;  // further keys of this kind
};

// `expect` comes last: beside another kind it is that kind's expectation.
constexpr std::array<StepKind, 19> kStepKinds = {{
    {"connect", CompileConnect, {"port", "refused"}},
    {"send", CompileSend, {"expect", "segments", "bytewise", "secret"}},
    {"raw", CompileRaw, {"expect", "segments", "bytewise", "secret"}},
    {"group", CompileGroup, {}},
    {"message", CompileMessage, {"expect"}},
    {"bdat", CompileBdat, {"expect", "segments", "bytewise"}},
    {"starttls", CompileStartTls, {}},
    {"auth", CompileAuth, {"expect"}},
    {"silence", CompileSilence, {"reply"}},
    {"closed", CompileClosed, {}},
    {"close", CompileClose, {}},
    {"pause", CompilePause, {}},
    {"repeat", CompileRepeat, {"as", "steps"}},
    {"compare", CompileCompare, {}},
    {"set", CompileSet, {}},
    {"delivered", CompileDelivered, {}},
    {"conclude", CompileConclude, {}},
    {"use", CompileUse, {"with"}},
    {"expect", CompileExpect, {}},
}};
constexpr std::array<std::string_view, 5> kCommonKeys = {"on", "note", "phase", "when", "each"};

std::vector<std::string_view> KindKeys() {
  std::vector<std::string_view> keys;
  for (const StepKind& kind : kStepKinds)
    keys.push_back(kind.key);
  return keys;
}

const StepKind* FindKind(const JsonValue& step, Problems& problems) {
  const StepKind* found = nullptr;
  for (const StepKind& kind : kStepKinds) {
    if (step.Find(kind.key) == nullptr || (found != nullptr && kind.key == "expect")) continue;
    if (found != nullptr) {
      problems.Add(step, fmt::format("\"{}\" and \"{}\" are two steps", found->key, kind.key));
      return nullptr;
    }
    found = &kind;
  }
  if (found != nullptr) return found;
  const auto keys = KindKeys();
  for (const JsonMember& member : step.members) {
    if (const auto nearest = Nearest(member.key, keys); !nearest.empty()) {
      problems.Add(step,
                   fmt::format("unknown key \"{}\"; did you mean \"{}\"?", member.key, nearest));
      return nullptr;
    }
  }
  problems.Add(step, fmt::format("no step{}", Suggestion("", keys)));
  return nullptr;
}

// Every key that some step has: what is meant by a misspelt one.
std::vector<std::string_view> AllStepKeys() {
  std::vector<std::string_view> keys = KindKeys();
  for (const StepKind& kind : kStepKinds) {
    for (const std::string_view key : kind.beside) {
      if (!key.empty() && std::find(keys.begin(), keys.end(), key) == keys.end())
        keys.push_back(key);
    }
  }
  keys.insert(keys.end(), kCommonKeys.begin(), kCommonKeys.end());
  return keys;
}

void CheckStepKeys(const JsonValue& step, const StepKind& kind, Problems& problems) {
  static const std::vector<std::string_view> kAll = AllStepKeys();
  const auto has = [](Words words, std::string_view key) {
    return std::find(words.begin(), words.end(), key) != words.end();
  };
  for (const JsonMember& member : step.members) {
    const std::string& key = member.key;
    if (key == kind.key || has(kind.beside, key) || has(kCommonKeys, key)) continue;
    if (has(kAll, key)) {
      problems.Add(step, fmt::format("\"{}\" does not go with \"{}\"", key, kind.key));
    } else {
      problems.Add(step, fmt::format("unknown key \"{}\"{}", key, Suggestion(key, kAll)));
    }
  }
}

bool WantsEachRecipient(const JsonValue& step, const StepPlace& place, Building& building) {
  const JsonValue* each = step.Find("each");
  if (each == nullptr) return false;
  constexpr std::array<std::string_view, 1> kWords = {"recipients"};
  if (!ReadWord(*each, kWords, building.problems)) return false;
  if (!building.script.load || place.grouped) {
    building.problems.Add(*each,
                          "\"each\" belongs to the steps of a load scenario; use \"repeat\"");
    return false;
  }
  return true;
}

std::uint16_t NextOp(const Building& building) {
  return static_cast<std::uint16_t>(building.script.ops.size());
}

/// Whether the operations from `begin` on are a command, written whole, and its reply.
bool IsOneCommand(const std::vector<Op>& ops, std::size_t begin) {
  if (ops.size() != begin + 2) return false;
  const auto* send = std::get_if<Send>(&ops[begin].action);
  const auto* await = std::get_if<Await>(&ops[begin + 1].action);
  return send != nullptr && await != nullptr && send->segments.empty() && !send->bytewise &&
         !send->data_command && ops[begin].connection == ops[begin + 1].connection &&
         ops[begin].phase != Phase::kQuit && await->sync != Sync::kAlways;
}

void CompileBody(const JsonValue& step, const StepKind& kind, const StepPlace& place,
                 Building& building) {
  if (!WantsEachRecipient(step, place, building)) {
    kind.compile(step, place, building);
    return;
  }
  const std::uint16_t begin = NextOp(building);
  LoopBegin loop;
  loop.each_recipient = true;
  Emit(loop, Phase::kOther, step, place, building);
  kind.compile(step, place, building);
  loop.one_command = IsOneCommand(building.script.ops, begin + std::size_t{1});
  Emit(LoopEnd{begin}, Phase::kOther, step, place, building);
  loop.end = NextOp(building);
  if (begin < building.script.ops.size()) building.script.ops[begin].action = loop;
}

// A step that this target leaves out is compiled all the same, for its mistakes and its captures.
void CompileConditional(const JsonValue& step, const StepKind& kind, const StepPlace& place,
                        const JsonValue& when, Building& building) {
  const StepCondition condition = CompileStepCondition(when, building);
  const bool outer_credentials = building.credentials_given;
  building.credentials_given = outer_credentials || condition.credentials_given;
  const std::uint16_t begin = NextOp(building);
  const std::size_t expectations = building.script.expectations.size();
  if (condition.at_run_time) {
    if (place.grouped)
      building.problems.Add(when,
                            "a group is written at once: no condition on its members that "
                            "the target's replies decide");
    Emit(*condition.at_run_time, Phase::kOther, step, place, building);
  }
  CompileBody(step, kind, place, building);
  building.credentials_given = outer_credentials;
  if (!condition.holds) {
    building.script.ops.resize(begin);
    building.script.expectations.resize(expectations);
  } else if (condition.at_run_time && begin < building.script.ops.size()) {
    if (auto* skip = std::get_if<SkipUnless>(&building.script.ops[begin].action))
      skip->target = NextOp(building);
  }
}

void CompileStep(const JsonValue& step, StepPlace place, Building& building) {
  Problems& problems = building.problems;
  if (!step.Is(JsonValue::Kind::kObject)) {
    Expected(step, "a step: an object", problems);
    return;
  }
  const StepKind* kind = FindKind(step, problems);
  if (kind == nullptr) return;
  CheckStepKeys(step, *kind, problems);
  if (const JsonValue* on = step.Find("on")) {
    const auto number = static_cast<std::uint8_t>(ReadInteger(*on, 1, 64, problems).value_or(1));
    if (place.grouped && number != place.connection)
      problems.Add(*on, "a group is written to one connection");
    place.connection = number;
  }
  if (const JsonValue* note = step.Find("note")) (void)ReadString(*note, problems);
  const std::size_t begin = building.script.ops.size();
  if (const JsonValue* when = step.Find("when")) {
    CompileConditional(step, *kind, place, *when, building);
  } else {
    CompileBody(step, *kind, place, building);
  }
  // The same phase for all that a step does is what its author asked for.
  if (step.Find("phase") == nullptr) return;
  const Phase phase = PhaseOf(step, Phase::kOther, building);
  for (std::size_t i = begin; i < building.script.ops.size(); ++i)
    building.script.ops[i].phase = phase;
}

std::uint16_t PointerIndex(const JsonValue& step, Building& building) {
  std::string pointer =
      step.file == building.file ? step.pointer : fmt::format("{}#{}", step.file, step.pointer);
  auto& pointers = building.script.pointers;
  const auto known = std::find(pointers.rbegin(), pointers.rend(), pointer);
  if (known != pointers.rend())
    return static_cast<std::uint16_t>(std::distance(known, pointers.rend()) - 1);
  pointers.push_back(std::move(pointer));
  return static_cast<std::uint16_t>(pointers.size() - 1);
}

std::uint16_t NoteIndex(const JsonValue& step, Building& building) {
  const JsonValue* note = step.Find("note");
  if (note == nullptr || note->string.empty()) return 0;
  auto& notes = building.script.notes;
  const auto known = std::find(notes.begin(), notes.end(), note->string);
  if (known != notes.end()) return static_cast<std::uint16_t>(known - notes.begin());
  notes.push_back(note->string);
  return static_cast<std::uint16_t>(notes.size() - 1);
}

}  // namespace

void CompileSteps(const JsonValue& steps, const StepPlace& place, Building& building) {
  if (!steps.Is(JsonValue::Kind::kArray)) {
    Expected(steps, "a list of steps", building.problems);
    return;
  }
  for (const JsonValue& step : steps.items) {
    if (building.script.ops.size() + 1 >= kMaxOps || building.steps > kMaxSteps) return;
    if (++building.steps > kMaxSteps) {
      building.problems.Add(building.file, {},
                            fmt::format("more than {} steps once unfolded", kMaxSteps));
      return;
    }
    CompileStep(step, place, building);
  }
}

void Emit(Action action, Phase phase, const JsonValue& step, const StepPlace& place,
          Building& building) {
  if (building.script.ops.size() + 1 >= kMaxOps) {
    building.problems.Add(building.file, {}, fmt::format("more than {} operations", kMaxOps));
    return;
  }
  Op op;
  op.action = std::move(action);
  op.connection = place.connection;
  op.section = place.section;
  op.phase = phase;
  op.pointer = PointerIndex(step, building);
  op.note = NoteIndex(step, building);
  building.script.ops.push_back(std::move(op));
}

Phase PhaseOf(const JsonValue& step, Phase derived, Building& building) {
  const JsonValue* value = step.Find("phase");
  if (value == nullptr) return derived;
  constexpr std::array<std::string_view, 11> kWords = {
      "connect", "greeting", "tls", "ehlo", "auth", "mail", "rcpt", "data", "eod", "quit", "other"};
  static_assert(kWords.size() == static_cast<std::size_t>(Phase::kOther) + 1);
  const auto index = ReadWord(*value, kWords, building.problems);
  return index ? static_cast<Phase>(*index) : derived;
}

}  // namespace smtpgauge
