#include "runner/net/target.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace smtpgauge {
namespace {

using Kind = Target::Kind;
using Protocol = Target::Protocol;

TEST(Target, ParsesEveryForm) {
  struct Row {
    const char* text;
    Kind kind;
    Protocol protocol;
    const char* host;
    std::uint16_t port;
  };
  const Row rows[] = {
      {"MX.Example", Kind::kHost, Protocol::kSmtp, "mx.example", 25},
      {"mx.example.", Kind::kHost, Protocol::kSmtp, "mx.example", 25},
      {"localhost:2525", Kind::kHost, Protocol::kSmtp, "localhost", 2525},
      {"192.0.2.1:65535", Kind::kHost, Protocol::kSmtp, "192.0.2.1", 65535},
      {"[2001:DB8::1]:26", Kind::kHost, Protocol::kSmtp, "2001:db8::1", 26},
      {"[::1]", Kind::kHost, Protocol::kSmtp, "::1", 25},
      {"::1", Kind::kHost, Protocol::kSmtp, "::1", 25},
      {"mx:Example.ORG", Kind::kMx, Protocol::kSmtp, "example.org", 25},
      {"mx:example.test:2525", Kind::kMx, Protocol::kSmtp, "example.test", 2525},
      {"mx:2525", Kind::kHost, Protocol::kSmtp, "mx", 2525},
      {"smtp://a.example", Kind::kHost, Protocol::kSmtp, "a.example", 25},
      {"SMTPS://a.example/", Kind::kHost, Protocol::kSmtps, "a.example", 465},
      {"submission://a.example", Kind::kHost, Protocol::kSubmission, "a.example", 587},
      {"submissions://[::1]", Kind::kHost, Protocol::kSubmissions, "::1", 465},
      {"lmtp://a.example", Kind::kHost, Protocol::kLmtp, "a.example", 24},
      {"lmtp://a.example:2424", Kind::kHost, Protocol::kLmtp, "a.example", 2424},
      {"lmtp:///run/dovecot/lmtp", Kind::kUnix, Protocol::kLmtp, "/run/dovecot/lmtp", 0}};
  for (const Row& row : rows) {
    Target target;
    std::string error;
    ASSERT_TRUE(ParseTarget(row.text, target, error)) << row.text << ": " << error;
    EXPECT_EQ(target.kind, row.kind) << row.text;
    EXPECT_EQ(target.protocol, row.protocol) << row.text;
    EXPECT_EQ(target.host, row.host) << row.text;
    EXPECT_EQ(target.port, row.port) << row.text;
  }
}

TEST(Target, RefusesWithAReasonAndWhatIsAllowed) {
  struct Row {
    const char* text;
    const char* reason;
  };
  const Row rows[] = {{"", "the host is missing"},
                      {":25", "the host is missing"},
                      {"a.example:", "not a port"},
                      {"a.example:0", "not a port"},
                      {"a.example:65536", "not a port"},
                      {"a.example:+25", "not a port"},
                      {"a.example:25x", "not a port"},
                      {"[::1", "not an address in brackets"},
                      {"[a.example]:25", "not an address in brackets"},
                      {"[::1]25", "not a port"},
                      {"1:2:3", "neither host:port nor an IPv6 address"},
                      {"http://a.example", "not a known URL scheme"},
                      {"smtp:///run/x", "not a host name"},
                      {"lmtp:///", "the host is missing"},
                      {"smtp://user@a.example", "--user"},
                      {"user@a.example", "--user"},
                      {"smtp://a.example/path", "not a host name"},
                      {"b\xC3\xBC"
                       "cher.example",
                       "xn--"},
                      {"a b", "not a host name"},
                      {"-a.example", "not a host name"},
                      {"a..example", "not a host name"},
                      {"a\x1B[31m", "not a host name"},
                      {"mx:", "not a port"},
                      {"mx:192.0.2.1", "a mail domain is a name"},
                      {"mx:[::1]", "a mail domain is a name"}};
  for (const Row& row : rows) {
    Target target;
    std::string error;
    EXPECT_FALSE(ParseTarget(row.text, target, error)) << row.text;
    EXPECT_THAT(error, ::testing::HasSubstr(row.reason)) << row.text;
    EXPECT_THAT(error, ::testing::HasSubstr("expected host[:port]")) << row.text;
  }
}

TEST(Target, PrintsWhatItMeans) {
  for (const char* text : {"a.example:26", "[::1]:25", "mx:example.org", "mx:example.org:26"}) {
    Target target;
    std::string error;
    ASSERT_TRUE(ParseTarget(text, target, error));
    EXPECT_EQ(target.ToString(), text);
  }
  Target target;
  std::string error;
  ASSERT_TRUE(ParseTarget("lmtp:///run/lmtp", target, error));
  EXPECT_EQ(target.ToString(), "unix:/run/lmtp");
  EXPECT_FALSE(target.implicit_tls());
  ASSERT_TRUE(ParseTarget("submissions://a.example", target, error));
  EXPECT_TRUE(target.implicit_tls());
}

}  // namespace
}  // namespace smtpgauge
