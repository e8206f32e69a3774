#include "runner/record/metric.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <tuple>
#include <utility>

#include "runner/record/units.h"

namespace smtpgauge {
namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
constexpr double kPercent = 100;

struct MessageCount {
  std::string_view name;
  std::uint64_t MessageCounts::*member;
};

constexpr std::array<MessageCount, 8> kMessageCounts = {{{"offered", &MessageCounts::offered},
                                                         {"started", &MessageCounts::started},
                                                         {"completed", &MessageCounts::completed},
                                                         {"accepted", &MessageCounts::accepted},
                                                         {"rejected", &MessageCounts::rejected},
                                                         {"failed", &MessageCounts::failed},
                                                         {"missed", &MessageCounts::missed},
                                                         {"delayed", &MessageCounts::delayed}}};

/// Exchanges that a phase and an outcome, where given, pick out.
struct Exchanges {
  std::optional<Phase> phase;
  std::optional<Outcome> outcome;

  /// Whole messages and sessions consist of exchanges: they count only where named.
  [[nodiscard]] bool IsOfPhase(Phase other) const {
    return phase ? *phase == other : other != Phase::kMessage && other != Phase::kSession;
  }
  [[nodiscard]] bool Contains(Phase other, Outcome other_outcome) const {
    return IsOfPhase(other) && (!outcome || *outcome == other_outcome);
  }
  [[nodiscard]] std::string Absence() const {
    std::string text = "no exchange";
    if (phase) text.append(" of ").append(PhaseName(*phase));
    if (outcome) text.append(" with outcome ").append(OutcomeName(*outcome));
    return text + " was measured";
  }
};

template <typename Name>
std::string Names(std::size_t count, Name name) {
  std::string list;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) list += ", ";
    list += name(i);
  }
  return list;
}

std::string PhaseNames() {
  return Names(kPhaseCount, [](std::size_t i) { return PhaseName(static_cast<Phase>(i)); });
}
std::string OutcomeNames() {
  return Names(kOutcomeCount, [](std::size_t i) { return OutcomeName(static_cast<Outcome>(i)); });
}
std::string VerdictNames() {
  return Names(kVerdictCount, [](std::size_t i) { return VerdictName(static_cast<Verdict>(i)); });
}
std::string MessageCountNames() {
  return Names(kMessageCounts.size(), [](std::size_t i) { return kMessageCounts[i].name; });
}

[[noreturn]] void Refuse(std::string_view text, const std::string& allowed) {
  constexpr std::size_t kQuoted = 60;
  throw MetricError("'" + std::string(text.substr(0, kQuoted)) +
                    (text.size() > kQuoted ? "...'" : "'") + " is not known here; write " +
                    allowed);
}

std::pair<std::string_view, std::string_view> SplitAtDot(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == text.npos) return {text, {}};
  return {Trim(text.substr(0, dot)), Trim(text.substr(dot + 1))};
}

// --- Times --------------------------------------------------------------------------------------

double Statistic(const Histogram& histogram, std::string_view statistic, double quantile) {
  if (histogram.count() == 0) return kNothing;
  if (statistic == "mean") return histogram.Mean();
  if (statistic == "max") return static_cast<double>(histogram.Max());
  if (statistic == "min") return static_cast<double>(histogram.Min());
  return static_cast<double>(histogram.Quantile(quantile));
}

/// What to take out of `PhaseTimes`, and of which of them.
struct TimesSubject {
  Exchanges exchanges;
  Histogram PhaseTimes::*time = &PhaseTimes::response;
};

TimesSubject ParseTimesSubject(std::string_view text) {
  const auto refuse = [](std::string_view word) {
    Refuse(word, "PHASE[.OUTCOME][.response|.service] or lateness or loop_stalls, PHASE one of " +
                     PhaseNames() + ", OUTCOME one of " + OutcomeNames());
  };
  TimesSubject subject;
  auto [word, rest] = SplitAtDot(text);
  subject.exchanges.phase = PhaseFromName(word);
  if (!subject.exchanges.phase || text.ends_with('.')) refuse(text);
  while (!rest.empty()) {
    std::tie(word, rest) = SplitAtDot(rest);
    const bool is_last = rest.empty();
    if (is_last && word == "service") {
      subject.time = &PhaseTimes::service;
    } else if (!(is_last && word == "response")) {
      if (subject.exchanges.outcome) refuse(text);
      subject.exchanges.outcome = OutcomeFromName(word);
      if (!subject.exchanges.outcome) refuse(word);
    }
  }
  return subject;
}

Metric TimesMetric(std::string_view statistic, double quantile, std::string_view subject) {
  const auto of_generator = [&](Histogram GeneratorReport::*member) -> Metric {
    return {Metric::Unit::kMicros,
            [name = std::string(statistic), quantile, member](const LoadResult& result) {
              return Statistic(result.generator.*member, name, quantile);
            },
            "no " + std::string(subject) + " was measured"};
  };
  if (subject == "lateness") return of_generator(&GeneratorReport::lateness);
  if (subject == "loop_stalls") return of_generator(&GeneratorReport::loop_stalls);
  const TimesSubject times = ParseTimesSubject(subject);
  return {Metric::Unit::kMicros,
          [name = std::string(statistic), quantile, times](const LoadResult& result) {
            Histogram all;
            for (const auto& [key, phase_times] : result.phases) {
              if (times.exchanges.Contains(key.first, key.second)) {
                all.Merge(phase_times.*times.time);
              }
            }
            return Statistic(all, name, quantile);
          },
          times.exchanges.Absence(),
          times.exchanges.phase == Phase::kMessage && !times.exchanges.outcome &&
              times.time == &PhaseTimes::response};
}

std::optional<double> ParseQuantile(std::string_view name) {
  if (!name.starts_with('p')) return std::nullopt;
  double percent = 0;
  const char* const end = name.data() + name.size();
  const auto [at, error] = std::from_chars(name.data() + 1, end, percent, std::chars_format::fixed);
  if (error != std::errc() || at != end || !(percent >= 0 && percent <= kPercent)) {
    return std::nullopt;
  }
  return percent / kPercent;
}

// --- Counts and rates ---------------------------------------------------------------------------

double CountExchanges(const LoadResult& result, const Exchanges& exchanges) {
  std::uint64_t count = 0;
  for (const auto& [key, times] : result.phases) {
    if (exchanges.Contains(key.first, key.second)) count += times.service.count();
  }
  return static_cast<double>(count);
}

/// What a share of messages is taken of. While a run goes on, and in every window of it, some are
/// under way: as a share of what was offered, acceptance would look the worse the slower it is.
double WholeOf(const MessageCounts& messages, std::uint64_t MessageCounts::*part) {
  const bool of_beginnings = part == &MessageCounts::offered || part == &MessageCounts::started ||
                             part == &MessageCounts::delayed;
  if (of_beginnings) return static_cast<double>(messages.offered);
  return static_cast<double>(messages.accepted + messages.rejected + messages.failed +
                             messages.missed);
}

enum class Share : std::uint8_t { kCount, kRate };

double CountOrRate(Share share, double count, double whole) {
  if (whole == 0) return kNothing;
  return share == Share::kRate ? kPercent * count / whole : count;
}

std::optional<Exchanges> ParseExchanges(Share share, std::string_view subject) {
  const auto [first, second] = SplitAtDot(subject);
  if (!second.empty()) {
    const Exchanges exchanges{PhaseFromName(first), OutcomeFromName(second)};
    if (!exchanges.phase || !exchanges.outcome) return std::nullopt;
    return exchanges;
  }
  // "tls" is both: a phase has a number of exchanges, but a share only of an outcome makes sense.
  if (share == Share::kCount) {
    if (const auto phase = PhaseFromName(subject)) return Exchanges{phase, std::nullopt};
  }
  const auto outcome = OutcomeFromName(subject);
  if (!outcome) return std::nullopt;
  return Exchanges{std::nullopt, outcome};
}

Metric ShareMetric(Share share, std::string_view subject) {
  const Metric::Unit unit = share == Share::kRate ? Metric::Unit::kPercent : Metric::Unit::kCount;
  for (const MessageCount& known : kMessageCounts) {
    if (known.name != subject) continue;
    return {unit,
            [share, member = known.member](const LoadResult& result) {
              const MessageCounts& messages = result.messages;
              const auto count = static_cast<double>(messages.*member);
              if (share == Share::kCount) return messages.offered == 0 ? kNothing : count;
              return CountOrRate(share, count, WholeOf(messages, member));
            },
            "no message was offered, or none came to an end", true};
  }
  const std::optional<Exchanges> exchanges = ParseExchanges(share, subject);
  if (!exchanges) {
    Refuse(subject, MessageCountNames() + ", or PHASE.OUTCOME, PHASE one of " + PhaseNames() +
                        ", OUTCOME one of " + OutcomeNames());
  }
  const Exchanges whole{exchanges->phase, std::nullopt};
  return {unit,
          [share, part = *exchanges, whole](const LoadResult& result) {
            return CountOrRate(share, CountExchanges(result, part), CountExchanges(result, whole));
          },
          whole.Absence()};
}

Metric ChecksMetric(std::string_view subject) {
  const std::optional<Verdict> verdict = VerdictFromName(subject);
  if (!verdict) Refuse(subject, "one of " + VerdictNames());
  return {Metric::Unit::kCount,
          [verdict = *verdict](const LoadResult& result) {
            if (result.checks.empty()) return kNothing;
            std::uint64_t count = 0;
            for (const StepChecks& checks : result.checks) {
              count += checks.counts[static_cast<std::size_t>(verdict)];
            }
            return static_cast<double>(count);
          },
          "no reply was judged"};
}

}  // namespace

Metric ParseMetric(std::string_view text) {
  text = Trim(text);
  if (text == "throughput") {
    return {Metric::Unit::kPerSecond,
            [](const LoadResult& result) {
              return result.measured > Duration::zero() ? result.ThroughputPerSecond() : kNothing;
            },
            "the measured time is zero", true};
  }
  const std::size_t open = text.find('(');
  if (open != text.npos && text.ends_with(')')) {
    const std::string_view function = Trim(text.substr(0, open));
    const std::string_view subject = Trim(text.substr(open + 1, text.size() - open - 2));
    if (function == "count") return ShareMetric(Share::kCount, subject);
    if (function == "rate") return ShareMetric(Share::kRate, subject);
    if (function == "checks") return ChecksMetric(subject);
    const std::optional<double> quantile = ParseQuantile(function);
    if (quantile || function == "mean" || function == "max" || function == "min") {
      return TimesMetric(function, quantile.value_or(0), subject);
    }
  }
  Refuse(text,
         "p0 to p100, mean, max, min, count, rate or checks with ( ), or throughput, as in "
         "p99(eod), rate(accepted), checks(fail)");
}

}  // namespace smtpgauge
