// What the formats for people say about a load run as a whole.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runner/record/load_result.h"

namespace smtpgauge {

/// One number of the run told apart from its neighbours, with what it means.
struct CountRow {
  std::string_view name;
  std::uint64_t count = 0;
  std::string_view meaning;
  std::uint64_t in_window = 0;  ///< what the rate is of; sessions: 0
};
/// offered, started, completed, accepted, rejected, failed, missed, delayed; unfinished where
/// there are any.
[[nodiscard]] std::vector<CountRow> MessageRows(const LoadResult& result);
[[nodiscard]] std::vector<CountRow> SessionRows(const SessionCounts& sessions);

struct ReplyRow {
  std::string name;  ///< "eod 250 2.0.0"
  std::uint64_t count = 0;
};
/// The most frequent replies, at most `limit`.
[[nodiscard]] std::vector<ReplyRow> TopReplies(const LoadResult& result, std::size_t limit);

/// Outcome by count over the exchanges of the dialogue (kMessage and kSession would count twice).
[[nodiscard]] std::vector<std::pair<Outcome, std::uint64_t>> OutcomeCounts(
    const LoadResult& result);

/// "9,000 of 9,800 recipients, 8.98 MiB of content accepted (1,800 recipients/s, 1.80 MiB/s)".
[[nodiscard]] std::string GoodputSentence(const LoadResult& result);

/// Messages came by a schedule, and not when a session was ready for one.
[[nodiscard]] bool IsOpenLoop(const LoadResult& result);
/// Who set the pace: the schedule, the target or the generator. Empty when nothing was measured, or
/// nothing that is worth quoting.
[[nodiscard]] std::string PaceSentence(const LoadResult& result);
/// What response times count from.
[[nodiscard]] std::string_view ResponseHeading(const LoadResult& result);

/// True when no exchange waited for the load shape: the two times are then the same.
[[nodiscard]] bool ResponseEqualsService(const LoadResult& result);

[[nodiscard]] std::array<std::uint64_t, kVerdictCount> CheckTotals(const LoadResult& result);

enum class LoadConclusion { kValid, kThresholdMissed, kNothingAccepted, kInvalid };
[[nodiscard]] LoadConclusion ConclusionOf(const LoadResult& result);
/// One sentence: "2,469 messages/s accepted over 5.00s; all thresholds held."
[[nodiscard]] std::string ConclusionSentence(const LoadResult& result);

/// "measured 248.1ms", or why nothing was; octets.
[[nodiscard]] std::string ThresholdActual(const ThresholdResult& threshold);

}  // namespace smtpgauge
