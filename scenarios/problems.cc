#include "scenarios/problems.h"

#include <algorithm>

#include <fmt/format.h>

namespace smtpgauge {

namespace {

std::string JoinProblems(const std::vector<InputProblem>& problems) {
  std::string text;
  for (const InputProblem& problem : problems) {
    if (!text.empty()) text += '\n';
    text += ProblemLine(problem);
  }
  return text;
}

}  // namespace

std::string ProblemLine(const InputProblem& problem) {
  return fmt::format("{}:{}: {}", problem.file, problem.pointer.empty() ? "/" : problem.pointer,
                     problem.message);
}

InputError::InputError(std::vector<InputProblem> problems)
    : std::runtime_error(JoinProblems(problems)), problems_(std::move(problems)) {}

void Problems::Add(const JsonValue& where, std::string message) {
  Add(where.file, where.pointer, std::move(message));
}

void Problems::Add(std::string_view file, std::string pointer, std::string message) {
  if (problems_.size() >= kMost) return;
  // Rows and fragments are compiled many times; their author wants each mistake once.
  const bool known = std::any_of(problems_.begin(), problems_.end(), [&](const InputProblem& old) {
    return old.file == file && old.pointer == pointer && old.message == message;
  });
  if (!known) problems_.push_back({std::string(file), std::move(pointer), std::move(message)});
}

void Problems::ThrowIfAny() const {
  if (!problems_.empty()) throw InputError(problems_);
}

}  // namespace smtpgauge
