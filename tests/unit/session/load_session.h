// A session under load against a server in memory.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "scenarios/catalogue.h"
#include "tests/unit/session/scripted_server.h"

namespace smtpgauge {

inline constexpr std::size_t kWhole = 1 << 20;

inline Plan PlanOf(const std::string& profile) {
  Bindings bindings;
  bindings.profile = profile;
  bindings.recipients = {"user@example.test"};
  return Catalogue::Load({std::filesystem::path(SMTPGAUGE_SOURCE_DIR) / "scenarios/load"})
      .CompileLoad(bindings, "deliver");
}

class LoadSession : public ::testing::Test {
 protected:
  void Begin() {
    static const Plan kSmtp = PlanOf("mx");
    static const Plan kLmtp = PlanOf("lmtp");
    options.load = true;
    options.transcripts = false;
    options.limits = DefaultLimits();
    server.lmtp = options.lmtp;
    const Plan& plan = options.lmtp ? kLmtp : kSmtp;
    session = std::make_unique<Session>(plan.scripts.front(), 0, options, server);
    session->Start(server.now, server.now);
  }
  void Run(std::size_t piece = kWhole, std::size_t close_behind = SIZE_MAX) {
    Begin();
    server.Talk(*session, piece, close_behind);
  }
  [[nodiscard]] std::size_t Ended(Outcome outcome) const {
    std::size_t count = 0;
    for (const Event& event : server.EventsOf(Phase::kMessage)) {
      if (event.outcome == outcome) ++count;
    }
    return count;
  }

  SessionOptions options;
  ScriptedServer server;
  std::unique_ptr<Session> session;
};

}  // namespace smtpgauge
