#include "scenarios/substitution.h"

#include <algorithm>

#include "scenarios/reference.h"

namespace smtpgauge {

namespace {

using JsonKind = JsonValue::Kind;

constexpr std::size_t kMaxDepth = 96;

bool IsScalar(const JsonValue& value) {
  return !value.Is(JsonKind::kArray) && !value.Is(JsonKind::kObject);
}

std::string ScalarText(const JsonValue& value) {
  if (value.Is(JsonKind::kInteger)) return std::to_string(value.integer);
  if (value.Is(JsonKind::kBoolean)) return value.boolean ? "true" : "false";
  return value.string;
}

JsonValue Located(JsonKind kind, const JsonValue& where) {
  JsonValue value;
  value.kind = kind;
  value.file = where.file;
  value.pointer = where.pointer;
  return value;
}

struct Extent {
  std::size_t weight = 0;  // values plus octets
  std::size_t depth = 0;
};

Extent Measure(const JsonValue& value) {
  Extent extent{1 + value.string.size() + value.pointer.size(), 0};
  const auto add = [&extent](const Extent& inner) {
    extent.weight += inner.weight;
    extent.depth = std::max(extent.depth, inner.depth + 1);
  };
  for (const JsonValue& item : value.items)
    add(Measure(item));
  for (const JsonMember& member : value.members)
    add(Measure(member.value));
  return extent;
}

}  // namespace

const JsonValue* Substitution::Find(std::string_view name) const {
  for (const JsonMember& binding : bindings_) {
    if (binding.key == name) return &binding.value;
  }
  return nullptr;
}

std::vector<std::string_view> Substitution::Names() const {
  std::vector<std::string_view> names;
  for (const JsonMember& binding : bindings_)
    names.emplace_back(binding.key);
  return names;
}

void Substitution::Bind(std::string_view name, const JsonValue& value) {
  JsonValue bound = Copy(value, 0);
  bindings_.push_back({std::string(name), std::move(bound)});
}

JsonValue Substitution::Apply(const JsonValue& value) {
  return Copy(value, 0);
}

bool Substitution::Spend(std::size_t amount, const JsonValue& where) {
  const bool was_within = spent_ <= kBudget;
  spent_ += amount;
  if (spent_ <= kBudget) return true;
  if (was_within) problems_.Add(where, "grows too large when its variables are put in");
  return false;
}

bool Substitution::Admit(const JsonValue& bound, std::size_t depth, const JsonValue& where) {
  const Extent extent = Measure(bound);
  if (depth + extent.depth > kMaxDepth) {
    problems_.Add(where, "nested too deeply when its variables are put in");
    return false;
  }
  return Spend(extent.weight, where);
}

JsonValue Substitution::Copy(const JsonValue& value, std::size_t depth) {
  if (value.Is(JsonKind::kString)) return CopyString(value, depth);
  if (!Spend(1 + value.pointer.size(), value)) return Located(JsonKind::kNull, value);
  if (IsScalar(value)) return value;

  JsonValue copy = Located(value.kind, value);
  for (const JsonMember& member : value.members)
    copy.members.push_back({member.key, Copy(member.value, depth + 1)});
  for (const JsonValue& item : value.items) {
    JsonValue element = Copy(item, depth + 1);
    if (item.Is(JsonKind::kString) && element.Is(JsonKind::kArray)) {
      for (JsonValue& inner : element.items)
        copy.items.push_back(std::move(inner));
    } else {
      copy.items.push_back(std::move(element));
    }
  }
  return copy;
}

JsonValue Substitution::CopyString(const JsonValue& value, std::size_t depth) {
  if (const auto name = WholeReference(value.string)) {
    const JsonValue* bound = Find(*name);
    if (bound != nullptr) {
      used_.emplace(*name);
      return Admit(*bound, depth, value) ? *bound : Located(JsonKind::kNull, value);
    }
  }
  // Pieces of a list when a bound value is more than text; else one string.
  JsonValue pieces = Located(JsonKind::kArray, value);
  std::string text;
  std::size_t from = 0;
  while (const auto reference = FindReference(value.string, from)) {
    const std::string_view before =
        std::string_view(value.string).substr(from, reference->begin - from);
    const JsonValue* bound =
        reference->escape || !reference->closed ? nullptr : Find(reference->name);
    if (bound != nullptr && !Admit(*bound, depth + 1, value))
      return Located(JsonKind::kNull, value);
    text += before;
    if (bound == nullptr) {
      text += value.string.substr(reference->begin, reference->end - reference->begin);
    } else if (used_.emplace(reference->name); IsScalar(*bound)) {
      text += ScalarText(*bound);
    } else {
      pieces.items.push_back(Located(JsonKind::kString, value));
      pieces.items.back().string.swap(text);
      pieces.items.push_back(*bound);
    }
    from = reference->end;
  }
  text += value.string.substr(from);
  if (!Spend(1 + value.pointer.size() + text.size(), value)) return Located(JsonKind::kNull, value);
  JsonValue last = Located(JsonKind::kString, value);
  last.string.swap(text);
  if (pieces.items.empty()) return last;
  pieces.items.push_back(std::move(last));
  return pieces;
}

}  // namespace smtpgauge
