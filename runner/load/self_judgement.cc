#include "runner/load/self_judgement.h"

#include <sys/resource.h>

#include <algorithm>

#include <fmt/format.h>

#include "runner/record/units.h"

namespace smtpgauge {
namespace {

double Micros(Duration time) {
  return std::chrono::duration<double, std::micro>(time).count();
}

std::string Spoken(double micros) {
  return FormatMicros(micros);
}

/// p99 of the response times of whole messages, in microseconds.
double MessageResponse99(const LoadResult& result) {
  Histogram all;
  for (const auto& [key, times] : result.phases) {
    if (key.first == Phase::kMessage) all.Merge(times.response);
  }
  return all.count() == 0 ? 0 : static_cast<double>(all.Quantile(0.99));
}

void JudgeLateness(LoadResult& result) {
  const Histogram& lateness = result.generator.lateness;
  if (lateness.count() == 0) return;
  const auto median = static_cast<double>(lateness.Quantile(0.5));
  const auto p99 = static_cast<double>(lateness.Quantile(0.99));
  if (median > Micros(kMostLatenessMedian)) {
    result.generator.reasons.push_back(
        fmt::format("Half of all messages started more than {} behind the schedule (bound: {}); "
                    "use more --jobs "
                    "or a quieter machine.",
                    Spoken(median), Spoken(Micros(kMostLatenessMedian))));
  }
  if (p99 > Micros(kMostLateness99) && p99 > kLatenessShare * MessageResponse99(result)) {
    result.generator.reasons.push_back(
        fmt::format("1 % of the messages started more than {} behind the schedule, which is "
                    "neither below {} nor "
                    "below a tenth of the measured response time.",
                    Spoken(p99), Spoken(Micros(kMostLateness99))));
  }
}

void JudgeStalls(LoadResult& result) {
  const Histogram& stalls = result.generator.loop_stalls;
  if (stalls.count() == 0) return;
  const auto p99 = static_cast<double>(stalls.Quantile(0.99));
  if (p99 > Micros(kMostStall99)) {
    result.generator.reasons.push_back(fmt::format(
        "1 % of the event loop's turns took more than {} (bound: {}): replies waited for "
        "us, not for the target.",
        Spoken(p99), Spoken(Micros(kMostStall99))));
  }
}

void JudgePauses(LoadResult& result) {
  const Duration paused = result.generator.paused;
  if (paused <= result.measured * kMostPausedShare) return;
  result.generator.reasons.push_back(fmt::format(
      "This process stood still for {} of {} (bound: {:.0f} %): it was stopped, or something else "
      "had the CPU, and the target was idle meanwhile.",
      Spoken(Micros(paused)), Spoken(Micros(result.measured)), kMostPausedShare * 100));
}

void JudgeCpuWait(LoadResult& result) {
  const double share = result.generator.cpu_wait_share;
  if (share <= kMostCpuWaitShare || result.measured < kShortestForCpuWait) return;
  result.generator.reasons.push_back(fmt::format(
      "A worker was ready but had no CPU for {:.0f} % of the run (bound: {:.0f} %); use "
      "a quieter machine, or fewer --jobs than it has cores.",
      share * 100, kMostCpuWaitShare * 100));
}

void JudgeCpu(const LoadSettings& settings, LoadResult& result) {
  if (result.generator.cpu_share <= kMostCpuShare) return;
  std::string sentence =
      fmt::format("A worker used {:.0f} % of its core", result.generator.cpu_share * 100);
  if (settings.shape) {
    result.generator.reasons.push_back(
        sentence + fmt::format(" (bound: {:.0f} %); use more --jobs.", kMostCpuShare * 100));
  } else {
    result.notes.push_back(sentence +
                           ": the throughput may be this machine's, not the target's; try more "
                           "--jobs.");
  }
}

}  // namespace

void JudgeGenerator(const LoadSettings& settings, std::string_view limit, LoadResult& result) {
  rlimit descriptors{};
  if (::getrlimit(RLIMIT_NOFILE, &descriptors) == 0)
    result.generator.descriptor_limit = descriptors.rlim_cur;
  // Standard streams, and for each worker an epoll set of ours, Asio's three, and a timer.
  constexpr std::uint64_t kPerWorker = 5;
  result.generator.peak_descriptors = result.sessions.peak + 3 + kPerWorker * settings.workers;
  if (!limit.empty()) {
    result.generator.reasons.push_back(
        fmt::format("This machine ran out of something that sessions need: {}.", limit));
  }
  JudgeLateness(result);
  JudgeStalls(result);
  JudgePauses(result);
  JudgeCpuWait(result);
  JudgeCpu(settings, result);
  result.generator.valid = result.generator.reasons.empty();
}

}  // namespace smtpgauge
