// The scenarios that come with the program are in order.
#include <algorithm>

#include <gtest/gtest.h>

#include "scenarios/catalogue.h"

namespace smtpgauge {
namespace {

void Compile(const Catalogue& catalogue, const std::string& profile, const std::string& tls) {
  Bindings bindings;
  bindings.profile = profile;
  bindings.tls = tls;
  bindings.recipients = {"box@example.test"};
  const Plan plan = catalogue.Compile(bindings);
  EXPECT_GT(plan.scripts.size(), 5U);
  for (const Script& script : plan.scripts) {
    const ScenarioHeader& header = plan.headers[script.header];
    const bool runs = header.observes.empty() && header.pending.empty();
    EXPECT_EQ(script.ops.empty(), !runs) << script.id;
  }
  EXPECT_EQ(plan.catalogue_hash.size(), 64U);
}

TEST(ShippedScenarios, LoadAndCompileForEveryProfileAndEveryTlsMode) {
  const Catalogue catalogue = Catalogue::Load({ShippedScenarios()});
  for (const char* tls : {"off", "starttls", "implicit", "auto"})
    Compile(catalogue, "mx", tls);
  Compile(catalogue, "submission", "starttls");
  Compile(catalogue, "relay", "auto");
  Compile(catalogue, "lmtp", "off");
  Compile(catalogue, "sink", "implicit");
}

}  // namespace
}  // namespace smtpgauge
