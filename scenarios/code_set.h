// Tiers of reply code sets as scenarios write them: "250", "25z", "5yz" (RFC 5321 section 4.2.1).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "runner/record/event.h"
#include "scenarios/json_value.h"
#include "scenarios/problems.h"

namespace smtpgauge {

/// Which verdict each code gets. The narrower set wins; at the same width pass wins over warn, warn
/// over na, blocked, fail; what a scenario names wins over every default.
class CodeSets {
 public:
  enum class Width : std::uint8_t { kNone, kDefault, kClass, kDecade, kExact };
  Verdict otherwise = Verdict::kFail;

  /// A set, or a list of sets.
  void Add(const JsonValue& value, Verdict verdict, Problems& problems);
  /// Other codes with the first digit of an exact pass code warn, unless a wider set passes.
  void TolerateSameClass();
  void SetUnlessNamed(int code, Verdict verdict);
  void SetUnlessNamedExactly(int code, Verdict verdict);
  void SetClassUnlessNamed(char digit, Verdict verdict);

  [[nodiscard]] Verdict At(int code) const;
  /// The scenario itself named the code in a set at least as narrow as `width`.
  [[nodiscard]] bool Names(int code, Width width) const;
  /// Something passes, and only 2yz and 3yz.
  [[nodiscard]] bool PassesOnlySuccess() const;
  /// The sets with this verdict as written, in order.
  [[nodiscard]] std::vector<std::string> Named(Verdict verdict) const;

 private:
  struct Cell {
    Verdict verdict = Verdict::kFail;
    Width width = Width::kNone;
  };
  struct Written {
    std::string set;
    Verdict verdict;
    Width width;
  };
  void AddSet(const JsonValue& value, Verdict verdict, Problems& problems);

  std::array<Cell, 400> cells_{};
  std::vector<Written> written_;
};

}  // namespace smtpgauge
