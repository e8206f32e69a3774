#include "runner/check/observation_log.h"

#include <fmt/format.h>

namespace smtpgauge {

ObservationLog::ObservationLog() : tallies_(Observations().size()) {}

void ObservationLog::Note(ObservationTally& tally, const Finding& finding,
                          const std::string& case_id, std::string_view actual) {
  if (finding.kind == Finding::Kind::kNotConcerned) return;
  ++tally.judged;
  if (finding.kind == Finding::Kind::kFine) return;
  const bool failure = finding.kind == Finding::Kind::kFail;
  const bool first = failure ? tally.failures == 0 : tally.failures == 0 && tally.warnings == 0;
  ++(failure ? tally.failures : tally.warnings);
  if (!first) return;
  tally.what = finding.what;
  tally.offender = case_id;
  tally.actual = std::string(actual.substr(0, 600));
  tally.wants_transcript = true;
}

void ObservationLog::OnReply(const Exhibit& exhibit, const std::string& case_id) {
  const auto rules = Observations();
  for (std::size_t i = 0; i < rules.size(); ++i) {
    Note(tallies_[i], rules[i].judge(exhibit), case_id, exhibit.reply->raw);
  }
}

void ObservationLog::OnPeerClosed(bool allowed, const std::string& case_id) {
  const Finding finding = allowed ? Finding{Finding::Kind::kFine, {}}
                                  : Finding{Finding::Kind::kFail, "closed without 221 or 421"};
  Note(*Find(kCloseAnnounced), finding, case_id, "the server closed the connection");
}

void ObservationLog::OnCase(const std::string& case_id,
                            const std::vector<TranscriptEntry>& transcript,
                            const Secrets& secrets) {
  for (ObservationTally& tally : tallies_) {
    if (!tally.wants_transcript || tally.offender != case_id) continue;
    tally.transcript = transcript;
    secrets.Mask(tally.actual);
    tally.wants_transcript = false;
  }
}

ObservationTally* ObservationLog::Find(std::string_view name) {
  const auto rules = Observations();
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (rules[i].name == name) return &tallies_[i];
  }
  return nullptr;
}

bool ObservationLog::Judge(std::string_view name, CaseResult& result) {
  const ObservationTally* tally = Find(name);
  if (tally == nullptr) return false;
  result.transcript = tally->transcript;
  if (tally->judged == 0) {
    result.verdict = Verdict::kNotApplicable;
    result.reason = "no reply of this run was concerned";
    return true;
  }
  const std::uint64_t offences = tally->failures + tally->warnings;
  if (offences == 0) {
    result.verdict = Verdict::kPass;
    result.reason = fmt::format("{} judged", tally->judged);
    return true;
  }
  result.verdict = tally->failures > 0 ? Verdict::kFail : Verdict::kWarn;
  result.reason = fmt::format("{} ({} of {} judged; first in {})", tally->what, offences,
                              tally->judged, tally->offender);
  result.actual = tally->actual;
  return true;
}

}  // namespace smtpgauge
