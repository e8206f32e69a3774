// The scenarios that come with the program are in order.
#include <algorithm>

#include <gtest/gtest.h>

#include "scenarios/catalogue.h"

namespace smtpgauge {
namespace {

TEST(ShippedScenarios, LoadAndCompileForEveryProfileAndTlsMode) {
  const Catalogue catalogue = Catalogue::Load({ShippedScenarios()});
  for (const char* profile : {"mx", "submission", "relay", "lmtp", "sink"}) {
    for (const char* tls : {"off", "starttls", "implicit", "auto"}) {
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
  }
}

}  // namespace
}  // namespace smtpgauge
