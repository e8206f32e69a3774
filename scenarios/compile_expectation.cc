#include <algorithm>
#include <cctype>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "scenarios/building.h"
#include "scenarios/code_set.h"
#include "scenarios/read_value.h"

namespace smtpgauge {

namespace {

constexpr std::array<std::string_view, 10> kOwnKeys = {
    "pass", "warn", "fail", "blocked", "na", "else", "close", "silence", "malformed", "within"};

std::vector<std::string_view> AllowedKeys() {
  std::vector<std::string_view> keys(kOwnKeys.begin(), kOwnKeys.end());
  keys.insert(keys.end(), PredicateKeys().begin(), PredicateKeys().end());
  keys.insert(keys.end(), {"also", "capture", "note"});
  return keys;
}

bool IsEnvelope(Phase phase) {
  return phase == Phase::kMail || phase == Phase::kRcpt;
}

bool IsTransaction(Phase phase) {
  return IsEnvelope(phase) || phase == Phase::kData || phase == Phase::kEod;
}

// What requirements 0.3 says about codes that the scenario does not name: the service closed, asks
// for TLS or a login first, is greylisting, or dislikes the content.
void ApplyDefaults(CodeSets& sets, Phase phase) {
  sets.SetUnlessNamedExactly(421, Verdict::kBlocked);
  const bool wants_success = sets.PassesOnlySuccess();
  if (IsEnvelope(phase) || (wants_success && IsTransaction(phase)))
    sets.SetClassUnlessNamed('4', Verdict::kBlocked);
  if (!wants_success) return;
  for (const int code : {530, 535, 538})
    sets.SetUnlessNamed(code, Verdict::kBlocked);
  if (phase == Phase::kEod) {
    for (const int code : {550, 554})
      sets.SetUnlessNamed(code, Verdict::kBlocked);
  }
}

CodeSets ReadSets(const JsonValue& value, Problems& problems) {
  CodeSets sets;
  if (!value.Is(JsonValue::Kind::kObject)) {
    sets.Add(value, Verdict::kPass, problems);
  } else {
    constexpr std::array<std::pair<std::string_view, Verdict>, 5> kTiers = {
        {{"pass", Verdict::kPass},
         {"warn", Verdict::kWarn},
         {"na", Verdict::kNotApplicable},
         {"blocked", Verdict::kBlocked},
         {"fail", Verdict::kFail}}};
    for (const auto& [key, verdict] : kTiers) {
      if (const JsonValue* tier = value.Find(key)) sets.Add(*tier, verdict, problems);
    }
    sets.otherwise = VerdictAt(value, "else", Verdict::kFail, problems);
  }
  if (value.Find("warn") == nullptr) sets.TolerateSameClass();
  return sets;
}

// "503, 554 (tolerated: 5yz), or the connection closed".
std::string Described(const CodeSets& sets, const Expectation& expectation) {
  std::string text = fmt::format("{}", fmt::join(sets.Named(Verdict::kPass), ", "));
  const auto tolerated = sets.Named(Verdict::kWarn);
  if (text.empty() && sets.otherwise == Verdict::kPass) text = "a reply";
  if (text.empty() && !tolerated.empty())
    text = fmt::format("{} (tolerated)", fmt::join(tolerated, ", "));
  else if (!tolerated.empty())
    text += fmt::format(" (tolerated: {})", fmt::join(tolerated, ", "));
  const auto add = [&text](Verdict verdict, std::string_view instead) {
    if (verdict != Verdict::kPass) return;
    if (!text.empty()) text += ", or ";
    text += instead;
  };
  add(expectation.on_close, "the connection closed");
  add(expectation.on_silence, "no reply");
  return text.empty() ? std::string(kAnotherReply) : text;
}

void ReadCaptures(const JsonValue& value, const StepPlace& place, Building& building,
                  Expectation& expectation) {
  if (!value.Is(JsonValue::Kind::kObject)) {
    Expected(value, "an object of names and expressions", building.problems);
    return;
  }
  constexpr std::array<std::string_view, 2> kKeys = {"matches", "else"};
  for (const JsonMember& member : value.members) {
    const SlotIndex slot = building.Declare(member.key, member.value);
    Verdict otherwise = Verdict::kBlocked;
    const JsonValue* expression = &member.value;
    if (member.value.Is(JsonValue::Kind::kObject)) {
      CheckKeys(member.value, kKeys, building.problems);
      otherwise = VerdictAt(member.value, "else", otherwise, building.problems);
      expression = member.value.Find("matches");
      if (expression == nullptr) {
        building.problems.Add(member.value, "a capture wants \"matches\"");
        continue;
      }
    }
    if (auto pattern = CompilePattern(*expression, building))
      expectation.captures.push_back({slot, std::move(*pattern), Judged(otherwise, place.section)});
  }
}

}  // namespace

Verdict Judged(Verdict verdict, Section section) {
  return section == Section::kSetup && verdict == Verdict::kFail ? Verdict::kBlocked : verdict;
}

std::uint16_t CompileExpectation(const JsonValue& value, Phase phase, const StepPlace& place,
                                 Building& building) {
  Expectation expectation;
  Problems& problems = building.problems;
  CodeSets sets = ReadSets(value, problems);
  if (value.Is(JsonValue::Kind::kObject)) {
    static const std::vector<std::string_view> kAllowed = AllowedKeys();
    CheckKeys(value, kAllowed, problems);
    if (value.Find("pass") == nullptr && value.Find("else") == nullptr)
      problems.Add(value, "an expectation says what passes: \"pass\", or \"else\"");
    expectation.malformed = VerdictAt(value, "malformed", Verdict::kFail, problems);
    expectation.on_close = VerdictAt(value, "close", Verdict::kFail, problems);
    expectation.on_silence = VerdictAt(value, "silence", Verdict::kFail, problems);
    expectation.within = DurationAt(value, "within", problems);
    const std::string note = StringAt(value, "note", problems);
    CompilePredicates(value, Verdict::kFail, note, place, building, expectation.also);
    if (const JsonValue* also = value.Find("also"))
      CompilePredicateList(*also, place, building, expectation.also);
    if (const JsonValue* capture = value.Find("capture"))
      ReadCaptures(*capture, place, building, expectation);
  }
  expectation.names_421 = sets.Names(421, CodeSets::Width::kExact);
  expectation.expected = Described(sets, expectation);
  ApplyDefaults(sets, phase);
  for (int code = 200; code < 600; ++code)
    expectation.codes[static_cast<std::size_t>(code - 200)] = Judged(sets.At(code), place.section);
  expectation.malformed = Judged(expectation.malformed, place.section);
  expectation.on_close = Judged(expectation.on_close, place.section);
  expectation.on_silence = Judged(expectation.on_silence, place.section);

  building.script.expectations.push_back(std::move(expectation));
  return static_cast<std::uint16_t>(building.script.expectations.size() - 1);
}

}  // namespace smtpgauge
