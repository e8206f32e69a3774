#include "reports/json.h"

#include <concepts>
#include <type_traits>
#include <utility>

#include <nlohmann/json.hpp>

#include "reports/json_fields.h"
#include "reports/json_names.h"
#include "reports/numbers.h"
#include "reports/octets.h"

namespace smtpgauge {
namespace {

using OrderedJson = nlohmann::ordered_json;

class JsonWriter {
 public:
  template <class T>
  using Subject = const T;

  template <class T>
  void Field(std::string_view name, const T& value) {
    object_[std::string(name)] = ValueOf(value);
  }

  template <class T>
  void Field(std::string_view name, const std::optional<T>& value) {
    if (value) Field(name, *value);
  }

  template <class Compute>
  void Derived(std::string_view name, const Compute& compute) {
    Field(name, compute());
  }

  template <class Fill>
  void Object(std::string_view name, const Fill& fill) {
    JsonWriter nested;
    fill(nested);
    object_[std::string(name)] = std::move(nested.object_);
  }

  template <class Map, class Fill>
  void Rows(std::string_view name, const Map& map, const Fill& fill) {
    OrderedJson rows = OrderedJson::array();
    for (const auto& [key, value] : map) {
      JsonWriter row;
      fill(row, key, value);
      rows.push_back(std::move(row.object_));
    }
    object_[std::string(name)] = std::move(rows);
  }

  [[nodiscard]] std::string Text() const { return object_.dump(2) + "\n"; }

 private:
  static OrderedJson ValueOf(const std::string& text) { return EscapeOctets(text); }
  static OrderedJson ValueOf(const Histogram& histogram) { return ValueOf(SummaryOf(histogram)); }
  static OrderedJson ValueOf(const PackedHistogram& histogram) {
    return ValueOf(SummaryOf(histogram));
  }
  static OrderedJson ValueOf(Duration time) { return time.count(); }
  static OrderedJson ValueOf(std::chrono::system_clock::time_point time) {
    return TimestampFrom(time);
  }
  static OrderedJson ValueOf(double value) {
    return std::isfinite(value) ? OrderedJson(value) : OrderedJson(nullptr);
  }

  template <class T>
  static OrderedJson ValueOf(const std::vector<T>& values) {
    OrderedJson array = OrderedJson::array();
    for (const T& value : values)
      array.push_back(ValueOf(value));
    return array;
  }

  template <class T>
  static OrderedJson ValueOf(const T& value) {
    if constexpr (std::is_enum_v<T>) {
      return std::string(Spelling<T>::Name(value));
    } else if constexpr (std::is_arithmetic_v<T>) {
      return value;
    } else {
      JsonWriter nested;
      Fields(nested, value);
      return std::move(nested.object_);
    }
  }

  OrderedJson object_ = OrderedJson::object();
};

std::string Write(std::string_view format, const auto& result) {
  JsonWriter writer;
  writer.Field("format", std::string(format));
  writer.Field("version", kFormatVersion);
  Fields(writer, result);
  return writer.Text();
}

}  // namespace

std::string WriteJson(const Report& report) {
  if (const auto* check = std::get_if<CheckResult>(&report)) return Write(kCheckFormat, *check);
  return Write(kLoadFormat, std::get<LoadResult>(report));
}

}  // namespace smtpgauge
