#include "runner/smtp/reply.h"

#include <string_view>

#include <gtest/gtest.h>

namespace smtpgauge::smtp {
namespace {

Reply MakeReply(std::string_view raw, std::uint32_t lines) {
  return {250, lines, {}, raw};
}

TEST(ReplyLine, GivesTheTextOfEachLine) {
  const Reply reply = MakeReply("250-one\r\n250-two\n250 three\r\n", 3);
  EXPECT_EQ(ReplyLine(reply, 0), "one");
  EXPECT_EQ(ReplyLine(reply, 1), "two");
  EXPECT_EQ(ReplyLine(reply, 2), "three");
  EXPECT_EQ(ReplyLine(reply, 3), "");
  EXPECT_EQ(ReplyLine(reply, 1000), "");
}

TEST(ReplyLine, KeepsWhatIsNoCode) {
  EXPECT_EQ(ReplyLine(MakeReply("HTTP/1.1 400\r\n", 1), 0), "HTTP/1.1 400");
  EXPECT_EQ(ReplyLine(MakeReply("25\r\n", 1), 0), "25");
  EXPECT_EQ(ReplyLine(MakeReply("\r\n", 1), 0), "");
}

TEST(ReplyLine, DropsOneSeparatorOnly) {
  EXPECT_EQ(ReplyLine(MakeReply("250\r\n", 1), 0), "");
  EXPECT_EQ(ReplyLine(MakeReply("250 \r\n", 1), 0), "");
  EXPECT_EQ(ReplyLine(MakeReply("250  a\r\n", 1), 0), " a");
  EXPECT_EQ(ReplyLine(MakeReply("250_a\r\n", 1), 0), "_a");
  EXPECT_EQ(ReplyLine(MakeReply("250 a\rb\r\r\n", 1), 0), "a\rb\r");
}

TEST(ReplyLine, ReadsALineThatWasCut) {
  EXPECT_EQ(ReplyLine(MakeReply("250-a\r\n250 cut\r", 2), 1), "cut\r");
}

TEST(ReplyText, JoinsLinesWithLineFeeds) {
  EXPECT_EQ(ReplyText(MakeReply("250-one\r\n250-\r\n250 three\r\n", 3)), "one\n\nthree");
  EXPECT_EQ(ReplyText(MakeReply("250\r\n", 1)), "");
  EXPECT_EQ(ReplyText(MakeReply("", 0)), "");
}

struct EnhancedCase {
  std::string_view text;
  EnhancedCode code;
};

TEST(ParseEnhancedCode, FollowsTheGrammar) {
  constexpr EnhancedCode kNone{};
  const EnhancedCase cases[] = {
      {"2.0.0 Ok", {2, 0, 0}},
      {"2.1.5", {2, 1, 5}},
      {"5.7.999 x", {5, 7, 999}},
      {"4.120.45 x", {4, 120, 45}},
      {"2.0.0", {2, 0, 0}},
      {"", kNone},
      {"2", kNone},
      {"2.0", kNone},
      {"2.0.", kNone},
      {"2..0", kNone},
      {"1.0.0 x", kNone},
      {"3.0.0 x", kNone},
      {"6.0.0 x", kNone},
      {"2.00.0 x", kNone},
      {"2.0.01 x", kNone},
      {"2.1000.0 x", kNone},
      {"2.0.1000 x", kNone},
      {"2.0.0.0 x", kNone},
      {"2.0.0Ok", kNone},
      {"2.0.0: Ok", kNone},
      {" 2.0.0 Ok", kNone},
      {"22.0.0 Ok", kNone},
      {"2,0,0 Ok", kNone},
      {"2.a.0 Ok", kNone},
  };
  for (const EnhancedCase& c : cases)
    EXPECT_EQ(ParseEnhancedCode(c.text), c.code) << c.text;
  EXPECT_FALSE(kNone.present());
  EXPECT_TRUE(ParseEnhancedCode("2.0.0").present());
}

}  // namespace
}  // namespace smtpgauge::smtp
