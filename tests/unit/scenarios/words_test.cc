// Globs over ids, and guesses at misspelt words.
#include <array>

#include <gtest/gtest.h>

#include "scenarios/glob.h"
#include "scenarios/suggest.h"

namespace smtpgauge {
namespace {

TEST(Glob, MatchesIdsAndTheirRows) {
  EXPECT_TRUE(GlobMatches("5321-4.1.1.5-*", "5321-4.1.1.5-rset-clears/data"));
  EXPECT_TRUE(GlobMatches("5321-4.1.1.5-rset-clears", "5321-4.1.1.5-rset-clears/data"));
  EXPECT_TRUE(GlobMatches("*/data", "5321-4.1.1.5-rset-clears/data"));
  EXPECT_TRUE(GlobMatches("sec-?", "sec-a"));
  EXPECT_FALSE(GlobMatches("5321-4.1.1.5", "5321-4.1.1.5-rset-clears"));
  EXPECT_FALSE(GlobMatches("data", "5321-4.1.1.5-rset-clears/data"));
  EXPECT_FALSE(AnyGlobMatches({}, "a"));
  EXPECT_TRUE(AnyGlobMatches({"b", "a"}, "a"));
}

TEST(Suggestion, NearestWordOrNone) {
  constexpr std::array<std::string_view, 4> kWords = {"expect", "send", "message", "matches"};
  EXPECT_EQ(Nearest("expct", kWords), "expect");
  EXPECT_EQ(Nearest("snd", kWords), "send");
  EXPECT_EQ(Nearest("MESSAGE", kWords), "message");
  EXPECT_EQ(Nearest("match", kWords), "matches");
  EXPECT_EQ(Nearest("esnd", kWords), "send");
  EXPECT_EQ(Nearest("x", kWords), "");
  EXPECT_EQ(Nearest("bananas", kWords), "");
  EXPECT_EQ(Nearest(std::string(100'000, 'a'), kWords), "");
  EXPECT_EQ(Suggestion("bananas", kWords), "; one of expect, send, message, matches");
}

}  // namespace
}  // namespace smtpgauge
