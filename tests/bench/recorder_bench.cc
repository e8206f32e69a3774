#include <chrono>
#include <cstdint>
#include <vector>

#include <benchmark/benchmark.h>

#include "runner/record/recorder.h"

namespace smtpgauge {
namespace {

/// A lock-step message: MAIL, RCPT, DATA, end of data, and the message as a whole.
void RecordMessage(benchmark::State& state) {
  const std::vector<JudgedScript> scripts = {{"deliver", {"/0", "/1", "/2", "/3"}}};
  const TimePoint run_started = TimePoint() + std::chrono::hours(1);
  Recorder recorder(run_started, {}, scripts);
  TimePoint now = run_started;
  std::uint64_t varied = 1;
  for (auto _ : state) {
    const TimePoint message_started = now;
    recorder.OnMessageStarted(now, now);
    Event event;
    for (const Phase phase : {Phase::kMail, Phase::kRcpt, Phase::kData, Phase::kEod}) {
      varied = varied * 6364136223846793005 + 1442695040888963407;
      event.phase = phase;
      event.outcome = phase == Phase::kData ? Outcome::k3yz : Outcome::k2yz;
      event.code = phase == Phase::kData ? 354 : 250;
      event.enhanced.status_class = phase == Phase::kData ? 0 : 2;
      event.step =
          static_cast<std::uint16_t>(static_cast<int>(phase) - static_cast<int>(Phase::kMail));
      event.scheduled = message_started;
      event.started = now;
      now += Duration(20'000 + varied % 100'000);
      event.finished = now;
      recorder.OnEvent(event);
    }
    event.phase = Phase::kMessage;
    event.outcome = Outcome::k2yz;
    event.started = message_started;
    event.recipients = 1;
    event.octets_out = 1024;
    recorder.OnEvent(event);
  }
  state.SetItemsProcessed(state.iterations() * 5);
}
BENCHMARK(RecordMessage);

}  // namespace
}  // namespace smtpgauge
