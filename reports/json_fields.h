// The shape of a stored result, written once: every function below names the fields of one type,
// and both directions use it (JsonWriter in json.cc, JsonReader in json_reader.cc). What one writes
// the other demands, so a stored result loses nothing.
//
// `io` knows four calls. Field(name, value): a value that is stored. Rows(name, map, ...): a map as
// an array of objects, key first. Object(name, fields): nested object. Derived(name, value):
// computed from stored fields for whoever reads the file; the reader checks that it still agrees.
// Units are in the names; whole nanoseconds (_ns) where exactness matters. README: "Stored
// results".
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

#include "reports/report.h"
#include "reports/time_summary.h"

namespace smtpgauge {

inline constexpr std::string_view kCheckFormat = "smtpgauge-check";
inline constexpr std::string_view kLoadFormat = "smtpgauge-load";
inline constexpr std::uint64_t kFormatVersion = 1;

/// `const T` for the writer, `T` for the reader.
template <class Io, class T>
using Subject = typename Io::template Subject<T>;

using VerdictCounts = std::array<std::uint64_t, kVerdictCount>;

template <class Io>
void Fields(Io& io, Subject<Io, VerdictCounts>& counts) {
  for (std::size_t i = 0; i < kVerdictCount; ++i) {
    io.Field(VerdictName(static_cast<Verdict>(i)), counts[i]);
  }
  io.Derived("total", [&counts] {
    std::uint64_t total = 0;
    for (const std::uint64_t count : counts)
      total += count;
    return total;
  });
}

template <class Io>
void Fields(Io& io, Subject<Io, TimeSummary>& time) {
  io.Field("count", time.count);
  io.Field("mean", time.mean);
  io.Field("min", time.min);
  io.Field("p50", time.p50);
  io.Field("p90", time.p90);
  io.Field("p99", time.p99);
  io.Field("p99_9", time.p99_9);
  io.Field("max", time.max);
  io.Field("sum", time.sum);
  io.Field("overflows", time.overflows);
  io.Field("hdr", time.hdr);
}

template <class Io>
void InfoFields(Io& io, Subject<Io, RunInfo>& info) {
  io.Object("tool", [&info](Io& tool) {
    tool.Derived("name", [] { return std::string("smtpgauge"); });
    tool.Field("version", info.tool_version);
    tool.Field("command", info.command);
  });
  io.Object("catalogue",
            [&info](Io& catalogue) { catalogue.Field("sha256", info.catalogue_hash); });
  io.Object("target", [&info](Io& target) {
    target.Field("name", info.target);
    target.Field("addresses", info.addresses);
    target.Field("profile", info.profile);
    target.Field("tls", info.tls);
  });
  io.Field("seed", info.seed);
  io.Field("started", info.started);
  io.Field("elapsed_ns", info.elapsed);
}

template <class Io>
void Fields(Io& io, Subject<Io, TranscriptEntry>& entry) {
  io.Field("kind", entry.kind);
  io.Field("connection", entry.connection);
  io.Field("at_ns", entry.at);
  io.Field("octets", entry.octets);
  io.Field("omitted", entry.omitted);
}

template <class Io>
void Fields(Io& io, Subject<Io, CaseResult>& result) {
  io.Field("id", result.id);
  io.Field("title", result.title);
  io.Field("level", result.level);
  io.Field("rfc", result.rfc);
  io.Field("section", result.section);
  io.Field("file", result.file);
  io.Field("verdict", result.verdict);
  io.Field("reason", result.reason);
  io.Field("step", result.step);
  io.Field("expected", result.expected);
  io.Field("actual", result.actual);
  io.Field("duration_ns", result.duration);
  io.Field("baseline_reason", result.baseline_reason);
  io.Field("transcript", result.transcript);
}

template <class Io>
void Fields(Io& io, Subject<Io, TargetFact>& fact) {
  io.Field("name", fact.name);
  io.Field("value", fact.value);
}

template <class Io>
void Fields(Io& io, Subject<Io, CheckResult>& result) {
  InfoFields(io, result.info);
  io.Field("partial", result.partial);
  io.Derived("summary", [&result] {
    VerdictCounts counts{};
    for (const CaseResult& row : result.results)
      ++counts[static_cast<std::size_t>(row.verdict)];
    return counts;
  });
  io.Field("facts", result.facts);
  io.Field("notes", result.notes);
  io.Field("results", result.results);
}

template <class Io>
void Fields(Io& io, Subject<Io, MessageCounts>& messages) {
  io.Field("offered", messages.offered);
  io.Field("started", messages.started);
  io.Field("completed", messages.completed);
  io.Field("accepted", messages.accepted);
  io.Field("rejected", messages.rejected);
  io.Field("failed", messages.failed);
  io.Field("missed", messages.missed);
  io.Field("delayed", messages.delayed);
  io.Field("recipients_accepted", messages.recipients_accepted);
  io.Field("content_octets", messages.content_octets);
}

template <class Io>
void Fields(Io& io, Subject<Io, SessionCounts>& sessions) {
  io.Field("started", sessions.started);
  io.Field("established", sessions.established);
  io.Field("completed", sessions.completed);
  io.Field("failed", sessions.failed);
  io.Field("peak", sessions.peak);
  io.Field("tls_handshakes", sessions.tls_handshakes);
  io.Field("tls_resumed", sessions.tls_resumed);
}

template <class Io>
void Fields(Io& io, Subject<Io, Interval>& interval) {
  io.Field("messages", interval.messages);
  io.Field("open_sessions", interval.open_sessions);
  io.Field("message_response_time_us", interval.message_response);
}

template <class Io>
void Fields(Io& io, Subject<Io, GeneratorReport>& generator) {
  io.Field("valid", generator.valid);
  io.Field("reasons", generator.reasons);
  io.Field("lateness_us", generator.lateness);
  io.Field("loop_stalls_us", generator.loop_stalls);
  io.Field("paused_ns", generator.paused);
  io.Field("cpu_us_per_message", generator.cpu_us_per_message);
  io.Field("cpu_share", generator.cpu_share);
  io.Field("cpu_wait_share", generator.cpu_wait_share);
  io.Field("workers", generator.workers);
  io.Field("descriptor_limit", generator.descriptor_limit);
  io.Field("peak_descriptors", generator.peak_descriptors);
}

template <class Io>
void Fields(Io& io, Subject<Io, StepChecks>& checks) {
  io.Field("scenario", checks.scenario);
  io.Field("step", checks.step);
  Fields(io, checks.counts);
}

template <class Io>
void Fields(Io& io, Subject<Io, FailureExample>& example) {
  io.Field("scenario", example.scenario);
  io.Field("step", example.step);
  io.Field("verdict", example.verdict);
  io.Field("expected", example.expected);
  io.Field("actual", example.actual);
  io.Field("at_ns", example.at);
  io.Field("transcript", example.transcript);
}

template <class Io>
void Fields(Io& io, Subject<Io, ThresholdResult>& threshold) {
  io.Field("expression", threshold.expression);
  io.Field("actual", threshold.actual);
  io.Field("unit", threshold.unit);
  io.Field("reason", threshold.reason);
  io.Field("passed", threshold.passed);
  io.Field("aborted_run", threshold.aborted_run);
}

/// Per second of the measured window; 0 when nothing was measured.
[[nodiscard]] inline double PerSecond(std::uint64_t count, Duration window) {
  const double seconds = std::chrono::duration<double>(window).count();
  return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

template <class Io>
void Fields(Io& io, Subject<Io, LoadResult>& result) {
  InfoFields(io, result.info);
  io.Field("partial", result.partial);
  io.Field("generator", result.generator);
  io.Field("measured_from_ns", result.measured_from);
  io.Field("measured_ns", result.measured);
  io.Field("in_window", result.in_window);
  io.Derived("throughput_per_s", [&result] { return result.ThroughputPerSecond(); });
  io.Derived("offered_per_s",
             [&result] { return PerSecond(result.in_window.offered, result.measured); });
  io.Derived("completed_per_s",
             [&result] { return PerSecond(result.in_window.completed, result.measured); });
  io.Derived("recipients_per_s", [&result] {
    return PerSecond(result.in_window.recipients_accepted, result.measured);
  });
  io.Derived("content_octets_per_s",
             [&result] { return PerSecond(result.in_window.content_octets, result.measured); });
  io.Field("messages", result.messages);
  io.Derived("unfinished", [&result] { return result.messages.Unfinished(); });
  io.Field("sessions", result.sessions);
  io.Rows("phases", result.phases, [](Io& row, auto& key, auto& times) {
    row.Field("phase", key.first);
    row.Field("outcome", key.second);
    row.Field("service_time_us", times.service);
    row.Field("response_time_us", times.response);
  });
  io.Derived("checks", [&result] {
    VerdictCounts counts{};
    for (const StepChecks& checks : result.checks) {
      for (std::size_t i = 0; i < kVerdictCount; ++i)
        counts[i] += checks.counts[i];
    }
    return counts;
  });
  io.Field("thresholds", result.thresholds);
  io.Rows("replies", result.replies, [](Io& row, auto& key, auto& count) {
    row.Field("phase", std::get<0>(key));
    row.Field("code", std::get<1>(key));
    row.Field("enhanced", std::get<2>(key));
    row.Field("count", count);
  });
  io.Field("check_steps", result.checks);
  io.Field("examples", result.examples);
  io.Field("notes", result.notes);
  io.Field("series", result.series);
}

}  // namespace smtpgauge
