#include "runner/record/event.h"

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

}  // namespace smtpgauge
