#include "reports/load_summary.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include <fmt/format.h>

#include "reports/numbers.h"

namespace smtpgauge {

std::vector<CountRow> MessageRows(const LoadResult& result) {
  struct Row {
    std::string_view name;
    std::uint64_t MessageCounts::*count;
    std::string_view meaning;
  };
  static constexpr std::array<Row, 8> kRows = {
      {{"offered", &MessageCounts::offered, "due by the load shape; without one: begun"},
       {"started", &MessageCounts::started, "MAIL was sent"},
       {"completed", &MessageCounts::completed, "got a final reply, of whatever class"},
       {"accepted", &MessageCounts::accepted, "final reply 2yz: the goodput"},
       {"rejected", &MessageCounts::rejected, "4yz or 5yz"},
       {"failed", &MessageCounts::failed, "network, timeout, malformed reply, unexpected close"},
       {"missed", &MessageCounts::missed, "never started for lack of a session"},
       {"delayed", &MessageCounts::delayed, "waited until a session was free"}}};
  std::vector<CountRow> rows;
  for (const Row& row : kRows) {
    rows.push_back(
        {row.name, result.messages.*row.count, row.meaning, result.in_window.*row.count});
  }
  if (const auto unfinished = result.messages.Unfinished(); unfinished > 0)
    rows.push_back({"unfinished", unfinished, "under way when the run ended", 0});
  return rows;
}

std::vector<CountRow> SessionRows(const SessionCounts& sessions) {
  return {{"started", sessions.started, "connections begun", 0},
          {"established", sessions.established, "greeted with 220", 0},
          {"completed", sessions.completed, "ended as the scenario says", 0},
          {"failed", sessions.failed, "ended otherwise", 0},
          {"peak", sessions.peak, "at once, with those on their way up", 0},
          {"tls handshakes", sessions.tls_handshakes, "full and resumed", 0},
          {"tls resumed", sessions.tls_resumed, "of these", 0}};
}

std::string GoodputSentence(const LoadResult& result) {
  std::uint64_t named = 0;
  for (const auto& [key, times] : result.phases) {
    if (key.first == Phase::kRcpt) named += times.service.count();
  }
  const MessageCounts& messages = result.messages;
  const bool all_named = named > 0 && named >= messages.recipients_accepted;
  const std::string of = all_named ? fmt::format(" of {}", WithThousands(named)) : std::string();
  const double seconds = std::chrono::duration<double>(result.measured).count();
  std::string text = fmt::format("{}{} recipients, {} of content accepted",
                                 WithThousands(messages.recipients_accepted), of,
                                 HumanOctets(messages.content_octets));
  if (seconds <= 0) return text;
  const auto each = [&](std::uint64_t count) { return static_cast<double>(count) / seconds; };
  const auto octets = static_cast<std::uint64_t>(each(result.in_window.content_octets));
  return text + fmt::format(" ({} recipients/s, {}/s)",
                            HumanRate(each(result.in_window.recipients_accepted)),
                            HumanOctets(octets));
}

bool IsOpenLoop(const LoadResult& result) {
  return result.generator.lateness.count() > 0;
}

std::string PaceSentence(const LoadResult& result) {
  const GeneratorReport& generator = result.generator;
  const MessageCounts& messages = result.messages;
  if (result.phases.empty() || !generator.valid) return {};
  const double busy = generator.cpu_share + generator.cpu_wait_share;
  std::string worker =
      fmt::format("the busiest worker used {:.0f}% of a core", generator.cpu_share * 100);
  if (generator.cpu_wait_share > 0.05)
    worker +=
        fmt::format(" and waited for one {:.0f}% of the time", generator.cpu_wait_share * 100);
  if (IsOpenLoop(result)) {
    if (messages.delayed + messages.missed == 0)
      return fmt::format("the schedule set the pace: no arrival had to wait for a session; {}",
                         worker);
    return fmt::format(
        "sessions were lacking: {} arrivals waited for one, {} never got one: the target was too "
        "slow, or --max-in-flight too small; {}",
        WithThousands(messages.delayed), WithThousands(messages.missed), worker);
  }
  constexpr double kSaturated = 0.9;
  if (busy > kSaturated)
    return fmt::format("the generator set the pace ({}): the target may do more; try more --jobs",
                       worker);
  return fmt::format("the target's replies (and --think, where given) set the pace; {}", worker);
}

std::string_view ResponseHeading(const LoadResult& result) {
  return IsOpenLoop(result)
             ? "Response time: from the moment the schedule wanted it"
             : "Response time: from the moment a session was ready for it (there is no schedule)";
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
  if (NothingAccepted(result)) return LoadConclusion::kNothingAccepted;
  const bool missed = std::any_of(result.thresholds.begin(), result.thresholds.end(),
                                  [](const ThresholdResult& row) { return !row.passed; });
  return missed ? LoadConclusion::kThresholdMissed : LoadConclusion::kValid;
}

namespace {

std::string RateSentence(const LoadResult& result) {
  const MessageCounts& messages = result.messages;
  const auto sessions = result.phases.find({Phase::kSession, Outcome::k2yz});
  if (messages.offered == 0 && sessions != result.phases.end()) {
    const auto count = static_cast<double>(sessions->second.service.count());
    const double seconds = std::chrono::duration<double>(result.measured).count();
    return fmt::format("{} sessions/s completed over {}; no message was due",
                       HumanRate(seconds > 0 ? count / seconds : 0),
                       HumanDuration(result.measured));
  }
  return fmt::format("{} messages/s accepted over {} ({} of {} offered)",
                     HumanRate(result.ThroughputPerSecond()), HumanDuration(result.measured),
                     Percent(messages.accepted, messages.offered), WithThousands(messages.offered));
}

}  // namespace

std::string ConclusionSentence(const LoadResult& result) {
  std::string text;
  if (NothingAccepted(result)) {
    text = fmt::format(
        "NOTHING WAS ACCEPTED, although the scenario expects it ({} rejected, {} failed). ",
        WithThousands(result.messages.rejected), WithThousands(result.messages.failed));
  }
  text += RateSentence(result);
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
  if (result.sessions.failed > 0)
    text += fmt::format("; sessions that failed: {} of {}", WithThousands(result.sessions.failed),
                        WithThousands(result.sessions.started));
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
