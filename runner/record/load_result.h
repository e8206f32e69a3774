// What a load run produced: pure data, mergeable, the input of every report writer.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "runner/record/check_result.h"
#include "runner/record/event.h"
#include "runner/record/histogram.h"
#include "runner/record/packed_histogram.h"
#include "runner/record/run_info.h"

namespace smtpgauge {

/// Times of one phase with one outcome. service = finished - started; response = finished -
/// scheduled.
struct PhaseTimes {
  Histogram service;
  Histogram response;
  friend bool operator==(const PhaseTimes&, const PhaseTimes&) = default;
};

/// Told apart on purpose: goodput is `accepted`, not `completed`.
struct MessageCounts {
  std::uint64_t offered = 0;    ///< arrivals that the load shape asked for
  std::uint64_t started = 0;    ///< a session took it: MAIL was sent
  std::uint64_t completed = 0;  ///< got its final reply, of whatever class
  std::uint64_t accepted = 0;   ///< final reply 2yz (LMTP: for every recipient)
  std::uint64_t rejected = 0;   ///< 4yz or 5yz to an envelope command or to the content
  std::uint64_t failed = 0;     ///< network failure, timeout, malformed reply, unexpected close
  std::uint64_t missed =
      0;  ///< arrivals that could not start for lack of a session; offered, never started
  std::uint64_t delayed =
      0;  ///< arrivals that had to wait for a session: all were busy, none might be opened
  std::uint64_t recipients_accepted = 0;
  std::uint64_t content_octets = 0;  ///< of what any recipient has, before dot-stuffing
  /// Under way when the run was cut short: begun, or waiting for a session to come up.
  [[nodiscard]] std::uint64_t Unfinished() const {
    const std::uint64_t ended = accepted + rejected + failed + missed;
    return offered > ended ? offered - ended : 0;
  }
  friend bool operator==(const MessageCounts&, const MessageCounts&) = default;
};

struct SessionCounts {
  std::uint64_t started = 0;
  std::uint64_t established = 0;  ///< greeted with 220
  std::uint64_t completed = 0;    ///< ended as the scenario says
  std::uint64_t failed = 0;
  std::uint64_t peak = 0;  ///< open at once
  std::uint64_t tls_handshakes = 0;
  std::uint64_t tls_resumed = 0;
  friend bool operator==(const SessionCounts&, const SessionCounts&) = default;
};

/// One second of the run.
struct Interval {
  MessageCounts messages;
  std::uint64_t open_sessions = 0;
  PackedHistogram message_response;  ///< whole message, every outcome
};

/// The generator's judgement of itself.
struct GeneratorReport {
  bool valid = true;
  std::vector<std::string> reasons;  ///< why not; a sentence each
  Histogram lateness;                ///< actual minus scheduled start
  Histogram loop_stalls;             ///< time of one turn of an event loop
  /// Of the measured window, the worst worker's: long times in which this process stood still.
  Duration paused{};
  double cpu_wait_share = 0;      ///< of the run, the worst worker's: ready, but without a CPU
  double cpu_us_per_message = 0;  ///< user + system of this process
  double cpu_share = 0;           ///< of one core, busiest worker, 0..1
  std::uint64_t workers = 0;
  std::uint64_t descriptor_limit = 0;
  std::uint64_t peak_descriptors = 0;
};

/// A judged expectation under load: counts, and the first examples that did not pass.
struct StepChecks {
  std::string scenario;
  std::string step;  ///< JSON pointer
  std::array<std::uint64_t, kVerdictCount> counts{};
};
struct FailureExample {
  std::string scenario;
  std::string step;
  Verdict verdict = Verdict::kFail;
  std::string expected;
  std::string actual;
  Duration at{};  ///< since the run began
  std::vector<TranscriptEntry> transcript;
};

struct ThresholdResult {
  std::string expression;  ///< as written: p99(eod) < 250ms
  double actual = 0;       ///< in the expression's unit; NaN when nothing was measured
  std::string unit;        ///< as written: "ms", "%", "/s", "" for counts
  std::string reason;      ///< why there is no `actual`; empty otherwise
  bool passed = false;
  bool aborted_run = false;
};

struct LoadResult {
  RunInfo info;
  MessageCounts messages;
  SessionCounts sessions;
  Duration measured_from{};  ///< end of the warm-up, since the run began
  Duration measured{};       ///< length of the measured window
  /// What the rates are of: what happened within the window, each count at its own instant.
  /// `messages` are those that were due in it, to their end: those that were under way at its
  /// begin and at its end make the difference.
  MessageCounts in_window;
  std::map<std::pair<Phase, Outcome>, PhaseTimes> phases;  ///< only what occurred
  std::map<std::tuple<Phase, int, std::string>, std::uint64_t>
      replies;                   ///< phase, code, "4.7.1" or ""
  std::vector<Interval> series;  ///< 1 s each, from the start
  GeneratorReport generator;
  std::vector<StepChecks> checks;
  std::vector<FailureExample> examples;
  std::vector<ThresholdResult> thresholds;
  std::vector<std::string> notes;  ///< mode facts: "pipelining: on (advertised)"
  bool partial = false;            ///< stopped by a signal

  /// Messages accepted within the measured window, per second of it.
  [[nodiscard]] double ThroughputPerSecond() const;
};

/// Messages were tried and not one was accepted, nor any recipient, although the scenario expects
/// otherwise: one of its steps was never answered as it should be. Where refusals are expected, all
/// steps pass.
[[nodiscard]] bool NothingAccepted(const LoadResult& result);

/// Each count of `other` is added.
void Add(MessageCounts& into, const MessageCounts& other);

/// At most this many FailureExample of one step are kept.
inline constexpr std::size_t kMaxExamplesPerStep = 10;

/// Exact: histograms slot by slot, counts added, series second by second; a default LoadResult is
/// neutral. `sessions.peak` becomes the sum, an upper bound. Thresholds are dropped: those of a
/// part say nothing about the whole.
void Merge(LoadResult& into, const LoadResult& other);

}  // namespace smtpgauge
