// Row values and fragment parameters, put in place of `${name}` before anything is compiled.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/json_value.h"
#include "scenarios/problems.h"

namespace smtpgauge {

/// Names bound for one row or one use of a fragment. Values are final: they are not searched again.
class Substitution {
 public:
  /// Bounds what one script may grow to by substitution, in values plus octets.
  static constexpr std::size_t kBudget = std::size_t{1} << 20U;

  explicit Substitution(Problems& problems) : problems_(problems) {}

  /// Binds `name`; references in `value` to names bound before are replaced first.
  void Bind(std::string_view name, const JsonValue& value);
  [[nodiscard]] bool Binds(std::string_view name) const { return Find(name) != nullptr; }

  /// A copy in which a string that is exactly `${name}` became the value (a list inside a list is
  /// spliced in), and `${name}` inside a longer string its text.
  [[nodiscard]] JsonValue Apply(const JsonValue& value);

  /// Names that Apply() replaced at least once.
  [[nodiscard]] const std::set<std::string, std::less<>>& used() const { return used_; }
  [[nodiscard]] std::vector<std::string_view> Names() const;

 private:
  [[nodiscard]] const JsonValue* Find(std::string_view name) const;
  JsonValue Copy(const JsonValue& value, std::size_t depth);
  JsonValue CopyString(const JsonValue& value, std::size_t depth);
  bool Admit(const JsonValue& bound, std::size_t depth, const JsonValue& where);
  bool Spend(std::size_t amount, const JsonValue& where);

  Problems& problems_;
  std::vector<JsonMember> bindings_;
  std::set<std::string, std::less<>> used_;
  std::size_t spent_ = 0;
};

}  // namespace smtpgauge
