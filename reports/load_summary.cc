#include "reports/load_summary.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "reports/numbers.h"

namespace smtpgauge {

std::vector<CountRow> MessageRows(const MessageCounts& messages) {
  return {{"offered", messages.offered, "arrivals that the load shape asked for"},
          {"started", messages.started, "MAIL was sent"},
          {"completed", messages.completed, "got a final reply, of whatever class"},
          {"accepted", messages.accepted, "final reply 2yz: the goodput"},
          {"rejected", messages.rejected, "4yz or 5yz"},
          {"failed", messages.failed, "network, timeout, malformed reply, unexpected close"},
          {"missed", messages.missed, "never started for lack of a session"},
          {"delayed", messages.delayed, "waited until a session was free"}};
}

std::vector<CountRow> SessionRows(const SessionCounts& sessions) {
  return {{"started", sessions.started, "connections begun"},
          {"established", sessions.established, "greeted with 220"},
          {"completed", sessions.completed, "ended as the scenario says"},
          {"failed", sessions.failed, "ended otherwise"},
          {"peak", sessions.peak, "open at once"},
          {"tls handshakes", sessions.tls_handshakes, "full and resumed"},
          {"tls resumed", sessions.tls_resumed, "of these"}};
}

std::vector<ReplyRow> TopReplies(const LoadResult& result, std::size_t limit) {
  std::vector<ReplyRow> rows;
  for (const auto& [key, count] : result.replies) {
    const auto& [phase, code, enhanced] = key;
    rows.push_back(
        {fmt::format("{} {}{}{}", PhaseName(phase), code, enhanced.empty() ? "" : " ", enhanced),
         count});
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const ReplyRow& a, const ReplyRow& b) { return a.count > b.count; });
  if (rows.size() > limit) rows.resize(limit);
  return rows;
}

std::vector<std::pair<Outcome, std::uint64_t>> OutcomeCounts(const LoadResult& result) {
  std::array<std::uint64_t, kOutcomeCount> counts{};
  for (const auto& [key, times] : result.phases) {
    const auto& [phase, outcome] = key;
    if (phase == Phase::kMessage || phase == Phase::kSession) continue;
    counts[static_cast<std::size_t>(outcome)] += times.service.count();
  }
  std::vector<std::pair<Outcome, std::uint64_t>> rows;
  for (std::size_t i = 0; i < kOutcomeCount; ++i) {
    if (counts[i] > 0) rows.emplace_back(static_cast<Outcome>(i), counts[i]);
  }
  return rows;
}

bool ResponseEqualsService(const LoadResult& result) {
  return std::all_of(result.phases.begin(), result.phases.end(),
                     [](const auto& row) { return row.second.service == row.second.response; });
}

std::array<std::uint64_t, kVerdictCount> CheckTotals(const LoadResult& result) {
  std::array<std::uint64_t, kVerdictCount> totals{};
  for (const StepChecks& checks : result.checks) {
    for (std::size_t i = 0; i < kVerdictCount; ++i)
      totals[i] += checks.counts[i];
  }
  return totals;
}

LoadConclusion ConclusionOf(const LoadResult& result) {
  if (!result.generator.valid) return LoadConclusion::kInvalid;
  const bool missed = std::any_of(result.thresholds.begin(), result.thresholds.end(),
                                  [](const ThresholdResult& row) { return !row.passed; });
  return missed ? LoadConclusion::kThresholdMissed : LoadConclusion::kValid;
}

std::string ConclusionSentence(const LoadResult& result) {
  std::string text = fmt::format(
      "{} messages/s accepted over {} ({} of {} started)", HumanRate(result.ThroughputPerSecond()),
      HumanDuration(result.measured), Percent(result.messages.accepted, result.messages.started),
      WithThousands(result.messages.started));
  const auto missed = std::count_if(result.thresholds.begin(), result.thresholds.end(),
                                    [](const ThresholdResult& row) { return !row.passed; });
  if (missed > 0) {
    text +=
        fmt::format("; {} of {} missed", missed, Counted(result.thresholds.size(), "threshold"));
  } else if (!result.thresholds.empty()) {
    text += "; every threshold held";
  }
  const auto failed = CheckTotals(result)[static_cast<std::size_t>(Verdict::kFail)];
  if (failed > 0)
    text += fmt::format("; replies that violate the scenario: {}", WithThousands(failed));
  if (result.partial) text += "; stopped early";
  if (!result.generator.valid) return "INVALID: the generator did not keep up. " + text + ".";
  return text + ".";
}

std::string ThresholdActual(const ThresholdResult& threshold) {
  if (!std::isfinite(threshold.actual)) {
    return threshold.reason.empty() ? "nothing measured" : threshold.reason;
  }
  return fmt::format("measured {:.6g}{}", threshold.actual, threshold.unit);
}

}  // namespace smtpgauge
