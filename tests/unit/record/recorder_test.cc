#include "runner/record/recorder.h"

#include <algorithm>
#include <chrono>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace smtpgauge {
namespace {

using std::chrono_literals::operator""us;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

const TimePoint kStart = TimePoint() + 1000s;

const std::vector<JudgedScript>& Scripts() {
  static const std::vector<JudgedScript> kScripts = {{"deliver", {"/steps/0", "/steps/1"}},
                                                     {"abort", {"/steps/0"}}};
  return kScripts;
}

Event MakeEvent(Phase phase, Outcome outcome, Duration at, Duration service = 1ms) {
  Event event;
  event.phase = phase;
  event.outcome = outcome;
  event.due = event.scheduled = event.started = kStart + at;
  event.finished = event.started + service;
  return event;
}

LoadResult Record(const std::vector<Event>& events, Duration warmup = {}) {
  Recorder recorder(kStart, warmup, Scripts());
  for (const Event& event : events)
    recorder.OnEvent(event);
  return recorder.Take();
}

TEST(Recorder, TellsServiceFromResponseTime) {
  Event event = MakeEvent(Phase::kEod, Outcome::k2yz, 5s, 200us);
  event.scheduled = event.started - 100us;
  const LoadResult result = Record({event});
  ASSERT_EQ(result.phases.size(), 1U);
  const PhaseTimes& times = result.phases.at({Phase::kEod, Outcome::k2yz});
  EXPECT_EQ(times.service.Max(), 200);
  EXPECT_EQ(times.response.Max(), 300);
}

TEST(Recorder, CountsMessagesByTheirEnd) {
  std::vector<Event> events;
  for (const Outcome outcome :
       {Outcome::k2yz, Outcome::k2yz, Outcome::k3yz, Outcome::k4yz, Outcome::k5yz,
        Outcome::kMalformed, Outcome::kTimeout, Outcome::kRefused, Outcome::kReset,
        Outcome::kClosed, Outcome::kTlsFailed}) {
    events.push_back(MakeEvent(Phase::kMessage, outcome, 1s));
    events.back().recipients = outcome == Outcome::k2yz ? 3 : 0;
    events.back().octets_out = outcome == Outcome::k2yz ? 100 : 0;
  }
  const LoadResult result = Record(events);
  EXPECT_EQ(result.messages.completed, 5U);
  EXPECT_EQ(result.messages.accepted, 2U);
  EXPECT_EQ(result.messages.rejected, 2U);
  EXPECT_EQ(result.messages.failed, 7U);
  EXPECT_EQ(result.messages.recipients_accepted, 6U);
  EXPECT_EQ(result.messages.content_octets, 200U);
}

TEST(Recorder, CountsSessions) {
  Recorder recorder(kStart, {}, Scripts());
  recorder.OnSessionStarted();
  recorder.OnSessionStarted();
  Event greeting = MakeEvent(Phase::kGreeting, Outcome::k2yz, 1s);
  greeting.code = 220;
  recorder.OnEvent(greeting);
  recorder.OnEvent(MakeEvent(Phase::kTls, Outcome::k2yz, 1s));
  recorder.OnEvent(MakeEvent(Phase::kTls, Outcome::kTlsFailed, 1s));
  recorder.OnTlsResumed();
  recorder.OnEvent(MakeEvent(Phase::kSession, Outcome::k2yz, 1s));
  recorder.OnSessionStarted();
  recorder.OnEvent(MakeEvent(Phase::kSession, Outcome::kReset, 1s));
  EXPECT_EQ(recorder.open_sessions(), 1U);
  const SessionCounts expected{3, 1, 1, 1, 2, 1, 1};
  EXPECT_EQ(recorder.Take().sessions, expected);
}

TEST(Recorder, LeavesTheWarmupOut) {
  Recorder recorder(kStart, 10s, Scripts());
  recorder.OnOffered(kStart + 1s);
  recorder.OnMessageStarted(kStart + 1s, kStart + 1s);
  recorder.OnLateness(kStart + 1s, kStart + 2s);
  recorder.OnLoopTurn(kStart + 1s, kStart + 2s);
  recorder.OnMissed(kStart + 2s);
  recorder.OnEvent(MakeEvent(Phase::kMessage, Outcome::k2yz, 1s));
  // Due in the warm-up: not measured, wherever it ends.
  recorder.OnEvent(MakeEvent(Phase::kMail, Outcome::k2yz, 9s, 5s));
  const LoadResult result = recorder.Take();
  EXPECT_EQ(result.messages, MessageCounts());
  EXPECT_TRUE(result.phases.empty());
  EXPECT_TRUE(result.checks.empty());
  EXPECT_EQ(result.generator.lateness.count(), 0U);
  EXPECT_EQ(result.generator.loop_stalls.count(), 0U);
  EXPECT_EQ(result.measured, Duration(4s));
  EXPECT_EQ(result.series.at(1).messages.accepted, 1U);
  EXPECT_EQ(result.series.at(1).messages.offered, 1U);
  EXPECT_EQ(result.series.at(2).messages.missed, 1U);
}

TEST(Recorder, AMessageBelongsWhereItWasDueHoweverLateItBegan) {
  Recorder recorder(kStart, 10s, Scripts());
  // Both waited for a server that slept from 9 s to 11 s.
  for (const Duration due : {Duration(9500ms), Duration(10500ms)}) {
    recorder.OnOffered(kStart + due);
    recorder.OnMessageStarted(kStart + due, kStart + 11s);
    for (const Phase phase : {Phase::kMail, Phase::kEod, Phase::kMessage}) {
      Event event = MakeEvent(phase, Outcome::k2yz, 11s);
      event.due = event.scheduled = kStart + due;
      recorder.OnEvent(event);
    }
  }
  EXPECT_EQ(recorder.AllMessages().accepted, 2U);
  const LoadResult result = recorder.Take();
  EXPECT_EQ(result.messages.offered, 1U);
  EXPECT_EQ(result.messages.started, 1U);
  EXPECT_EQ(result.messages.accepted, 1U);
  for (const auto& [key, times] : result.phases) {
    EXPECT_EQ(times.response.count(), 1U);
    EXPECT_EQ(times.response.Max(), 501'000);
  }
  EXPECT_EQ(result.in_window.accepted, 2U);  // rates are of what happened
  EXPECT_EQ(result.in_window.started, 2U);
  EXPECT_EQ(result.in_window.offered, 1U);
}

TEST(Recorder, KeepsWhatBelongsTogetherTogether) {
  // A message due just before the end of the warm-up: none of its exchanges is measured, although
  // some began behind it.
  Event eod = MakeEvent(Phase::kEod, Outcome::k2yz, 10s);
  eod.due = kStart + 9999ms;
  EXPECT_TRUE(Record({eod}, 10s).phases.empty());
}

TEST(Recorder, CountsPausesOfTheMeasuredWindow) {
  Recorder recorder(kStart, 10s, Scripts());
  recorder.OnPause(kStart + 9s, 2s);
  recorder.OnPause(kStart + 11s, 3s);  // a second of it in the window
  recorder.OnPause(kStart + 20s, 500ms);
  EXPECT_EQ(recorder.Take().generator.paused, Duration(1500ms));
}

TEST(Recorder, ASessionThatIsCutOffIsNeitherCompletedNorFailed) {
  Recorder recorder(kStart, {}, Scripts());
  recorder.OnSessionStarted();
  recorder.OnSessionCut();
  EXPECT_EQ(recorder.open_sessions(), 0U);
  const SessionCounts expected{1, 0, 0, 0, 1, 0, 0};
  EXPECT_EQ(recorder.Take().sessions, expected);
}

TEST(Recorder, MeasuresFromTheEndOfTheWarmup) {
  const LoadResult result = Record({MakeEvent(Phase::kMessage, Outcome::k2yz, 10s)}, 10s);
  EXPECT_EQ(result.messages.accepted, 1U);
  EXPECT_EQ(result.measured, Duration(1ms));
}

TEST(Recorder, CountsRecipientsOfMessagesThatNotAllGot) {
  std::vector<Event> events = {MakeEvent(Phase::kMessage, Outcome::k5yz, 1s),
                               MakeEvent(Phase::kMessage, Outcome::kReset, 2s)};
  events[0].recipients = 2;  // LMTP: two have it, one refused
  events[0].octets_out = 100;
  events[1].recipients = 1;
  const LoadResult result = Record(events);
  EXPECT_EQ(result.messages.recipients_accepted, 3U);
  EXPECT_EQ(result.messages.content_octets, 100U);
  EXPECT_EQ(result.messages.accepted, 0U);
}

TEST(Recorder, ThroughputIsOfWhatEndsInTheWindow) {
  struct Row {
    Duration at, service;
    std::uint64_t began, ended;  // within [10 s, 20 s)
  };
  for (const Row& row : {Row{9s, 500ms, 0, 0}, Row{9s, 2s, 0, 1}, Row{12s, 1s, 1, 1},
                         Row{19s, 999ms, 1, 1}, Row{19s, 1s, 1, 0}}) {
    Recorder recorder(kStart, 10s, Scripts());
    recorder.SetWindowEnd(kStart + 20s);
    recorder.OnEvent(MakeEvent(Phase::kMessage, Outcome::k2yz, row.at, row.service));
    recorder.OnEvent(MakeEvent(Phase::kMessage, Outcome::k4yz, row.at, row.service));
    const LoadResult result = recorder.Take();
    EXPECT_EQ(result.messages.accepted, row.began) << row.at.count();
    EXPECT_EQ(result.in_window.accepted, row.ended) << row.at.count();
    EXPECT_EQ(result.in_window.completed, 2 * row.ended) << row.at.count();
  }
}

TEST(Recorder, CountsRepliesByPhaseCodeAndEnhancedCode) {
  Event rejected = MakeEvent(Phase::kRcpt, Outcome::k4yz, 1s);
  rejected.code = 450;
  rejected.enhanced = {4, 7, 1};
  Event plain = MakeEvent(Phase::kRcpt, Outcome::k2yz, 1s);
  plain.code = 250;
  const LoadResult result =
      Record({rejected, plain, rejected, MakeEvent(Phase::kRcpt, Outcome::kTimeout, 1s)});
  const ReplyCounts::Map expected = {{{Phase::kRcpt, 250, ""}, 1},
                                     {{Phase::kRcpt, 450, "4.7.1"}, 2}};
  EXPECT_EQ(result.replies, expected);
}

TEST(Recorder, TakesAlikeExchangesAtOnce) {
  Event event = MakeEvent(Phase::kRcpt, Outcome::k2yz, 1s, 300us);
  event.code = 250;
  event.enhanced = {2, 1, 5};
  event.step = 1;
  const LoadResult one_by_one = Record({event, event, event, event});
  event.count = 3;
  const Event run = event;
  event.count = 1;
  const LoadResult at_once = Record({run, event});
  EXPECT_EQ(at_once.phases, one_by_one.phases);
  EXPECT_EQ(at_once.replies, one_by_one.replies);
  ASSERT_EQ(at_once.checks.size(), 1U);
  EXPECT_EQ(at_once.checks[0].counts, one_by_one.checks.at(0).counts);
}

TEST(Recorder, CountsVerdictsByStep) {
  Event event = MakeEvent(Phase::kMail, Outcome::k2yz, 1s);
  event.step = 1;
  Event failed = event;
  failed.verdict = Verdict::kFail;
  Event whole = MakeEvent(Phase::kMessage, Outcome::k2yz, 1s);
  Event beyond = event;
  beyond.step = 2;
  Event unknown = event;
  unknown.script = 2;
  const LoadResult result = Record({event, failed, event, whole, beyond, unknown});
  ASSERT_EQ(result.checks.size(), 1U);
  EXPECT_EQ(result.checks[0].scenario, "deliver");
  EXPECT_EQ(result.checks[0].step, "/steps/1");
  EXPECT_EQ(result.checks[0].counts[static_cast<std::size_t>(Verdict::kPass)], 2U);
  EXPECT_EQ(result.checks[0].counts[static_cast<std::size_t>(Verdict::kFail)], 1U);
}

TEST(Recorder, KeepsTenExamplesOfAStep) {
  Recorder recorder(kStart, {}, Scripts());
  for (int i = 0; i < 50; ++i) {
    if (recorder.WantsExample(0, 0)) recorder.OnExample(0, 0, {});
    recorder.OnExample(1, 0, {});
    recorder.OnExample(7, 0, {});
  }
  EXPECT_FALSE(recorder.WantsExample(0, 0));
  EXPECT_TRUE(recorder.WantsExample(0, 1));
  EXPECT_FALSE(recorder.WantsExample(0, 2));
  EXPECT_EQ(recorder.Take().examples.size(), 20U);
}

TEST(Recorder, SnapshotEqualsWhatIsTaken) {
  Recorder recorder(kStart, {}, Scripts());
  recorder.OnEvent(MakeEvent(Phase::kMessage, Outcome::k2yz, 1500ms));
  recorder.OnExample(0, 0, {});
  const LoadResult snapshot = recorder.Snapshot();
  const LoadResult taken = recorder.Take();
  EXPECT_EQ(snapshot.phases, taken.phases);
  EXPECT_EQ(snapshot.messages, taken.messages);
  EXPECT_EQ(snapshot.series.size(), taken.series.size());
  EXPECT_EQ(snapshot.examples.size(), 1U);
  EXPECT_EQ(snapshot.series[1].message_response, taken.series[1].message_response);
}

// --- Merging ------------------------------------------------------------------------------------

/// Ends at `at`; lasts from nothing to hours.
Event RandomEvent(std::mt19937_64& random, Duration at) {
  Event event;
  event.phase = static_cast<Phase>(random() % kPhaseCount);
  event.outcome = static_cast<Outcome>(random() % kOutcomeCount);
  event.finished = kStart + at;
  event.started = event.finished - Duration(random() >> (20 + random() % 44));
  event.scheduled = event.started - Duration(random() % 3'000'000'000);
  event.due = event.scheduled - Duration(random() % 1'000'000'000);
  event.verdict = static_cast<Verdict>(random() % kVerdictCount);
  event.script = static_cast<std::uint16_t>(random() % 3);
  event.step = static_cast<std::uint16_t>(random() % 3);
  event.code = static_cast<std::uint16_t>(random() % 4 == 0 ? 0 : 200 + random() % 10);
  event.enhanced.status_class = static_cast<std::uint16_t>(random() % 2 * 2);
  event.recipients = static_cast<std::uint32_t>(random() % 5);
  event.octets_out = random() % 100'000;
  return event;
}

void Sort(std::vector<StepChecks>& checks) {
  std::sort(checks.begin(), checks.end(), [](const StepChecks& a, const StepChecks& b) {
    return std::tie(a.scenario, a.step) < std::tie(b.scenario, b.step);
  });
}

void ExpectEqual(LoadResult merged, LoadResult whole) {
  EXPECT_EQ(merged.messages, whole.messages);
  EXPECT_EQ(merged.in_window, whole.in_window);
  merged.sessions.peak = whole.sessions.peak;  // a sum of peaks by contract
  EXPECT_EQ(merged.sessions, whole.sessions);
  EXPECT_EQ(merged.measured, whole.measured);
  EXPECT_TRUE(merged.phases == whole.phases);
  EXPECT_EQ(merged.replies, whole.replies);
  EXPECT_EQ(merged.generator.lateness, whole.generator.lateness);
  EXPECT_EQ(merged.generator.loop_stalls, whole.generator.loop_stalls);
  ASSERT_EQ(merged.series.size(), whole.series.size());
  for (std::size_t i = 0; i < whole.series.size(); ++i) {
    EXPECT_EQ(merged.series[i].messages, whole.series[i].messages) << i;
    EXPECT_EQ(merged.series[i].open_sessions, whole.series[i].open_sessions) << i;
    EXPECT_EQ(merged.series[i].message_response, whole.series[i].message_response) << i;
  }
  Sort(merged.checks);
  Sort(whole.checks);
  ASSERT_EQ(merged.checks.size(), whole.checks.size());
  for (std::size_t i = 0; i < whole.checks.size(); ++i) {
    EXPECT_EQ(merged.checks[i].counts, whole.checks[i].counts) << i;
  }
}

TEST(Recorder, ManyMergedEqualOneThatSawEverything) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    Recorder whole(kStart, 2s, Scripts());
    std::vector<Recorder> parts;
    for (unsigned i = 0; i <= seed % 4; ++i)
      parts.emplace_back(kStart, 2s, Scripts());
    Duration at{};
    for (int i = 0; i < 3000; ++i) {
      at += Duration(random() % 4'000'000);
      // All know the time, as they do when each worker ticks: open sessions are as of a second's
      // end.
      whole.Tick(kStart + at);
      for (Recorder& part : parts)
        part.Tick(kStart + at);
      Recorder& part = parts[random() % parts.size()];
      const Event event = RandomEvent(random, at);
      for (Recorder* recorder : {&whole, &part}) {
        recorder->OnOffered(kStart + at + 1s);
        if (event.code == 0) recorder->OnMissed(kStart + at);
        recorder->OnMessageStarted(event.due, kStart + at);
        if (event.phase == Phase::kSession) recorder->OnSessionStarted();
        recorder->OnLateness(event.scheduled, event.started);
        recorder->OnLoopTurn(event.started, event.finished);
        recorder->OnEvent(event);
      }
    }
    LoadResult merged;
    for (Recorder& part : parts)
      Merge(merged, part.Take());
    ExpectEqual(merged, whole.Take());
  }
}

}  // namespace
}  // namespace smtpgauge
