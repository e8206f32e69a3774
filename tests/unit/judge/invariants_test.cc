// Always-on observations that depend on more than the reply itself.
#include "runner/judge/invariants.h"

#include <algorithm>
#include <string_view>

#include <gtest/gtest.h>

#include "runner/smtp/reply_parser.h"

namespace smtpgauge {
namespace {

using std::chrono::seconds;

Finding Judged(std::string_view rule, Exhibit exhibit, std::string_view wire) {
  smtp::ReplyParser parser;
  const auto reply = parser.Next(wire);
  exhibit.reply = &*reply;
  const auto rules = Observations();
  const auto found = std::find_if(rules.begin(), rules.end(),
                                  [&](const Observation& one) { return one.name == rule; });
  return found->judge(exhibit);
}

struct TimeCase {
  std::string_view verb;
  Phase phase;
  seconds took;
  Finding::Kind kind;
};

TEST(Observations, TimeCountsFromTheCommand) {
  using Kind = Finding::Kind;
  const std::vector<TimeCase> cases = {
      {"NOOP", Phase::kOther, seconds(1), Kind::kFine},
      {"NOOP", Phase::kOther, seconds(11), Kind::kWarn},
      {"NOOP", Phase::kOther, seconds(301), Kind::kFail},
      {"DATA", Phase::kData, seconds(121), Kind::kFail},
      {".", Phase::kEod, seconds(599), Kind::kWarn},
      {"", Phase::kGreeting, seconds(400), Kind::kNotConcerned},
      // The 421 of an idle session: nobody had asked for anything.
      {"?", Phase::kOther, seconds(301), Kind::kNotConcerned},
  };
  for (const TimeCase& one : cases) {
    const Exhibit exhibit{.verb = one.verb, .phase = one.phase, .took = one.took};
    EXPECT_EQ(Judged("reply-time", exhibit, "421 4.4.2 mx.example.test bye\r\n").kind, one.kind)
        << one.verb << " after " << one.took.count();
  }
}

}  // namespace
}  // namespace smtpgauge
