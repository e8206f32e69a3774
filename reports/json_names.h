// Spelling of the enumerations in stored results, both ways.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "runner/record/check_result.h"

namespace smtpgauge {

/// How many enumerators, and how each is spelt; enumerators count from 0 without gaps.
template <class Enum>
struct Spelling;

template <>
struct Spelling<Level> {
  static constexpr std::size_t kCount = 5;
  static std::string_view Name(Level level) { return LevelName(level); }
};
template <>
struct Spelling<Verdict> {
  static constexpr std::size_t kCount = kVerdictCount;
  static std::string_view Name(Verdict verdict) { return VerdictName(verdict); }
};
template <>
struct Spelling<Phase> {
  static constexpr std::size_t kCount = kPhaseCount;
  static std::string_view Name(Phase phase) { return PhaseName(phase); }
};
template <>
struct Spelling<Outcome> {
  static constexpr std::size_t kCount = kOutcomeCount;
  static std::string_view Name(Outcome outcome) { return OutcomeName(outcome); }
};
template <>
struct Spelling<TranscriptEntry::Kind> {
  static constexpr std::size_t kCount = 3;
  static std::string_view Name(TranscriptEntry::Kind kind) {
    switch (kind) {
      case TranscriptEntry::Kind::kSent:
        return "sent";
      case TranscriptEntry::Kind::kReceived:
        return "received";
      case TranscriptEntry::Kind::kNote:
        return "note";
    }
    return {};
  }
};

}  // namespace smtpgauge
