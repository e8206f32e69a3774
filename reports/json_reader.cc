#include "reports/json_reader.h"

#include <concepts>
#include <functional>
#include <limits>
#include <optional>
#include <set>
#include <type_traits>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/json_fields.h"
#include "reports/json_names.h"
#include "reports/numbers.h"
#include "reports/octets.h"
#include "runner/record/hdr_codec.h"

namespace smtpgauge {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kQuoted = 60;  // octets of a wrong value that a message shows

[[noreturn]] void Refuse(std::string_view pointer, std::string_view what) {
  throw ResultError(fmt::format("{}: {}", pointer.empty() ? "/" : pointer, what));
}

[[noreturn]] void RefuseValue(std::string_view pointer, std::string_view expected,
                              const Json& found) {
  const std::string text = found.dump(-1, ' ', true, Json::error_handler_t::replace);
  Refuse(pointer,
         fmt::format("expected {}, found {}", expected, Shorten(EscapeOctets(text), kQuoted)));
}

/// One JSON object on its way into one struct. Finish() must follow the last field.
class JsonReader {
 public:
  template <class T>
  using Subject = T;

  JsonReader(const Json& object, std::string pointer)
      : object_(object), pointer_(std::move(pointer)) {
    if (!object_.is_object()) RefuseValue(pointer_, "an object", object_);
  }

  template <class T>
  void Field(std::string_view name, T& value) {
    Read(Take(name), At(name), value);
  }

  template <class T>
  void Field(std::string_view name, std::optional<T>& value) {
    value.reset();
    if (object_.contains(name)) Field(name, value.emplace());
  }

  /// Compared once every stored field is there.
  template <class Compute>
  void Derived(std::string_view name, const Compute& compute) {
    std::invoke_result_t<Compute> stored{};
    Field(name, stored);
    checks_.push_back([pointer = At(name), stored = std::move(stored), compute] {
      if (stored != compute()) {
        Refuse(pointer, "does not follow from the rest of the file; was it edited by hand?");
      }
    });
  }

  template <class Fill>
  void Object(std::string_view name, const Fill& fill) {
    JsonReader nested(Take(name), At(name));
    fill(nested);
    nested.Finish();
  }

  template <class Map, class Fill>
  void Rows(std::string_view name, Map& map, const Fill& fill) {
    map.clear();
    ForEach(Take(name), At(name), [&map, &fill](const Json& element, const std::string& pointer) {
      typename Map::key_type key;
      typename Map::mapped_type value{};
      JsonReader row(element, pointer);
      fill(row, key, value);
      row.Finish();
      if (!map.try_emplace(std::move(key), std::move(value)).second) {
        Refuse(pointer, "repeats an earlier row");
      }
    });
  }

  void Finish() {
    for (const auto& check : checks_)
      check();
    for (const auto& [name, value] : object_.items()) {
      if (!taken_.contains(name)) {
        Refuse(pointer_, fmt::format("unknown key \"{}\"", Shorten(EscapeOctets(name), kQuoted)));
      }
    }
  }

 private:
  std::string At(std::string_view name) const { return fmt::format("{}/{}", pointer_, name); }

  const Json& Take(std::string_view name) {
    const auto found = object_.find(name);
    if (found == object_.end()) Refuse(pointer_, fmt::format("key \"{}\" is missing", name));
    taken_.insert(std::string(name));
    return *found;
  }

  template <class Visit>
  static void ForEach(const Json& array, const std::string& pointer, const Visit& visit) {
    if (!array.is_array()) RefuseValue(pointer, "an array", array);
    for (std::size_t i = 0; i < array.size(); ++i)
      visit(array[i], fmt::format("{}/{}", pointer, i));
  }

  static void Read(const Json& json, const std::string& pointer, bool& value) {
    if (!json.is_boolean()) RefuseValue(pointer, "true or false", json);
    value = json.get<bool>();
  }

  static void Read(const Json& json, const std::string& pointer, std::string& value) {
    auto octets =
        json.is_string() ? UnescapeOctets(json.get_ref<const std::string&>()) : std::nullopt;
    if (!octets)
      RefuseValue(pointer, "a string whose backslashes are \\\\, \\r, \\n, \\t or \\xNN", json);
    value = std::move(*octets);
  }

  static void Read(const Json& json, const std::string& pointer, double& value) {
    if (!json.is_number() && !json.is_null()) RefuseValue(pointer, "a number or null", json);
    value = json.is_null() ? std::numeric_limits<double>::quiet_NaN() : json.get<double>();
  }

  static void Read(const Json& json, const std::string& pointer, Duration& value) {
    std::int64_t count = 0;
    Read(json, pointer, count);
    value = Duration(count);
  }

  static void Read(const Json& json, const std::string& pointer,
                   std::chrono::system_clock::time_point& value) {
    const auto time =
        json.is_string() ? TimeFrom(json.get_ref<const std::string&>()) : std::nullopt;
    if (!time) RefuseValue(pointer, "a time as 2026-11-22T16:09:07.000000000Z", json);
    value = *time;
  }

  static void Read(const Json& json, const std::string& pointer, Histogram& value) {
    TimeSummary summary;
    Read(json, pointer, summary);
    try {
      value = HistogramFrom(summary);
    } catch (const HdrError& error) {
      Refuse(pointer, EscapeOctets(error.what()));
    }
  }

  static void Read(const Json& json, const std::string& pointer, PackedHistogram& value) {
    Histogram histogram;
    Read(json, pointer, histogram);
    value = PackedHistogram(histogram);
  }

  template <std::integral T>
  static void Read(const Json& json, const std::string& pointer, T& value) {
    const bool fits = json.is_number_unsigned()  ? std::in_range<T>(json.get<std::uint64_t>())
                      : json.is_number_integer() ? std::in_range<T>(json.get<std::int64_t>())
                                                 : false;
    if (!fits) {
      RefuseValue(pointer,
                  fmt::format("a whole number from {} to {}", std::numeric_limits<T>::min(),
                              std::numeric_limits<T>::max()),
                  json);
    }
    value = json.get<T>();
  }

  template <class T>
  requires std::is_enum_v<T>
  static void Read(const Json& json, const std::string& pointer, T& value) {
    std::string names;
    for (std::size_t i = 0; i < Spelling<T>::kCount; ++i) {
      const std::string_view name = Spelling<T>::Name(static_cast<T>(i));
      if (json == name) {
        value = static_cast<T>(i);
        return;
      }
      names += fmt::format("{}{}", i == 0 ? "" : ", ", name);
    }
    RefuseValue(pointer, "one of " + names, json);
  }

  template <class T>
  static void Read(const Json& json, const std::string& pointer, std::vector<T>& values) {
    values.clear();
    ForEach(json, pointer, [&values](const Json& element, const std::string& at) {
      Read(element, at, values.emplace_back());
    });
  }

  template <class T>
  requires(std::is_class_v<T>) static void Read(const Json& json, const std::string& pointer,
                                                T& value) {
    JsonReader nested(json, pointer);
    Fields(nested, value);
    nested.Finish();
  }

  const Json& object_;
  std::string pointer_;
  std::set<std::string, std::less<>> taken_;
  std::vector<std::function<void()>> checks_;
};

// nlohmann keeps the last of two equal keys without a word.
Json ParseWithoutDuplicates(std::string_view text) {
  std::vector<std::set<std::string>> open;
  const auto watch = [&open](int, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start) open.emplace_back();
    if (event == Json::parse_event_t::object_end) open.pop_back();
    if (event == Json::parse_event_t::key &&
        !open.back().insert(parsed.get<std::string>()).second) {
      Refuse("", fmt::format("key \"{}\" stands twice in one object",
                             Shorten(EscapeOctets(parsed.get<std::string>()), kQuoted)));
    }
    return true;
  };
  try {
    return Json::parse(text, watch);
  } catch (const Json::exception& error) {
    const std::string_view what = error.what();
    const std::size_t prefix = what.find("] ");
    throw ResultError(
        fmt::format("not JSON: {}",
                    EscapeOctets(what.substr(prefix == std::string_view::npos ? 0 : prefix + 2))));
  }
}

template <class Result>
Report ReadAs(const Json& json) {
  JsonReader reader(json, "");
  std::string format;
  std::uint64_t version = 0;
  Result result;
  reader.Field("format", format);
  reader.Field("version", version);
  Fields(reader, result);
  reader.Finish();
  return result;
}

Report Read(std::string_view text) {
  const Json json = ParseWithoutDuplicates(text);
  const Json format = json.is_object() ? json.value("format", Json()) : Json();
  if (format != kCheckFormat && format != kLoadFormat) {
    throw ResultError(
        fmt::format("not a result of smtpgauge: \"format\" must be \"{}\" or \"{}\" (write one "
                    "with --json FILE)",
                    kCheckFormat, kLoadFormat));
  }
  if (const Json version = json.value("version", Json()); version != kFormatVersion) {
    RefuseValue("/version", fmt::format("{}, which is what this smtpgauge reads", kFormatVersion),
                version);
  }
  return format == kCheckFormat ? ReadAs<CheckResult>(json) : ReadAs<LoadResult>(json);
}

}  // namespace

Report ReadResult(std::string_view json, std::string_view name) {
  try {
    return Read(json);
  } catch (const ResultError& error) {
    throw ResultError(fmt::format("{}: {}", EscapeOctets(name), error.what()));
  }
}

}  // namespace smtpgauge
