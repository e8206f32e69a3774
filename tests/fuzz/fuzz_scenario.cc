// Any octets as a scenario file: read, compiled, its texts settled; never a crash, never a blow-up.
// A document {"fragments": {...}, "scenarios": [...]} brings fragments of its own.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "scenarios/building.h"
#include "scenarios/json_reader.h"

namespace {

using smtpgauge::JsonMember;
using smtpgauge::JsonValue;

smtpgauge::Fragments FragmentsOf(const JsonValue& document) {
  smtpgauge::Fragments fragments;
  const JsonValue* value = document.Find("fragments");
  if (value == nullptr) return fragments;
  for (const JsonMember& member : value->members) {
    const smtpgauge::Fragment fragment{member.value.Find("steps"), member.value.Find("with")};
    if (fragment.steps != nullptr) fragments.emplace(member.key, fragment);
  }
  return fragments;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  smtpgauge::Problems problems;
  const auto document = smtpgauge::ReadJson(text, "fuzz.json", problems);
  if (!document) return 0;
  smtpgauge::Bindings target;
  target.recipients = {"box@example.test"};
  target.user = "user";
  target.password = "password";
  const smtpgauge::Fragments fragments = FragmentsOf(*document);
  const JsonValue* list = document->Find("scenarios");
  const JsonValue& scenarios = list == nullptr ? *document : *list;
  smtpgauge::Plan plan;
  const auto compile = [&](const JsonValue& scenario) {
    smtpgauge::CompileScenario(scenario, "/nonexistent", target, fragments, problems, plan);
  };
  if (!scenarios.Is(JsonValue::Kind::kArray)) compile(scenarios);
  for (const JsonValue& scenario : scenarios.items)
    compile(scenario);
  return 0;
}
