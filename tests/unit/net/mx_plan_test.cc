#include "runner/net/mx_plan.h"

#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace smtpgauge {
namespace {

using Kind = MxFinding::Kind;
using ::testing::HasSubstr;

std::vector<std::string> Names(const MxPlan& plan) {
  std::vector<std::string> names;
  for (const MxHost& host : plan.hosts)
    names.push_back(host.name);
  return names;
}

std::vector<Kind> Kinds(const MxPlan& plan) {
  std::vector<Kind> kinds;
  for (const MxFinding& finding : plan.findings)
    kinds.push_back(finding.kind);
  return kinds;
}

MxAnswer Answer(std::vector<std::pair<std::uint16_t, std::string>> records) {
  MxAnswer answer;
  for (auto& [preference, host] : records)
    answer.records.push_back({preference, 60, host});
  return answer;
}

TEST(MxPlan, SortsByPreference) {
  const MxPlan plan = OrderMx("a.example", Answer({{30, "c"}, {10, "a"}, {20, "b"}}), 1);
  EXPECT_EQ(Names(plan), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_TRUE(plan.findings.empty());
}

TEST(MxPlan, MixesEqualPreferencesBySeedAlone) {
  std::set<std::string> first_of_two;
  for (std::uint64_t seed = 0; seed < 64; ++seed) {
    const auto one = Names(OrderMx("a", Answer({{5, "x"}, {10, "a"}, {10, "b"}, {10, "c"}}), seed));
    const auto two = Names(OrderMx("a", Answer({{10, "c"}, {10, "b"}, {5, "x"}, {10, "a"}}), seed));
    EXPECT_EQ(one, two) << "the server's order must not matter";
    EXPECT_EQ(one[0], "x");
    first_of_two.insert(one[1]);
  }
  EXPECT_EQ(first_of_two, (std::set<std::string>{"a", "b", "c"}));
}

TEST(MxPlan, KnowsANullMx) {
  const MxPlan plan = OrderMx("a.example", Answer({{0, ""}}), 1);
  EXPECT_TRUE(plan.null_mx);
  EXPECT_TRUE(plan.hosts.empty());
  EXPECT_EQ(Kinds(plan), std::vector<Kind>{Kind::kNullMx});

  const MxPlan mixed = OrderMx("a.example", Answer({{0, ""}, {10, "a"}, {20, "b"}}), 1);
  EXPECT_FALSE(mixed.null_mx);
  EXPECT_EQ(mixed.hosts.size(), 2U);
  EXPECT_EQ(Kinds(mixed), std::vector<Kind>{Kind::kNullMxWithOthers});
}

TEST(MxPlan, ReportsDuplicatesAndSingles) {
  const MxPlan plan = OrderMx("a.example", Answer({{20, "MX.example"}, {10, "mx.example"}}), 1);
  ASSERT_EQ(plan.hosts.size(), 1U);
  EXPECT_EQ(plan.hosts[0].preference, 10);
  EXPECT_EQ(Kinds(plan), (std::vector<Kind>{Kind::kDuplicateTarget, Kind::kSingleMx}));
}

TEST(MxPlan, BoundsWhatItLooksUp) {
  std::vector<std::pair<std::uint16_t, std::string>> records;
  for (int i = 0; i < 4000; ++i)
    records.emplace_back(10, "h" + std::to_string(i));
  const MxPlan plan = OrderMx("a.example", Answer(records), 1);
  EXPECT_EQ(plan.hosts.size(), kMaxMxHosts);
  EXPECT_EQ(Kinds(plan), std::vector<Kind>{Kind::kTooMany});
}

TEST(MxPlan, JudgesTheAddressesOfItsHosts) {
  MxPlan plan = OrderMx(
      "a.example",
      Answer({{1, "good"}, {2, "alias"}, {3, "192.0.2.1"}, {4, "none"}, {5, "slow"}, {6, "local"}}),
      1);
  const auto add = [&plan](std::size_t host, const char* address) {
    plan.hosts[host].answer.addresses.push_back({*Endpoint::FromAddress(address, 25), 60});
  };
  add(0, "198.51.100.1");
  add(1, "198.51.100.1");
  plan.hosts[1].answer.aliases = {"other.example"};
  add(2, "192.0.2.1");
  plan.hosts[3].answer.status = DnsStatus::kNoDomain;
  plan.hosts[4].answer.status = DnsStatus::kTimedOut;
  add(5, "127.0.0.1");
  add(5, "10.0.0.1");
  JudgeMx(plan);
  EXPECT_EQ(Kinds(plan),
            (std::vector<Kind>{Kind::kAliasTarget, Kind::kAddressTarget, Kind::kNoAddress,
                               Kind::kLookupFailed, Kind::kLoopback, Kind::kPrivate}));
  EXPECT_THAT(MxFindingText(plan.findings[0]), HasSubstr("alias is an alias of other.example"));
  EXPECT_THAT(MxFindingText(plan.findings[2]), HasSubstr("NXDOMAIN"));
  EXPECT_TRUE(plan.has_address());
}

TEST(MxPlan, WritesNoControlOctets) {
  const std::string text = MxFindingText({Kind::kAliasTarget, "a\x1B[31m", "b\r\n\xFF{0}"});
  EXPECT_THAT(text, HasSubstr("a?[31m is an alias of b???{0};"));
}

TEST(MxPlan, NamesEveryKindAndStatusOnce) {
  std::set<std::string_view> names;
  for (int kind = 0; kind <= static_cast<int>(Kind::kTooMany); ++kind) {
    EXPECT_TRUE(names.insert(MxFindingName(static_cast<Kind>(kind))).second) << kind;
    EXPECT_NE(MxFindingText({static_cast<Kind>(kind), "h", "d"}), "");
  }
  for (int status = 0; status <= static_cast<int>(DnsStatus::kBadName); ++status) {
    EXPECT_TRUE(names.insert(DnsStatusName(static_cast<DnsStatus>(status))).second) << status;
    EXPECT_TRUE(names.insert(DnsStatusText(static_cast<DnsStatus>(status))).second) << status;
  }
}

}  // namespace
}  // namespace smtpgauge
