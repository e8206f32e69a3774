// Collects what is wrong with scenario files, so that an author sees all of it at once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/catalogue.h"
#include "scenarios/json_value.h"

namespace smtpgauge {

class Problems {
 public:
  /// More than an author reads; what follows is dropped.
  static constexpr std::size_t kMost = 200;

  void Add(const JsonValue& where, std::string message);
  void Add(std::string_view file, std::string pointer, std::string message);
  [[nodiscard]] bool empty() const { return problems_.empty(); }
  [[nodiscard]] std::size_t size() const { return problems_.size(); }
  [[nodiscard]] const std::vector<InputProblem>& list() const { return problems_; }
  /// Throws InputError when there are any.
  void ThrowIfAny() const;

 private:
  std::vector<InputProblem> problems_;
};

}  // namespace smtpgauge
