#include "runner/record/load_result.h"

#include <algorithm>
#include <cstddef>

namespace smtpgauge {

void Add(MessageCounts& into, const MessageCounts& other) {
  into.offered += other.offered;
  into.started += other.started;
  into.completed += other.completed;
  into.accepted += other.accepted;
  into.rejected += other.rejected;
  into.failed += other.failed;
  into.missed += other.missed;
  into.delayed += other.delayed;
  into.recipients_accepted += other.recipients_accepted;
  into.content_octets += other.content_octets;
}

namespace {

void Add(SessionCounts& into, const SessionCounts& other) {
  into.started += other.started;
  into.established += other.established;
  into.completed += other.completed;
  into.failed += other.failed;
  into.peak += other.peak;
  into.tls_handshakes += other.tls_handshakes;
  into.tls_resumed += other.tls_resumed;
}

void AddMissing(std::vector<std::string>& into, const std::vector<std::string>& other) {
  for (const std::string& sentence : other) {
    if (std::find(into.begin(), into.end(), sentence) == into.end()) into.push_back(sentence);
  }
}

/// CPU per message weighs by messages, so it needs the counts from before they were added.
void Merge(GeneratorReport& into, std::uint64_t into_messages, const GeneratorReport& other,
           std::uint64_t other_messages) {
  into.valid = into.valid && other.valid;
  AddMissing(into.reasons, other.reasons);
  into.lateness.Merge(other.lateness);
  into.loop_stalls.Merge(other.loop_stalls);
  if (into_messages + other_messages > 0) {
    into.cpu_us_per_message = (into.cpu_us_per_message * static_cast<double>(into_messages) +
                               other.cpu_us_per_message * static_cast<double>(other_messages)) /
                              static_cast<double>(into_messages + other_messages);
  }
  into.paused = std::max(into.paused, other.paused);
  into.cpu_wait_share = std::max(into.cpu_wait_share, other.cpu_wait_share);
  into.cpu_share = std::max(into.cpu_share, other.cpu_share);
  into.workers += other.workers;
  if (into.descriptor_limit == 0 ||
      (other.descriptor_limit != 0 && other.descriptor_limit < into.descriptor_limit)) {
    into.descriptor_limit = other.descriptor_limit;
  }
  into.peak_descriptors = std::max(into.peak_descriptors, other.peak_descriptors);
}

void Merge(std::vector<Interval>& into, const std::vector<Interval>& other) {
  if (into.size() < other.size()) into.resize(other.size());
  for (std::size_t i = 0; i < other.size(); ++i) {
    Add(into[i].messages, other[i].messages);
    into[i].open_sessions += other[i].open_sessions;
    into[i].message_response.Merge(other[i].message_response);
  }
}

void Merge(std::vector<StepChecks>& into, const std::vector<StepChecks>& other) {
  for (const StepChecks& added : other) {
    const auto same = std::find_if(into.begin(), into.end(), [&](const StepChecks& checks) {
      return checks.scenario == added.scenario && checks.step == added.step;
    });
    if (same == into.end()) {
      into.push_back(added);
      continue;
    }
    for (std::size_t i = 0; i < added.counts.size(); ++i)
      same->counts[i] += added.counts[i];
  }
}

void Merge(std::vector<FailureExample>& into, const std::vector<FailureExample>& other) {
  for (const FailureExample& added : other) {
    const auto kept = std::count_if(into.begin(), into.end(), [&](const FailureExample& example) {
      return example.scenario == added.scenario && example.step == added.step;
    });
    if (static_cast<std::size_t>(kept) < kMaxExamplesPerStep) into.push_back(added);
  }
}

void Merge(RunInfo& into, const RunInfo& other) {
  if (into.command.empty()) {
    into = other;
    return;
  }
  into.started = std::min(into.started, other.started);
  into.elapsed = std::max(into.elapsed, other.elapsed);
}

}  // namespace

bool NothingAccepted(const LoadResult& result) {
  const MessageCounts& messages = result.messages;
  const bool tried = messages.rejected + messages.failed > 0;
  if (!tried || messages.accepted > 0 || messages.recipients_accepted > 0) return false;
  return std::any_of(result.checks.begin(), result.checks.end(), [](const StepChecks& checks) {
    const auto count = [&](Verdict verdict) {
      return checks.counts[static_cast<std::size_t>(verdict)];
    };
    const auto unmet = count(Verdict::kFail) + count(Verdict::kBlocked) + count(Verdict::kError);
    // What comes behind the messages says nothing of them; what fails before them leaves none.
    const bool behind = checks.step.starts_with("/close");
    return !behind && unmet > 0 && count(Verdict::kPass) + count(Verdict::kWarn) == 0;
  });
}

double LoadResult::ThroughputPerSecond() const {
  if (measured <= Duration::zero()) return 0;
  return static_cast<double>(in_window.accepted) / std::chrono::duration<double>(measured).count();
}

void Merge(LoadResult& into, const LoadResult& other) {
  Merge(into.info, other.info);
  Merge(into.generator, into.messages.started, other.generator, other.messages.started);
  Add(into.messages, other.messages);
  Add(into.sessions, other.sessions);
  into.measured_from = std::max(into.measured_from, other.measured_from);
  into.measured = std::max(into.measured, other.measured);
  Add(into.in_window, other.in_window);
  for (const auto& [key, times] : other.phases) {
    PhaseTimes& sum = into.phases[key];
    sum.service.Merge(times.service);
    sum.response.Merge(times.response);
  }
  for (const auto& [key, count] : other.replies)
    into.replies[key] += count;
  Merge(into.series, other.series);
  Merge(into.checks, other.checks);
  Merge(into.examples, other.examples);
  into.thresholds.clear();
  AddMissing(into.notes, other.notes);
  into.partial = into.partial || other.partial;
}

}  // namespace smtpgauge
