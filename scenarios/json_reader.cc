#include "scenarios/json_reader.h"

#include <limits>
#include <string>
#include <unordered_set>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace smtpgauge {

namespace {

constexpr std::size_t kMaxPointerOctets = std::size_t{32} << 20U;  // over all values

std::string EscapeToken(std::string_view key) {
  std::string token;
  for (const char c : key) {
    if (c == '~') {
      token += "~0";
    } else if (c == '/') {
      token += "~1";
    } else {
      token += c;
    }
  }
  return token;
}

// Builds the value while nlohmann's parser, which does not recurse, reports what it meets.
class ValueBuilder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  ValueBuilder(std::string_view file, Problems& problems) : file_(file), problems_(problems) {}

  bool null() override { return Add(JsonValue::Kind::kNull) != nullptr; }
  bool boolean(bool value) override {
    JsonValue* added = Add(JsonValue::Kind::kBoolean);
    if (added != nullptr) added->boolean = value;
    return added != nullptr;
  }
  bool number_integer(number_integer_t value) override {
    JsonValue* added = Add(JsonValue::Kind::kInteger);
    if (added != nullptr) added->integer = value;
    return added != nullptr;
  }
  bool number_unsigned(number_unsigned_t value) override {
    if (value > static_cast<number_unsigned_t>(std::numeric_limits<std::int64_t>::max()))
      return number_float(static_cast<double>(value), {});
    return number_integer(static_cast<number_integer_t>(value));
  }
  bool number_float(number_float_t value, const string_t& /*text*/) override {
    JsonValue* added = Add(JsonValue::Kind::kReal);
    if (added != nullptr) added->real = value;
    return added != nullptr;
  }
  bool string(string_t& value) override {
    JsonValue* added = Add(JsonValue::Kind::kString);
    if (added != nullptr) added->string = std::move(value);
    return added != nullptr;
  }
  bool binary(binary_t& /*value*/) override { return false; }  // no JSON text has one
  bool start_object(std::size_t /*size*/) override { return Open(JsonValue::Kind::kObject); }
  bool start_array(std::size_t /*size*/) override { return Open(JsonValue::Kind::kArray); }
  bool end_object() override { return Close(); }
  bool end_array() override { return Close(); }
  bool key(string_t& value) override {
    Level& level = open_.back();
    if (!level.keys.insert(value).second) {
      problems_.Add(*level.value, fmt::format("the key \"{}\" stands twice", value));
      failed_ = true;
    }
    level.key = value;
    return true;
  }
  bool parse_error(std::size_t /*position*/, const std::string& /*token*/,
                   const nlohmann::detail::exception& error) override {
    std::string_view what = error.what();
    const std::size_t prefix = what.find("] ");
    if (prefix != std::string_view::npos) what.remove_prefix(prefix + 2);
    constexpr std::string_view kParseError = "parse error at ";
    if (what.starts_with(kParseError)) what.remove_prefix(kParseError.size());
    problems_.Add(file_, {}, fmt::format("no valid JSON: {}", what));
    failed_ = true;
    return false;
  }

  std::optional<JsonValue> Take() && {
    if (failed_) return std::nullopt;
    return std::move(root_);
  }

 private:
  struct Level {
    JsonValue* value;  // stays put: its parent gets no sibling of it while it is open
    std::string key;
    std::unordered_set<std::string> keys;
  };

  bool Refuse(std::string message) {
    problems_.Add(file_, {}, std::move(message));
    failed_ = true;
    return false;
  }

  JsonValue* Add(JsonValue::Kind kind) {
    if (++values_ > kMaxJsonValues) {
      Refuse(fmt::format("more than {} values", kMaxJsonValues));
      return nullptr;
    }
    JsonValue* added = &root_;
    std::string pointer;
    if (!open_.empty()) {
      JsonValue& parent = *open_.back().value;
      if (parent.Is(JsonValue::Kind::kObject)) {
        pointer = parent.pointer + '/' + EscapeToken(open_.back().key);
        added = &parent.members.emplace_back(JsonMember{std::move(open_.back().key), {}}).value;
      } else {
        pointer = fmt::format("{}/{}", parent.pointer, parent.items.size());
        added = &parent.items.emplace_back();
      }
    }
    pointer_octets_ += pointer.size();
    if (pointer_octets_ > kMaxPointerOctets) {
      Refuse("keys too long and nested too deeply");
      return nullptr;
    }
    added->kind = kind;
    added->file = file_;
    added->pointer = std::move(pointer);
    return added;
  }

  bool Open(JsonValue::Kind kind) {
    if (open_.size() >= kMaxJsonDepth)
      return Refuse(fmt::format("nested deeper than {} levels", kMaxJsonDepth));
    JsonValue* added = Add(kind);
    if (added == nullptr) return false;
    open_.push_back({added, {}, {}});
    return true;
  }
  bool Close() {
    open_.pop_back();
    return true;
  }

  std::string_view file_;
  Problems& problems_;
  JsonValue root_;
  std::vector<Level> open_;
  std::size_t values_ = 0;
  std::size_t pointer_octets_ = 0;
  bool failed_ = false;
};

}  // namespace

std::optional<JsonValue> ReadJson(std::string_view text, std::string_view file,
                                  Problems& problems) {
  if (text.size() > kMaxJsonOctets) {
    problems.Add(file, {}, fmt::format("longer than {} octets", kMaxJsonOctets));
    return std::nullopt;
  }
  ValueBuilder builder(file, problems);
  nlohmann::json::sax_parse(text.begin(), text.end(), &builder);
  return std::move(builder).Take();
}

}  // namespace smtpgauge
