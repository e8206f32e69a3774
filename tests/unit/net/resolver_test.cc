// Resolver and Route against a real name server, and against ones that misbehave.
#include "runner/net/resolver.h"

#include <chrono>
#include <memory>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runner/net/route.h"
#include "tests/unit/net/name_server.h"

namespace smtpgauge {
namespace {

using Kind = MxFinding::Kind;
using ::testing::HasSubstr;

constexpr const char* kZone =
    "@          MX 20 backup\n@ MX 10 mail\n@ MX 30 cname-mx\n@ MX 20 backup2\n@ A 127.0.0.1\n"
    "mail       30 A 127.0.0.1\nmail 40 AAAA ::1\n"
    "backup     A 127.0.0.1\nbackup2 A 10.0.0.2\ncname-mx CNAME mail\n"
    "null       MX 0 .\n"
    "implicit   A 127.0.0.3\n"
    "alias      CNAME @\n"
    "nomail     TXT nothing\n"
    "lost       MX 10 absent\nlost MX 20 nomail\n"
    "literal    MX 10 127.0.0.1.\n";

std::string ManyRecords() {
  std::string records;
  for (int i = 10; i < 80; ++i) {
    const std::string number = std::to_string(i);
    records += "many MX " + number + " host" + number + "\nhost" + number + " A 127.0.0.1\n";
  }
  return records;
}

class ResolverTest : public ::testing::Test {
 protected:
  // Not of the suite: what goes wrong there is counted as skipped.
  void SetUp() override {
    if (!knot()) knot() = std::make_unique<Knot>(kZone + ManyRecords());
  }
  static void TearDownTestSuite() { knot().reset(); }
  static std::unique_ptr<Knot>& knot() {
    static std::unique_ptr<Knot> server;
    return server;
  }
  static ResolverOptions Options() {
    ResolverOptions options;
    options.server = knot()->endpoint();
    return options;
  }
  static MxPlan Plan(const std::string& domain) { return FindMx(domain, 2525, Options()); }
  static bool Has(const MxPlan& plan, Kind kind, const std::string& host) {
    for (const MxFinding& finding : plan.findings) {
      if (finding.kind == kind && finding.host == host) return true;
    }
    return false;
  }
};

TEST_F(ResolverTest, PlansInOrderOfPreference) {
  const MxPlan plan = Plan("example.test");
  EXPECT_EQ(plan.status, DnsStatus::kOk);
  ASSERT_EQ(plan.hosts.size(), 4U);
  EXPECT_EQ(plan.hosts[0].name, "mail.example.test");
  EXPECT_EQ(plan.hosts[0].preference, 10);
  EXPECT_EQ(plan.hosts[0].ttl, 60U);
  ASSERT_EQ(plan.hosts[0].answer.addresses.size(), 2U);
  for (const HostAddress& address : plan.hosts[0].answer.addresses) {
    EXPECT_EQ(address.endpoint.port(), 2525);
    EXPECT_EQ(address.ttl, address.endpoint.family() == AF_INET ? 30U : 40U);
  }
  EXPECT_EQ(plan.hosts[3].name, "cname-mx.example.test");
  EXPECT_TRUE(Has(plan, Kind::kAliasTarget, "cname-mx.example.test"));
  EXPECT_TRUE(Has(plan, Kind::kLoopback, "mail.example.test"));
  EXPECT_TRUE(Has(plan, Kind::kPrivate, "backup2.example.test"));
  EXPECT_FALSE(Has(plan, Kind::kAliasTarget, "mail.example.test"));
}

TEST_F(ResolverTest, UnderstandsANullMx) {
  const MxPlan plan = Plan("null.example.test");
  EXPECT_TRUE(plan.null_mx);
  EXPECT_FALSE(plan.implicit);
  EXPECT_FALSE(plan.has_address());
}

TEST_F(ResolverTest, FallsBackToTheAddressOnlyWhenThereIsNoMx) {
  const MxPlan implicit = Plan("implicit.example.test");
  EXPECT_TRUE(implicit.implicit);
  ASSERT_EQ(implicit.hosts.size(), 1U);
  EXPECT_EQ(implicit.hosts[0].answer.addresses[0].endpoint.ToString(), "127.0.0.3:2525");

  const MxPlan nomail = Plan("nomail.example.test");
  EXPECT_TRUE(nomail.implicit);
  EXPECT_FALSE(nomail.has_address());

  const MxPlan absent = Plan("absent.example.test");
  EXPECT_EQ(absent.status, DnsStatus::kNoDomain);
  EXPECT_FALSE(absent.implicit);
  EXPECT_TRUE(absent.hosts.empty());
}

TEST_F(ResolverTest, FollowsAnAliasOfTheDomain) {
  const MxPlan plan = Plan("alias.example.test");
  EXPECT_EQ(plan.hosts.size(), 4U);
  EXPECT_TRUE(Has(plan, Kind::kAlias, ""));
}

TEST_F(ResolverTest, ReportsTargetsThatLeadNowhere) {
  const MxPlan lost = Plan("lost.example.test");
  EXPECT_TRUE(Has(lost, Kind::kNoAddress, "absent.example.test"));
  EXPECT_TRUE(Has(lost, Kind::kNoAddress, "nomail.example.test"));
  EXPECT_FALSE(lost.has_address());

  const MxPlan literal = Plan("literal.example.test");
  EXPECT_TRUE(Has(literal, Kind::kAddressTarget, "127.0.0.1"));
}

TEST_F(ResolverTest, TakesAnAnswerByTcpThatUdpCannotHold) {
  const MxPlan plan = Plan("many.example.test");
  ASSERT_EQ(plan.hosts.size(), 70U);
  for (std::size_t i = 0; i < 70; ++i) {
    EXPECT_EQ(plan.hosts[i].preference, i + 10);
    EXPECT_EQ(plan.hosts[i].answer.addresses.size(), 1U);
  }
}

TEST_F(ResolverTest, AnswersManyQuestionsAtOnceOnOneLoop) {
  asio::io_context context;
  Resolver resolver(context, Options());
  int good = 0;
  const auto ask = [&]() -> asio::awaitable<void> {
    const HostAnswer answer = co_await resolver.LookUpHost("mail.example.test", 25);
    good += answer.addresses.size() == 2 ? 1 : 0;
  };
  for (int i = 0; i < 50; ++i)
    asio::co_spawn(context, ask(), asio::detached);
  context.run();
  EXPECT_EQ(good, 50);
}

TEST_F(ResolverTest, CanBeDestroyedWithQuestionsOpen) {
  asio::io_context context;
  const UdpServer silent([](const std::string&) { return std::string(); });
  ResolverOptions options;
  options.server = silent.endpoint();
  auto resolver = std::make_unique<Resolver>(context, options);
  DnsStatus status = DnsStatus::kOk;
  const auto ask = [&]() -> asio::awaitable<void> {
    const HostAnswer answer = co_await resolver->LookUpHost("mail.example.test", 25);
    status = answer.status;
  };
  asio::co_spawn(context, ask(), asio::detached);
  context.poll();
  resolver.reset();
  context.run();
  EXPECT_EQ(status, DnsStatus::kServerFailure);
}

TEST_F(ResolverTest, RestrictsTheFamily) {
  ResolverOptions options = Options();
  options.family = ResolverOptions::Family::kIpv6;
  Target target;
  target.host = "mail.example.test";
  const Route route = FindRoute(target, options);
  ASSERT_EQ(route.hops.size(), 1U);
  EXPECT_EQ(route.hops[0].endpoint.ToString(), "[::1]:25");
}

TEST_F(ResolverTest, RoutesToTargets) {
  const auto route = [](const char* text) {
    Target target;
    std::string error;
    EXPECT_TRUE(ParseTarget(text, target, error)) << error;
    return FindRoute(target, Options());
  };
  EXPECT_EQ(route("127.0.0.1:2525").hops[0].endpoint.ToString(), "127.0.0.1:2525");
  EXPECT_EQ(route("localhost:25").hops[0].endpoint.ToString(), "127.0.0.1:25");
  EXPECT_EQ(route("lmtp:///run/lmtp").hops[0].endpoint.ToString(), "unix:/run/lmtp");
  const Route mx = route("mx:example.test:2525");
  EXPECT_EQ(mx.hops[0].host, "mail.example.test");
  EXPECT_EQ(mx.hops[0].endpoint.port(), 2525);
  EXPECT_TRUE(StaysLocal(mx));
  EXPECT_EQ(mx.error, "");
  EXPECT_THAT(route("absent.example.test").error, HasSubstr("NXDOMAIN"));
  EXPECT_THAT(route("mx:null.example.test").error, HasSubstr("RFC 7505"));
  EXPECT_THAT(route("mx:absent.example.test").error, HasSubstr("NXDOMAIN"));
  EXPECT_THAT(route("mx:lost.example.test").error, HasSubstr("smtpgauge resolve"));
  EXPECT_THAT(route("mx:other.test").error, HasSubstr(knot()->endpoint().ToString()));
}

TEST(ParseNameServer, TakesAddressesAndLocalhost) {
  EXPECT_EQ(ParseNameServer("127.0.0.1:5353")->ToString(), "127.0.0.1:5353");
  EXPECT_EQ(ParseNameServer("[::1]")->ToString(), "[::1]:53");
  EXPECT_EQ(ParseNameServer("localhost")->ToString(), "127.0.0.1:53");
  EXPECT_EQ(ParseNameServer("localhost:5353")->ToString(), "127.0.0.1:5353");
  for (const char* text : {"", "ns.example", "localhost.example", "127.0.0.1:x", "localhost:"}) {
    EXPECT_FALSE(ParseNameServer(text)) << text;
  }
}

TEST(StaysLocal, IsFalseAsSoonAsOneHopLeaves) {
  Route route;
  route.hops.push_back({"a", Endpoint::FromAddress("127.0.0.1", 25).value()});
  EXPECT_TRUE(StaysLocal(route));
  route.hops.push_back({"b", Endpoint::FromAddress("198.51.100.1", 25).value()});
  EXPECT_FALSE(StaysLocal(route));
}

/// The question of a datagram comes back with `flags` and `answers`, and `records` behind.
std::string Reply(const std::string& query, const std::string& flags, const std::string& answers,
                  const std::string& records) {
  const std::size_t end = query.find('\0', 12) + 5;  // name, type, class
  const std::string none(4, '\0');
  return query.substr(0, 2) + flags + std::string("\0\x01", 2) + answers + none +
         query.substr(12, end - 12) + records;
}

MxPlan PlanAt(const Endpoint& server) {
  ResolverOptions options;
  options.server = server;
  options.timeout = std::chrono::milliseconds(50);
  options.tries = 2;
  return FindMx("example.test", 25, options);
}

TEST(ResolverFaults, ASilentServerEndsInATimeout) {
  const UdpServer silent([](const std::string&) { return std::string(); });
  const auto start = std::chrono::steady_clock::now();
  const MxPlan plan = PlanAt(silent.endpoint());
  EXPECT_EQ(plan.status, DnsStatus::kTimedOut);
  EXPECT_FALSE(plan.implicit) << "no answer is not the answer that there is no MX";
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

TEST(ResolverFaults, AClosedPortIsUnreachable) {
  Endpoint nobody;
  {
    const UdpServer gone([](const std::string&) { return std::string(); });
    nobody = gone.endpoint();
  }
  EXPECT_EQ(PlanAt(nobody).status, DnsStatus::kUnreachable);
}

TEST(ResolverFaults, RefusalsAndGarbageAreTold) {
  struct Row {
    const char* name;
    std::string flags;
    std::string answers;
    std::string records;
    DnsStatus status;
  };
  const std::string one("\0\x01", 2);
  const std::string none(2, '\0');
  const Row rows[] = {{"servfail", "\x81\x82", none, "", DnsStatus::kServerFailure},
                      {"refused", "\x81\x85", none, "", DnsStatus::kServerFailure},
                      {"nxdomain", "\x81\x83", none, "", DnsStatus::kNoDomain},
                      {"record cut short", "\x81\x80", one, "\xC0\x0C", DnsStatus::kMalformed},
                      {"record missing", "\x81\x80", one, "", DnsStatus::kMalformed},
                      // Truncated, and nobody there to ask by TCP.
                      {"truncated", "\x83\x80", none, "", DnsStatus::kUnreachable}};
  for (const Row& row : rows) {
    const UdpServer server([&row](const std::string& query) {
      return Reply(query, row.flags, row.answers, row.records);
    });
    EXPECT_EQ(DnsStatusName(PlanAt(server.endpoint()).status), DnsStatusName(row.status))
        << row.name;
  }
}

TEST(ResolverFaults, DatagramsThatAreNoAnswerAreWaitedPast) {
  for (const std::string& garbage : {std::string("x"), std::string(600, '\xFF')}) {
    const UdpServer server([&garbage](const std::string&) { return garbage; });
    EXPECT_EQ(PlanAt(server.endpoint()).status, DnsStatus::kTimedOut);
  }
}

TEST(ResolverFaults, NamesThatCannotBeAskedForAreTold) {
  const UdpServer silent([](const std::string&) { return std::string(); });
  ResolverOptions options;
  options.server = silent.endpoint();
  EXPECT_EQ(FindMx(std::string(70, 'x') + ".test", 25, options).status, DnsStatus::kBadName);
}

}  // namespace
}  // namespace smtpgauge
