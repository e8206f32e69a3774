#include "scenarios/code_set.h"

#include <algorithm>
#include <cstddef>

#include "scenarios/read_value.h"

namespace smtpgauge {

namespace {

constexpr int kLowest = 200;
constexpr int kHighest = 599;

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

std::size_t Index(int code) {
  return static_cast<std::size_t>(code - kLowest);
}

// First code and number of codes of a set; 0 codes when it is none.
struct Range {
  int first = 0;
  int count = 0;
};

Range ParseSet(const std::string& set) {
  if (set.size() != 3 || set[0] < '2' || set[0] > '5') return {};
  const int hundreds = (set[0] - '0') * 100;
  if (set.substr(1) == "yz") return {hundreds, 100};
  if (!IsDigit(set[1])) return {};
  const int tens = hundreds + (set[1] - '0') * 10;
  if (set[2] == 'z') return {tens, 10};
  return IsDigit(set[2]) ? Range{tens + (set[2] - '0'), 1} : Range{};
}

// At one width pass wins, then warn, then the order below.
int Rank(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass:
      return 5;
    case Verdict::kWarn:
      return 4;
    case Verdict::kNotApplicable:
      return 3;
    case Verdict::kBlocked:
      return 2;
    case Verdict::kFail:
      return 1;
    case Verdict::kSkipped:
    case Verdict::kError:
      return 0;
  }
  return 0;
}

}  // namespace

void CodeSets::Add(const JsonValue& value, Verdict verdict, Problems& problems) {
  if (value.Is(JsonValue::Kind::kArray)) {
    for (const JsonValue& item : value.items)
      AddSet(item, verdict, problems);
  } else {
    AddSet(value, verdict, problems);
  }
}

void CodeSets::AddSet(const JsonValue& value, Verdict verdict, Problems& problems) {
  // A row may carry the code as a number.
  const std::string set =
      value.Is(JsonValue::Kind::kInteger) ? std::to_string(value.integer) : value.string;
  const Range range = ParseSet(set);
  if (range.count == 0) {
    Expected(value, R"(a reply code or a set of them: "250", "25z", "2yz" (200 to 599))", problems);
    return;
  }
  const Width width = range.count == 1    ? Width::kExact
                      : range.count == 10 ? Width::kDecade
                                          : Width::kClass;
  written_.push_back({set, verdict, width});
  for (int code = range.first; code < range.first + range.count; ++code) {
    Cell& cell = cells_[Index(code)];
    if (cell.width > width || (cell.width == width && Rank(cell.verdict) >= Rank(verdict)))
      continue;
    cell = {verdict, width};
  }
}

void CodeSets::TolerateSameClass() {
  const bool wide = std::any_of(written_.begin(), written_.end(), [](const Written& written) {
    return written.verdict == Verdict::kPass && written.width != Width::kExact;
  });
  if (wide) return;
  std::array<bool, 6> classes{};
  for (const Written& written : written_) {
    if (written.verdict == Verdict::kPass)
      classes[static_cast<std::size_t>(written.set[0] - '0')] = true;
  }
  for (std::size_t digit = 2; digit < classes.size(); ++digit) {
    if (!classes[digit]) continue;
    for (std::size_t i = 0; i < 100; ++i) {
      Cell& cell = cells_[(digit - 2) * 100 + i];
      if (cell.width == Width::kNone) cell = {Verdict::kWarn, Width::kDefault};
    }
    written_.push_back(
        {std::string{static_cast<char>('0' + digit), 'y', 'z'}, Verdict::kWarn, Width::kDefault});
  }
}

void CodeSets::SetUnlessNamed(int code, Verdict verdict) {
  Cell& cell = cells_[Index(code)];
  if (cell.width == Width::kNone) cell = {verdict, Width::kDefault};
}

void CodeSets::SetUnlessNamedExactly(int code, Verdict verdict) {
  Cell& cell = cells_[Index(code)];
  if (cell.width < Width::kExact) cell = {verdict, Width::kDefault};
}

void CodeSets::SetClassUnlessNamed(char digit, Verdict verdict) {
  for (int i = 0; i < 100; ++i)
    SetUnlessNamed((digit - '0') * 100 + i, verdict);
}

Verdict CodeSets::At(int code) const {
  if (code < kLowest || code > kHighest) return otherwise;
  const Cell& cell = cells_[Index(code)];
  return cell.width == Width::kNone ? otherwise : cell.verdict;
}

bool CodeSets::Names(int code, Width width) const {
  return code >= kLowest && code <= kHighest && cells_[Index(code)].width >= width;
}

bool CodeSets::PassesOnlySuccess() const {
  if (otherwise == Verdict::kPass) return false;
  bool passes = false;
  for (const Written& written : written_) {
    if (written.verdict != Verdict::kPass) continue;
    if (written.set[0] > '3') return false;
    passes = true;
  }
  return passes;
}

std::vector<std::string> CodeSets::Named(Verdict verdict) const {
  std::vector<std::string> sets;
  for (const Written& written : written_) {
    if (written.verdict == verdict) sets.push_back(written.set);
  }
  return sets;
}

}  // namespace smtpgauge
