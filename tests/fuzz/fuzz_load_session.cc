// Any server against a session under load: each message that was handed out is told exactly once,
// and so is the session.
#include <cstddef>
#include <cstdint>
#include <filesystem>

#include "scenarios/catalogue.h"
#include "tests/fuzz/any_server.h"

namespace smtpgauge {
namespace {

class Load final : public AnyServer {
 public:
  explicit Load(FuzzedDataProvider& input)
      : AnyServer(input),
        wanted_(input.ConsumeIntegralInRange<std::uint32_t>(0, 5)),
        recipients_of_each_(input.ConsumeIntegralInRange<std::uint32_t>(1, 4)) {}

  Next NextMessage(Session& session, MessageJob& job) override {
    if (handed_out == wanted_) return Next::kClose;
    ++handed_out;
    job.scheduled = now_;
    job.recipients = &recipients_;
    job.recipient_count = recipients_of_each_;
    job.sender = "sender@smtpgauge.example";
    job.content = {.encoded = "body\r\n",
                   .encoded_end = ".\r\n",
                   .raw = "body\r\n",
                   .raw_end = {},
                   .octets = 6};
    session.SetSlot(kTokenSlot, "token");
    return Next::kMessage;
  }
  void OnEvent(const Event& event) override {
    if (event.phase == Phase::kMessage) ++messages;
    if (event.phase == Phase::kSession) ++sessions;
    if (event.finished < event.started || event.started < event.scheduled) std::abort();
  }

  std::uint32_t handed_out = 0, messages = 0, sessions = 0;

 private:
  std::uint32_t wanted_;
  std::uint32_t recipients_of_each_;
  std::vector<std::string> recipients_ = {"user@example.test", "user2@example.test"};
};

const Plan& PlanOf(bool lmtp) {
  const auto compile = [](const char* profile) {
    Bindings target;
    target.profile = profile;
    target.recipients = {"user@example.test"};
    return Catalogue::Load({std::filesystem::path(SMTPGAUGE_SOURCE_DIR) / "scenarios/load"})
        .CompileLoad(target, "deliver");
  };
  static const Plan kSmtp = compile("mx");
  static const Plan kLmtp = compile("lmtp");
  return lmtp ? kLmtp : kSmtp;
}

Switch AnySwitch(FuzzedDataProvider& input) {
  return static_cast<Switch>(input.ConsumeIntegralInRange(0, 2));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzedDataProvider input(data, size);
  SessionOptions options;
  options.load = true;
  options.transcripts = false;
  options.lmtp = input.ConsumeBool();
  options.pipelining = AnySwitch(input);
  options.chunking = AnySwitch(input);
  options.bdat_group = input.ConsumeIntegralInRange<std::uint32_t>(1, 4);
  options.limits = DefaultLimits();
  const Plan& plan = PlanOf(options.lmtp);
  Load server(input);
  Session session(plan.scripts.front(), 0, options, server);
  server.Talk(session);
  if (server.messages != server.handed_out || server.sessions != 1) std::abort();
  return 0;
}

}  // namespace smtpgauge
