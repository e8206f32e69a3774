// Any server against any case of the shipped suite: the case ends with a verdict, and what it keeps
// for the report is bounded.
#include <cstddef>
#include <cstdint>
#include <filesystem>

#include "scenarios/catalogue.h"
#include "tests/fuzz/any_server.h"

namespace smtpgauge {
namespace {

constexpr std::size_t kMostTranscript = std::size_t{16} << 20;

const Plan& Suite() {
  static const Plan kPlan = [] {
    Bindings target;
    target.tls = "auto";
    target.recipients = {"user@example.test", "user2@example.test"};
    target.unknown_recipient = "nobody@example.test";
    target.user = "user";
    target.password = "secret-word";
    const std::filesystem::path scenarios =
        std::filesystem::path(SMTPGAUGE_SOURCE_DIR) / "scenarios";
    return Catalogue::Load({scenarios / "rfc5321", scenarios / "rfc4954", scenarios / "rfc3207",
                            scenarios / "rfc3030", scenarios / "rfc2920", scenarios / "security"})
        .Compile(target);
  }();
  return kPlan;
}

}  // namespace

// Not within the time limit of one input.
extern "C" int LLVMFuzzerInitialize(int*, char***) {
  (void)Suite();
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Plan& plan = Suite();
  FuzzedDataProvider input(data, size);
  const auto index = input.ConsumeIntegralInRange<std::uint16_t>(
      0, static_cast<std::uint16_t>(plan.scripts.size() - 1));
  const Script& script = plan.scripts[index];
  if (script.ops.empty()) return 0;
  SessionOptions options;
  options.limits = DefaultLimits();
  options.usual_noop = 250;
  options.usual_quit = 221;
  AnyServer server(input);
  Session session(script, index, options, server);
  session.SetSlot(kTokenSlot, "token");
  session.SetSlot(kSenderSlot, "sender@smtpgauge.example");
  session.SetSlot(kRecipientSlot, "user@example.test");
  server.Talk(session);
  std::size_t kept = 0;
  for (const TranscriptEntry& entry : session.TakeTranscript()) {
    kept += entry.octets.size();
    const bool shows = entry.octets.find("secret-word") != std::string::npos;
    if (shows && entry.kind == TranscriptEntry::Kind::kSent) std::abort();
  }
  if (kept > kMostTranscript) std::abort();
  return 0;
}

}  // namespace smtpgauge
