// A JSON document that remembers where each value stood: the input of the scenario compiler.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace smtpgauge {

struct JsonMember;

struct JsonValue {
  enum class Kind : std::uint8_t { kNull, kBoolean, kInteger, kReal, kString, kArray, kObject };
  Kind kind = Kind::kNull;
  bool boolean = false;
  std::int64_t integer = 0;
  double real = 0;
  std::string string;
  std::vector<JsonValue> items;     ///< kArray
  std::vector<JsonMember> members;  ///< kObject, in file order, keys unique
  std::string_view file;            ///< owned by the catalogue
  std::string pointer;              ///< RFC 6901, within `file`

  [[nodiscard]] bool Is(Kind wanted) const { return kind == wanted; }
  /// The member's value, nullptr when absent or when this is no object.
  [[nodiscard]] const JsonValue* Find(std::string_view key) const;
};

struct JsonMember {
  std::string key;
  JsonValue value;
};

/// "a whole number", "an object", ...: for error messages.
[[nodiscard]] std::string_view KindName(JsonValue::Kind kind);

}  // namespace smtpgauge
