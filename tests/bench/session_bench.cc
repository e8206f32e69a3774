// One whole session without I/O: what a message costs us beside the kernel.
#include <filesystem>

#include <benchmark/benchmark.h>

#include "runner/record/recorder.h"
#include "runner/session/session.h"
#include "scenarios/catalogue.h"

namespace smtpgauge {
namespace {

const Plan& DeliverPlan() {
  static const Plan plan = [] {
    Bindings bindings;
    bindings.recipients = {"user@example.test"};
    return Catalogue::Load({std::filesystem::path(SMTPGAUGE_SOURCE_DIR) / "scenarios/load"})
        .CompileLoad(bindings, "deliver");
  }();
  return plan;
}

/// Takes what is written and answers nothing: the benchmark feeds the replies itself.
class SilentHost final : public SessionHost {
 public:
  explicit SilentHost(Recorder& recorder) : recorder_(recorder) {}

  void Connect(Session&, std::uint8_t, const smtpgauge::Connect&) override {}
  void StartTls(Session&, std::uint8_t, const smtpgauge::StartTls*) override {}
  bool Write(Session&, std::uint8_t, std::span<const iovec> octets) override {
    benchmark::DoNotOptimize(octets.data());
    return true;
  }
  void Close(Session&, std::uint8_t, Close::How) override {}
  std::vector<std::string> ReadDelivered(std::string_view, std::string_view) override { return {}; }
  void OnReply(Session&, const ObservedReply&) override {}
  void OnPeerClosed(Session&, CloseKind, bool) override {}
  Next NextMessage(Session& session, MessageJob& job) override {
    job.scheduled = std::chrono::steady_clock::now();
    job.recipients = &recipients_;
    job.sender = "sender@example.test";
    job.content = {.encoded = "body\r\n",
                   .encoded_end = ".\r\n",
                   .raw = "body\r\n",
                   .raw_end = {},
                   .octets = 6};
    session.SetSlot(kTokenSlot, "0123abcd-0-1");
    recorder_.OnMessageStarted(job.scheduled, job.scheduled);
    return Next::kMessage;
  }
  void OnEvent(const Event& event) override { recorder_.OnEvent(event); }
  void OnLimit(std::string_view) override {}
  void OnExample(Session&, const Op&, Verdict, std::string_view) override {}
  void OnDone(Session&) override {}

 private:
  Recorder& recorder_;
  std::vector<std::string> recipients_ = {"user@example.test"};
};

void Message(benchmark::State& state, Switch pipelining) {
  const Script& script = DeliverPlan().scripts.front();
  JudgedScript names;
  names.scenario = script.id;
  names.steps.resize(script.ops.size());
  SessionOptions options;
  options.load = true;
  options.transcripts = false;
  options.limits = DefaultLimits();
  options.pipelining = pipelining;
  const TimePoint began = std::chrono::steady_clock::now();
  Recorder recorder(began, {}, std::span(&names, 1));
  SilentHost host(recorder);
  Session session(script, 0, options, host);
  session.Start(began, began);
  session.OnConnected(1, began);
  session.OnOctets(1, "220 mx.example.test ESMTP\r\n", began);
  session.OnOctets(1, "250-mx.example.test\r\n250 PIPELINING\r\n", began);
  for (auto _ : state) {
    const TimePoint now = std::chrono::steady_clock::now();
    if (pipelining == Switch::kOn) {
      session.OnOctets(1, "250 2.1.0 ok\r\n250 2.1.5 ok\r\n354 go on\r\n", now);
      session.OnOctets(1, "250 2.0.0 queued\r\n", now);
    } else {
      session.OnOctets(1, "250 2.1.0 ok\r\n", now);
      session.OnOctets(1, "250 2.1.5 ok\r\n", now);
      session.OnOctets(1, "354 go on\r\n", now);
      session.OnOctets(1, "250 2.0.0 queued\r\n", now);
    }
  }
  if (session.done()) state.SkipWithError("the session ended");
}

BENCHMARK_CAPTURE(Message, lockstep, Switch::kOff);
BENCHMARK_CAPTURE(Message, pipelining, Switch::kOn);

}  // namespace
}  // namespace smtpgauge
