#include "runner/sink/address.h"

#include <array>
#include <string>

#include <gtest/gtest.h>

namespace smtpgauge::sink {
namespace {

const FaultSet kNoFaults;

bool Parses(const std::string& address, PathUse use = PathUse::kReverse) {
  const std::string text = "<" + address + ">";
  std::string_view rest = text;
  return TakePath(rest, use, kNoFaults) && rest.empty();
}

TEST(TakePath, ParsesWhatTheGrammarAllows) {
  const std::string local64(64, 'a');
  for (const std::string& address :
       std::initializer_list<std::string>{"a@b.example",
                                          "a.b@c.example",
                                          "a+b@c.example",
                                          "\"a b\"@c.example",
                                          "\"a@b\"@c.example",
                                          "\"a>b\"@c.example",
                                          "\"\\\"\"@c.example",
                                          "\"\"@c.example",
                                          "u@[192.0.2.1]",
                                          "u@[IPv6:2001:db8::1]",
                                          "u@[IPv6:::1]",
                                          "u@[IPv6:::]",
                                          "u@[IPv6:::ffff:192.0.2.1]",
                                          "u@[IPv6:1:2:3:4:5:6:7:8]",
                                          "u@[IPv6:1:2:3:4:5:6:192.0.2.1]",
                                          "u@xn--bcher-kva.example",
                                          "u@a",
                                          local64 + "@b.example",
                                          "@a.example:u@b.example",
                                          "@a.example,@b.example:u@c.example",
                                          "!#$%&'*+-/=?^_`{|}~@b.example",
                                          "j\xc3\xb6ran@example.test",
                                          "u@b\xc3\xbc"
                                          "cher.example"})
    EXPECT_TRUE(Parses(address)) << address;
}

TEST(TakePath, RefusesWhatItDoesNot) {
  for (const std::string& address :
       std::initializer_list<std::string>{"a@",
                                          "@b.example",
                                          "a b@c.example",
                                          ".a@b.example",
                                          "a.@b.example",
                                          "a..b@c.example",
                                          "a@b..example",
                                          "a@.example",
                                          "a@-b.example",
                                          "a@b-.example",
                                          "a@b_c.example",
                                          "a@[1.2.3]",
                                          "a@[256.1.1.1]",
                                          "a@[1.2.3.4.5]",
                                          "a@[IPv6:1::2::3]",
                                          "a@[IPv6:1:2:3:4:5:6:7:8:9]",
                                          "a@[IPv6:1:2:3]",
                                          "a@[IPv6::1]",
                                          "a@[IPv6:zz]",
                                          "a@[2001:db8::1]",
                                          "a@[foo:bar]",
                                          "a@[",
                                          "\"a\"b@c.example",
                                          "\"a@b.example",
                                          "a@b@c.example",
                                          "a@b.example,",
                                          "a@b.example.",
                                          "a\x01"
                                          "b@c.example",
                                          "a\x7f@c.example",
                                          std::string("a\0@c.example", 12),
                                          "@@",
                                          "a",
                                          std::string(65, 'a') + "@b.example",
                                          "a@" + std::string(64, 'b') + ".example",
                                          "a\xc3\x28@c.example",
                                          "a\xc0\xaf@c.example",
                                          "a\xed\xa0\x80@c.example"})
    EXPECT_FALSE(Parses(address)) << address;
}

TEST(TakePath, KnowsTheSpecialPaths) {
  EXPECT_TRUE(Parses(""));
  EXPECT_FALSE(Parses("", PathUse::kForward));
  EXPECT_TRUE(Parses("pOsTmAsTeR", PathUse::kForward));
  EXPECT_FALSE(Parses("postmaster", PathUse::kReverse));
}

TEST(TakePath, WantsOnePairOfBrackets) {
  for (const std::string text : {"<a@b", "a@b>", "<<a@b>>", "a@b", " <a@b>"}) {
    std::string_view rest = text;
    EXPECT_FALSE(TakePath(rest, PathUse::kReverse, kNoFaults) && rest.empty()) << text;
  }
}

TEST(TakePath, AcceptsADomainOf255Octets) {
  std::string domain;
  for (int i = 0; i < 4; ++i)
    domain += std::string(63, 'd') + ".";
  domain.pop_back();
  EXPECT_EQ(domain.size(), 255U);
  EXPECT_TRUE(Parses("a@" + domain));
  EXPECT_FALSE(Parses("a@d." + domain));
}

TEST(TakePath, LeavesWhatFollows) {
  std::string_view rest = "<\"a>b\"@c.example> SIZE=1";
  ASSERT_TRUE(TakePath(rest, PathUse::kReverse, kNoFaults));
  EXPECT_EQ(rest, " SIZE=1");
}

TEST(Unquote, GivesOneNameForAllWritings) {
  EXPECT_EQ(Unquote("user"), "user");
  EXPECT_EQ(Unquote("\"user\""), "user");
  EXPECT_EQ(Unquote("\"us\\er\""), "user");
  EXPECT_EQ(Unquote("\"\""), "");
  EXPECT_EQ(Unquote("\"a\\\"b\""), "a\"b");
}

TEST(IsHelloName, TakesDomainsAndLiteralsOnly) {
  for (std::string_view name :
       {"client.example.test", "localhost", "[192.0.2.1]", "[IPv6:2001:db8::1]"})
    EXPECT_TRUE(IsHelloName(name, kNoFaults)) << name;
  for (std::string_view name :
       {"bad_host.example", "[192.0.2.1] extra", "[999.1.1.1]", "[", "a b", "%n%s%x", "x) by evil;",
        "b\xc3\xbc"
        "cher.example",
        "-a.example"})
    EXPECT_FALSE(IsHelloName(name, kNoFaults)) << name;
}

}  // namespace
}  // namespace smtpgauge::sink
