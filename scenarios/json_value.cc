#include "scenarios/json_value.h"

#include <array>

namespace smtpgauge {

const JsonValue* JsonValue::Find(std::string_view key) const {
  for (const JsonMember& member : members) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

std::string_view KindName(JsonValue::Kind kind) {
  constexpr std::array<std::string_view, 7> kNames = {
      "null", "true or false", "a whole number", "a fraction", "a string", "a list", "an object"};
  return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace smtpgauge
