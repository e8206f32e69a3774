#include "runner/net/dns_message.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace smtpgauge {
namespace {

using namespace std::string_literals;

std::string Number16(unsigned value) {
  return {static_cast<char>(value >> 8), static_cast<char>(value & 0xFF)};
}

/// "a.example" in wire form (RFC 1035 3.1).
std::string Name(std::string_view text) {
  std::string wire;
  while (!text.empty()) {
    const std::string_view label = text.substr(0, text.find('.'));
    wire += static_cast<char>(label.size());
    wire += label;
    text.remove_prefix(std::min(text.size(), label.size() + 1));
  }
  return wire + '\0';
}

std::string Record(std::string_view owner, unsigned type, const std::string& data) {
  return std::string(owner) + Number16(type) + Number16(1) + "\0\0\x01\x2C"s +
         Number16(static_cast<unsigned>(data.size())) + data;
}

std::string Mx(std::string_view owner, unsigned preference, const std::string& host) {
  return Record(owner, 15, Number16(preference) + host);
}

std::string Message(unsigned answers, const std::string& records) {
  return "\x12\x34\x81\x80"s + Number16(1) + Number16(answers) + Number16(0) + Number16(0) +
         Name("a.example") + Number16(15) + Number16(1) + records;
}

bool Parse(const std::string& message, MxAnswer& answer) {
  const std::vector<unsigned char> octets(message.begin(), message.end());
  return ParseMxAnswer(octets, answer);
}

const std::string kPointer = "\xC0\x0C"s;  // to the question's name

TEST(DnsMessage, ReadsMxRecordsWithCompressionAndTtl) {
  MxAnswer answer;
  ASSERT_TRUE(Parse(Message(2, Mx(kPointer, 20, "\x02mx" + kPointer) +
                                   Mx(Name("A.Example"), 10, Name("b.example"))),
                    answer));
  ASSERT_EQ(answer.records.size(), 2U);
  EXPECT_EQ(answer.records[0].preference, 20);
  EXPECT_EQ(answer.records[0].host, "mx.a.example");
  EXPECT_EQ(answer.records[0].ttl, 300U);
  EXPECT_EQ(answer.records[1].host, "b.example");
  EXPECT_TRUE(answer.aliases.empty());
}

TEST(DnsMessage, ReadsANullMxAsTheRoot) {
  MxAnswer answer;
  ASSERT_TRUE(Parse(Message(1, Mx(kPointer, 0, Name(""))), answer));
  ASSERT_EQ(answer.records.size(), 1U);
  EXPECT_EQ(answer.records[0].host, "");
}

TEST(DnsMessage, FollowsAliasesInAnyOrderAndIgnoresTheRest) {
  MxAnswer answer;
  ASSERT_TRUE(Parse(Message(6, Record(Name("b.example"), 5, Name("c.example")) +
                                   Mx(Name("c.example"), 5, Name("mx.c.example")) +
                                   Record(kPointer, 5, Name("b.example")) +
                                   Mx(Name("evil.example"), 0, Name("mx.evil.example")) +
                                   Record(Name("c.example"), 1, "\x7F\0\0\x01"s) +
                                   Record(Name("c.example"), 46, std::string(300, 'x'))),
                    answer));
  EXPECT_EQ(answer.aliases, (std::vector<std::string>{"b.example", "c.example"}));
  ASSERT_EQ(answer.records.size(), 1U);
  EXPECT_EQ(answer.records[0].host, "mx.c.example");
}

TEST(DnsMessage, EndsALoopOfAliases) {
  MxAnswer answer;
  ASSERT_TRUE(Parse(
      Message(2, Record(kPointer, 5, Name("b.example")) + Record(Name("b.example"), 5, kPointer)),
      answer));
  EXPECT_TRUE(answer.records.empty());
  EXPECT_LE(answer.aliases.size(), 16U);
}

TEST(DnsMessage, ComparesNamesWithoutCase) {
  EXPECT_EQ(CompareDnsNames("MX.Example", "mx.eXample"), 0);
  EXPECT_EQ(CompareDnsNames("", ""), 0);
  EXPECT_LT(CompareDnsNames("a", "B"), 0);
  EXPECT_LT(CompareDnsNames("a", "ab"), 0);
  EXPECT_GT(CompareDnsNames("ab", "a"), 0);
  EXPECT_NE(CompareDnsNames("a[", "a{"), 0);
}

TEST(DnsMessage, RefusesEveryTruncation) {
  const std::string whole = Message(3, Record(kPointer, 5, Name("b.example")) +
                                           Record(Name("b.example"), 1, "\x7F\0\0\x01"s) +
                                           Mx(Name("b.example"), 10, Name("mx.example")));
  MxAnswer answer;
  ASSERT_TRUE(Parse(whole, answer));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(Parse(whole.substr(0, length), answer)) << length;
  }
}

TEST(DnsMessage, RefusesWhatContradictsItself) {
  MxAnswer answer;
  const std::string loop = "\xC0\x1B"s;  // to itself: the first octet behind the question
  EXPECT_FALSE(Parse(Message(1, Mx(loop, 10, Name("mx.example"))), answer));
  EXPECT_FALSE(
      Parse(Message(1, Record(kPointer, 15, Number16(10) + Name("mx.example") + "x")), answer));
  EXPECT_FALSE(Parse(Message(1, Record(kPointer, 15, "\x01"s)), answer));
  EXPECT_FALSE(Parse(Message(65535, Mx(kPointer, 10, Name("mx.example"))), answer));
}

TEST(DnsMessage, SurvivesEverySingleOctetChanged) {
  const std::string whole = Message(1, Mx(kPointer, 10, "\x02mx" + kPointer));
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (unsigned octet = 0; octet < 256; ++octet) {
      std::string message = whole;
      message[at] = static_cast<char>(octet);
      MxAnswer answer;
      static_cast<void>(Parse(message, answer));
      EXPECT_LE(answer.records.size(), 1U);
    }
  }
}

}  // namespace
}  // namespace smtpgauge
