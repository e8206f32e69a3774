#include <fmt/format.h>

#include "scenarios/building.h"
#include "scenarios/read_value.h"

namespace smtpgauge {

namespace {

std::optional<std::uint32_t> NumberAt(const JsonValue& object, std::string_view key,
                                      Problems& problems) {
  constexpr std::int64_t kMost = 1'000'000'000;
  const JsonValue* value = object.Find(key);
  if (value == nullptr) return std::nullopt;
  const auto number = ReadInteger(*value, 0, kMost, problems);
  if (!number) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

// "1k", or the number 1024.
std::string MeasureAt(const JsonValue& object, std::string_view key, Problems& problems) {
  const JsonValue* value = object.Find(key);
  if (value == nullptr) return {};
  if (value->Is(JsonValue::Kind::kInteger) && value->integer >= 0)
    return std::to_string(value->integer);
  return ReadString(*value, problems).value_or("");
}

std::string FileAt(const JsonValue& object, std::string_view key,
                   const std::filesystem::path& folder, Problems& problems) {
  const std::string name = StringAt(object, key, problems);
  return name.empty() ? name : (folder / name).string();
}

}  // namespace

LoadSpec CompileLoadSpec(const JsonValue& load, const std::filesystem::path& folder,
                         Problems& problems) {
  constexpr std::array<std::string_view, 11> kKeys = {"messages_per_connection",
                                                      "recipients_per_message",
                                                      "size",
                                                      "think",
                                                      "rate",
                                                      "stages",
                                                      "arrivals",
                                                      "recipients_csv",
                                                      "senders_csv",
                                                      "thresholds",
                                                      "weight"};
  LoadSpec spec;
  if (!CheckKeys(load, kKeys, problems)) return spec;
  spec.messages_per_connection = NumberAt(load, "messages_per_connection", problems);
  spec.recipients_per_message = NumberAt(load, "recipients_per_message", problems);
  spec.size = MeasureAt(load, "size", problems);
  spec.think = MeasureAt(load, "think", problems);
  spec.rate = MeasureAt(load, "rate", problems);
  spec.stages = StringAt(load, "stages", problems);
  spec.arrivals = StringAt(load, "arrivals", problems);
  spec.recipients_csv = FileAt(load, "recipients_csv", folder, problems);
  spec.senders_csv = FileAt(load, "senders_csv", folder, problems);
  if (const JsonValue* thresholds = load.Find("thresholds"))
    spec.thresholds = ReadStrings(*thresholds, problems);
  return spec;
}

std::vector<MixMember> ReadMix(const JsonValue& mix, Problems& problems) {
  constexpr std::array<std::string_view, 2> kKeys = {"scenario", "weight"};
  std::vector<MixMember> members;
  if (!mix.Is(JsonValue::Kind::kArray) || mix.items.empty()) {
    Expected(mix, "a list of {\"scenario\": ID, \"weight\": N}", problems);
    return members;
  }
  for (const JsonValue& item : mix.items) {
    if (!CheckKeys(item, kKeys, problems)) continue;
    MixMember member;
    member.scenario = StringAt(item, "scenario", problems);
    if (member.scenario.empty()) problems.Add(item, "a member wants \"scenario\", its id");
    if (const JsonValue* weight = item.Find("weight"))
      member.weight =
          static_cast<std::uint32_t>(ReadInteger(*weight, 1, 1'000'000, problems).value_or(1));
    members.push_back(std::move(member));
  }
  return members;
}

}  // namespace smtpgauge
