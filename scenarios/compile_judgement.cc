#include <fmt/format.h>

#include "scenarios/read_value.h"
#include "scenarios/step_kinds.h"

namespace smtpgauge {

namespace {

using Part = Delivered::Part;

struct PartKind {
  std::string_view key;
  Part::Kind kind;
};
constexpr std::array<PartKind, 8> kPartKinds = {{{"header", Part::Kind::kHeader},
                                                 {"no_header", Part::Kind::kNoHeader},
                                                 {"first_header", Part::Kind::kFirstHeader},
                                                 {"header_count", Part::Kind::kHeaderCount},
                                                 {"body", Part::Kind::kBody},
                                                 {"octets", Part::Kind::kOctets},
                                                 {"not_octets", Part::Kind::kNotOctets},
                                                 {"first_field", Part::Kind::kFieldOrder}}};
constexpr std::array<std::string_view, 13> kPartKeys = {
    "header",      "no_header", "first_header", "header_count", "body", "octets", "not_octets",
    "first_field", "matches",   "least",        "most",         "else", "note"};
constexpr Duration kDeliveryLimit = std::chrono::seconds(10);

void ReadPartArgument(const JsonValue& argument, Part& part, Building& building) {
  switch (part.kind) {
    case Part::Kind::kBody:
      part.value = CompileText(argument, building);
      return;
    case Part::Kind::kOctets:
    case Part::Kind::kNotOctets:
      part.pattern = CompilePattern(argument, building);
      return;
    case Part::Kind::kHeader:
    case Part::Kind::kNoHeader:
    case Part::Kind::kFirstHeader:
    case Part::Kind::kHeaderCount:
    case Part::Kind::kFieldOrder:
      part.name = CompileConstant(argument, building);
      if (part.name.empty()) Expected(argument, "a field name", building.problems);
      return;
  }
}

void ReadPart(const JsonValue& item, const StepPlace& place, Building& building,
              std::vector<Part>& out) {
  Problems& problems = building.problems;
  if (!CheckKeys(item, kPartKeys, problems)) return;
  Part part;
  int kinds = 0;
  for (const PartKind& known : kPartKinds) {
    const JsonValue* argument = item.Find(known.key);
    if (argument == nullptr) continue;
    part.kind = known.kind;
    ReadPartArgument(*argument, part, building);
    ++kinds;
  }
  if (kinds != 1) problems.Add(item, fmt::format("one kind for each part, not {}", kinds));
  if (const JsonValue* matches = item.Find("matches")) {
    part.pattern = CompilePattern(*matches, building);
  } else if (part.kind == Part::Kind::kHeader || part.kind == Part::Kind::kFirstHeader) {
    if (kinds == 1) problems.Add(item, "this part wants \"matches\"");
  }
  constexpr std::int64_t kMost = 1'000'000;
  if (const JsonValue* least = item.Find("least"))
    part.least = static_cast<std::uint32_t>(ReadInteger(*least, 0, kMost, problems).value_or(0));
  if (const JsonValue* most = item.Find("most"))
    part.most = static_cast<std::uint32_t>(ReadInteger(*most, 0, kMost, problems).value_or(0));
  part.otherwise = Judged(VerdictAt(item, "else", Verdict::kFail, problems), place.section);
  part.note = StringAt(item, "note", problems);
  out.push_back(std::move(part));
}

std::string Described(const Delivered& delivered) {
  if (delivered.most == 0) return "no message delivered";
  if (delivered.least == delivered.most) return fmt::format("{} delivered", delivered.least);
  return fmt::format("{} to {} delivered", delivered.least, delivered.most);
}

}  // namespace

void CompileCompare(const JsonValue& step, const StepPlace& place, Building& building) {
  const JsonValue& value = *step.Find("compare");
  constexpr std::array<std::string_view, 6> kKeys = {"left",    "right", "is",
                                                     "matches", "else",  "note"};
  constexpr std::array<std::string_view, 4> kRelations = {"same", "different", "less",
                                                          "less_or_equal"};
  Problems& problems = building.problems;
  if (!CheckKeys(value, kKeys, problems)) return;
  Compare compare;
  compare.left = TextAt(value, "left", {}, building);
  compare.right = TextAt(value, "right", {}, building);
  compare.otherwise = Judged(VerdictAt(value, "else", Verdict::kFail, problems), place.section);
  compare.note = StringAt(value, "note", problems);
  if (compare.note.empty()) compare.note = StringAt(step, "note", problems);
  const JsonValue* is = value.Find("is");
  const JsonValue* matches = value.Find("matches");
  if (value.Find("left") == nullptr || (is == nullptr) == (matches == nullptr) ||
      (is == nullptr) != (value.Find("right") == nullptr))
    problems.Add(value, "\"left\" with \"right\" and \"is\", or \"left\" with \"matches\"");
  if (is != nullptr)
    compare.relation =
        static_cast<Compare::Relation>(ReadWord(*is, kRelations, problems).value_or(0));
  if (matches != nullptr) {
    compare.relation = Compare::Relation::kMatches;
    compare.pattern = CompilePattern(*matches, building);
  }
  Emit(std::move(compare), Phase::kOther, step, place, building);
}

void CompileSet(const JsonValue& step, const StepPlace& place, Building& building) {
  const JsonValue& value = *step.Find("set");
  if (!value.Is(JsonValue::Kind::kObject)) {
    Expected(value, "an object of names and texts", building.problems);
    return;
  }
  for (const JsonMember& member : value.members) {
    Text text = CompileText(member.value, building);  // first: it may use the name's old value
    const SlotIndex slot = building.Declare(member.key, member.value);
    Emit(Assign{slot, std::move(text)}, Phase::kOther, step, place, building);
  }
}

void CompileDelivered(const JsonValue& step, const StepPlace& place, Building& building) {
  const JsonValue& value = *step.Find("delivered");
  constexpr std::array<std::string_view, 9> kKeys = {
      "recipient", "marker", "count", "within", "body", "parts", "too_few", "too_many", "capture"};
  Problems& problems = building.problems;
  if (!CheckKeys(value, kKeys, problems)) return;
  building.Uses(Need::kDelivery);
  Delivered delivered;
  delivered.recipient = TextAt(value, "recipient", "${recipient}", building);
  delivered.marker = TextAt(value, "marker", "${token}", building);
  if (const JsonValue* count = value.Find("count")) {
    delivered.least = 0;
    delivered.most = 0xffffffff;
    ReadBounds(*count, delivered.least, delivered.most, problems);
  }
  delivered.within = DurationAt(value, "within", problems).value_or(kDeliveryLimit);
  if (const JsonValue* body = value.Find("body")) {
    Part part;
    part.value = CompileText(*body, building);
    part.otherwise = Judged(Verdict::kFail, place.section);
    delivered.parts.push_back(std::move(part));
  }
  if (const JsonValue* parts = value.Find("parts")) {
    if (!parts->Is(JsonValue::Kind::kArray)) Expected(*parts, "a list of parts", problems);
    for (const JsonValue& item : parts->items)
      ReadPart(item, place, building, delivered.parts);
  }
  delivered.too_few = Judged(VerdictAt(value, "too_few", Verdict::kFail, problems), place.section);
  delivered.too_many =
      Judged(VerdictAt(value, "too_many", Verdict::kFail, problems), place.section);
  if (const JsonValue* capture = value.Find("capture"))
    delivered.capture_slot =
        building.Declare(ReadString(*capture, problems).value_or("unnamed"), *capture);
  delivered.expected = Described(delivered);
  Emit(std::move(delivered), Phase::kOther, step, place, building);
}

void CompileConclude(const JsonValue& step, const StepPlace& place, Building& building) {
  Conclude conclude;
  conclude.verdict =
      ReadVerdict(*step.Find("conclude"), building.problems).value_or(Verdict::kPass);
  conclude.note = StringAt(step, "note", building.problems);
  Emit(std::move(conclude), Phase::kOther, step, place, building);
}

}  // namespace smtpgauge
