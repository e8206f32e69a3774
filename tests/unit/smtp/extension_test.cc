#include "runner/smtp/extension.h"

#include <string>
#include <string_view>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runner/smtp/reply_parser.h"

namespace smtpgauge::smtp {
namespace {

ExtensionSet Parse(std::string_view raw) {
  ReplyParser parser;
  return ExtensionSet(parser.Next(raw).value());
}

TEST(ExtensionSet, ReadsKeywordsInOrder) {
  const ExtensionSet set =
      Parse("250-mx.example greets you\r\n250-size 1000\r\n250-8BITMIME\r\n250 DSN\r\n");
  EXPECT_EQ(set.greeting(), "mx.example greets you");
  ASSERT_EQ(set.keywords().size(), 3U);
  EXPECT_EQ(set.keywords()[0].name, "SIZE");
  EXPECT_EQ(set.keywords()[0].parameters, "1000");
  EXPECT_EQ(set.keywords()[1].name, "8BITMIME");
  EXPECT_EQ(set.keywords()[1].parameters, "");
  EXPECT_TRUE(set.Has("8bitMIME"));
  EXPECT_FALSE(set.Has("8BITMIM"));
  EXPECT_FALSE(set.Has("mx.example"));
  EXPECT_EQ(set.Parameters("dsn"), "");
  EXPECT_EQ(set.Parameters("CHUNKING"), std::nullopt);
}

TEST(ExtensionSet, IsSharedByTheSameOctetsAlone) {
  const auto shared = [](std::string_view raw) {
    ReplyParser parser;
    return SharedExtensions(parser.Next(raw).value());
  };
  const auto first = shared("250-mx\r\n250 SIZE 10\r\n");
  EXPECT_EQ(shared("250-mx\r\n250 SIZE 10\r\n"), first);
  const auto other = shared("250-mx\r\n250 SIZE 20\r\n");
  EXPECT_EQ(first->SizeLimit(), 10U);
  EXPECT_EQ(other->SizeLimit(), 20U);
  EXPECT_EQ(shared("250-mx\r\n250 SIZE 10\r\n")->SizeLimit(), 10U);
}

TEST(ExtensionSet, IsEmptyForAOneLineReply) {
  const ExtensionSet set = Parse("250 mx.example\r\n");
  EXPECT_TRUE(set.keywords().empty());
  EXPECT_EQ(set.greeting(), "mx.example");
  EXPECT_EQ(ExtensionSet().SizeLimit(), 0U);
}

TEST(ExtensionSet, KeepsDuplicatesAndAnswersWithTheFirst) {
  const ExtensionSet set = Parse("250-a\r\n250-SIZE 5\r\n250-\r\n250 SIZE 6\r\n");
  EXPECT_EQ(set.keywords().size(), 2U);
  EXPECT_EQ(set.SizeLimit(), 5U);
}

TEST(ExtensionSet, ReadsTheSizeLimit) {
  const std::pair<std::string_view, std::uint64_t> cases[] = {
      {"SIZE", 0},          {"SIZE 0", 0},    {"SIZE 35882577", 35882577},
      {"SIZE -1", 0},       {"SIZE 12x", 0},  {"SIZE 99999999999999999999999", 0},
      {"SIZE 1000 ", 1000}, {"SIZE=1000", 0},
  };
  for (const auto& [line, limit] : cases) {
    EXPECT_EQ(Parse("250-a\r\n250 " + std::string(line) + "\r\n").SizeLimit(), limit) << line;
  }
}

TEST(ExtensionSet, CollectsAuthMechanismsOnce) {
  const ExtensionSet set =
      Parse("250-a\r\n250-AUTH plain LOGIN  cram-md5\r\n250 AUTH=LOGIN XOAUTH2\r\n");
  EXPECT_THAT(set.AuthMechanisms(),
              ::testing::ElementsAre("PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2"));
  EXPECT_TRUE(Parse("250-a\r\n250 AUTHX PLAIN\r\n").AuthMechanisms().empty());
}

}  // namespace
}  // namespace smtpgauge::smtp
