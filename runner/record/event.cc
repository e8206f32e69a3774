#include "runner/record/event.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace smtpgauge {
namespace {

constexpr std::array<std::string_view, kPhaseCount> kPhaseNames = {
    "connect", "greeting", "tls",  "ehlo",  "auth",    "mail",   "rcpt",
    "data",    "eod",      "quit", "other", "message", "session"};

constexpr std::array<std::string_view, kOutcomeCount> kOutcomeNames = {
    "2xx", "3xx", "4xx", "5xx", "malformed", "timeout", "refused", "reset", "closed", "tls"};

constexpr std::array<std::string_view, kVerdictCount> kVerdictNames = {
    "pass", "warn", "fail", "not_applicable", "blocked", "skipped", "error"};

template <typename Enumeration, std::size_t kCount>
std::optional<Enumeration> FromName(const std::array<std::string_view, kCount>& names,
                                    std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enumeration>(found - names.begin());
}

}  // namespace

std::string_view PhaseName(Phase phase) {
  return kPhaseNames[static_cast<std::size_t>(phase)];
}

std::string_view OutcomeName(Outcome outcome) {
  return kOutcomeNames[static_cast<std::size_t>(outcome)];
}

std::string_view VerdictName(Verdict verdict) {
  return kVerdictNames[static_cast<std::size_t>(verdict)];
}

std::optional<Phase> PhaseFromName(std::string_view name) {
  return FromName<Phase>(kPhaseNames, name);
}

std::optional<Outcome> OutcomeFromName(std::string_view name) {
  return FromName<Outcome>(kOutcomeNames, name);
}

std::optional<Verdict> VerdictFromName(std::string_view name) {
  return FromName<Verdict>(kVerdictNames, name);
}

}  // namespace smtpgauge
