// Findings of the always-on rules over a whole run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runner/judge/invariants.h"
#include "runner/record/check_result.h"
#include "runner/session/transcript.h"

namespace smtpgauge {

/// What one rule found: how often it could judge, and the first and worst offence.
struct ObservationTally {
  std::uint64_t judged = 0;
  std::uint64_t warnings = 0;
  std::uint64_t failures = 0;
  std::string what;      ///< of the worst offence so far
  std::string offender;  ///< id of the case in which it occurred
  std::string actual;    ///< the reply
  bool wants_transcript = false;
  std::vector<TranscriptEntry> transcript;
};

class ObservationLog {
 public:
  ObservationLog();
  void OnReply(const Exhibit& exhibit, const std::string& case_id);
  void OnPeerClosed(bool allowed, const std::string& case_id);
  /// Hands in the transcript of a finished case, kept where that case was an offender, and what its
  /// replies must not show.
  void OnCase(const std::string& case_id, const std::vector<TranscriptEntry>& transcript,
              const Secrets& secrets);
  /// Null for a name that no rule has.
  [[nodiscard]] ObservationTally* Find(std::string_view name);
  /// Fills verdict, reason, actual and transcript of a result from the rule's tally.
  [[nodiscard]] bool Judge(std::string_view name, CaseResult& result);

 private:
  void Note(ObservationTally& tally, const Finding& finding, const std::string& case_id,
            std::string_view actual);

  std::vector<ObservationTally> tallies_;  ///< in the order of Observations()
};

}  // namespace smtpgauge
