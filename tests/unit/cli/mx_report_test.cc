#include "runner/cli/mx_report.h"

#include <algorithm>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "runner/net/mx_plan.h"

namespace smtpgauge {
namespace {

using ::testing::HasSubstr;

MxPlan Sample() {
  MxAnswer answer;
  answer.records = {{20, 60, "backup.example.test"}, {10, 3600, "mail.example.test"}};
  MxPlan plan = OrderMx("example.test", answer, 0);
  plan.hosts[0].answer.addresses = {{*Endpoint::FromAddress("192.0.2.1", 25), 30},
                                    {*Endpoint::FromAddress("2001:db8::1", 25), 40}};
  plan.hosts[1].answer.aliases = {"other.example.test"};
  plan.hosts[1].answer.status = DnsStatus::kNoData;
  JudgeMx(plan);
  return plan;
}

TEST(MxReport, ShowsATable) {
  EXPECT_EQ(MxPlanText(Sample()), R"(example.test: 2 MX hosts

  preference      ttl  host                 address                                      ttl
          10     3600  mail.example.test    192.0.2.1                                     30
                                            2001:db8::1                                   40
          20       60  backup.example.test  alias of other.example.test
                                            - (no-data)

findings
  error    backup.example.test is an alias of other.example.test; an MX record must not point to one (RFC 2181 10.3, RFC 5321 5.1)
  error    backup.example.test has no address: the name exists but has no such record; no mail can be sent to it (RFC 5321 5.1)
)");
}

TEST(MxReport, SaysWhyThereIsNoHost) {
  MxPlan plan;
  plan.domain = "a.example";
  plan.status = DnsStatus::kNoDomain;
  EXPECT_EQ(MxPlanText(plan), "a.example: no such domain (NXDOMAIN)\n");
  MxAnswer null_mx;
  null_mx.records = {{0, 60, ""}};
  EXPECT_THAT(MxPlanText(OrderMx("a.example", null_mx, 0)), HasSubstr("takes no mail"));
  plan.status = DnsStatus::kNoData;
  plan.implicit = true;
  EXPECT_THAT(MxPlanText(plan), HasSubstr("neither MX nor address"));
}

TEST(MxReport, WritesJson) {
  const auto json = nlohmann::json::parse(MxPlanJson(Sample()));
  EXPECT_EQ(json["domain"], "example.test");
  EXPECT_EQ(json["status"], "ok");
  EXPECT_EQ(json["implicit"], false);
  ASSERT_EQ(json["hosts"].size(), 2U);
  EXPECT_EQ(json["hosts"][0]["host"], "mail.example.test");
  EXPECT_EQ(json["hosts"][0]["preference"], 10);
  EXPECT_EQ(json["hosts"][0]["ttl_s"], 3600);
  EXPECT_EQ(json["hosts"][0]["addresses"][1]["address"], "2001:db8::1");
  EXPECT_EQ(json["hosts"][0]["addresses"][1]["ttl_s"], 40);
  EXPECT_EQ(json["hosts"][1]["status"], "no-data");
  EXPECT_EQ(json["findings"][0]["id"], "alias-target");
  EXPECT_EQ(json["findings"][0]["severity"], "error");
}

TEST(MxReport, LetsNothingRawThrough) {
  MxPlan plan = Sample();
  const std::string hostile = "\x1B[31m\xFF\r\nx";
  plan.hosts[0].name = hostile;
  plan.hosts[1].answer.aliases = {hostile};
  plan.findings.push_back({MxFinding::Kind::kNoAddress, hostile, hostile});
  for (const std::string& text : {MxPlanText(plan), MxPlanJson(plan)}) {
    EXPECT_TRUE(std::all_of(text.begin(), text.end(),
                            [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }));
    EXPECT_THAT(text, HasSubstr("?[31m???x"));
  }
}

}  // namespace
}  // namespace smtpgauge
