// What a conformance run produced: pure data, the input of every report writer.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runner/record/event.h"
#include "runner/record/run_info.h"

namespace smtpgauge {

/// Levels of RFC 2119 and requirements 0.1.
enum class Level : std::uint8_t { kMust, kShould, kMay, kSecurity, kDeFacto };
/// "MUST", "SHOULD", "MAY", "SEC", "DF".
[[nodiscard]] std::string_view LevelName(Level level);

/// One thing that happened on a connection, octet for octet.
struct TranscriptEntry {
  enum class Kind : std::uint8_t { kSent, kReceived, kNote };
  Kind kind = Kind::kNote;
  std::uint8_t connection = 1;
  Duration at{};       ///< since the case began
  std::string octets;  ///< as on the wire, bounded; a note's text. Secrets are already masked.
  std::uint64_t omitted = 0;  ///< octets left out behind `octets` because of the bound
};

/// One judged case: a scenario, or one row of its table.
struct CaseResult {
  std::string id;  ///< stable: "5321-3.3-rcpt-before-mail" or ".../row-slug"
  std::string title;
  Level level = Level::kMust;
  std::string rfc;  ///< "5321"; empty where no RFC owns the requirement
  std::string section;
  std::string file;  ///< scenario file, relative to its root
  Verdict verdict = Verdict::kSkipped;
  std::string reason;    ///< one sentence for people
  std::string step;      ///< JSON pointer of the step that decided
  std::string expected;  ///< "503 (tolerated: 5yz)"
  std::string actual;    ///< the reply as received, or what happened instead; control octets raw
  Duration duration{};
  std::vector<TranscriptEntry> transcript;
  /// Set by a baseline (accepted deviations): the recorded reason.
  std::optional<std::string> baseline_reason;
};

/// One thing learnt about the target before anything was judged, "EHLO keywords in clear" → "...".
struct TargetFact {
  std::string name;
  std::string value;
};

struct CheckResult {
  RunInfo info;
  std::vector<TargetFact> facts;
  std::vector<std::string> notes;   ///< "the server stopped taking mail after case X"
  std::vector<CaseResult> results;  ///< catalogue order; always the whole selection
  bool partial = false;             ///< stopped by a signal or --fail-fast

  [[nodiscard]] std::array<std::uint32_t, kVerdictCount> Summary() const;  ///< by Verdict
};

}  // namespace smtpgauge
