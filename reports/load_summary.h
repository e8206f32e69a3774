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
};
/// offered, started, completed, accepted, rejected, failed, missed, delayed.
[[nodiscard]] std::vector<CountRow> MessageRows(const MessageCounts& messages);
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

/// True when no exchange waited for the load shape: the two times are then the same.
[[nodiscard]] bool ResponseEqualsService(const LoadResult& result);

[[nodiscard]] std::array<std::uint64_t, kVerdictCount> CheckTotals(const LoadResult& result);

enum class LoadConclusion { kValid, kThresholdMissed, kInvalid };
[[nodiscard]] LoadConclusion ConclusionOf(const LoadResult& result);
/// One sentence: "2,469 messages/s accepted over 5.00s; all thresholds held."
[[nodiscard]] std::string ConclusionSentence(const LoadResult& result);

/// "measured 248.1ms", or why nothing was; octets.
[[nodiscard]] std::string ThresholdActual(const ThresholdResult& threshold);

}  // namespace smtpgauge
