#include "reports/octets.h"

#include <gtest/gtest.h>

#include "tests/unit/reports/samples.h"

namespace smtpgauge {
namespace {

TEST(EscapeOctets, ShowsWhatWasSent) {
  struct Row {
    std::string_view octets, text;
  };
  for (const Row& row : {
           Row{"250 ok\r\n", "250 ok\\r\\n"}, Row{"a\tb\\c", "a\\tb\\\\c"},
           Row{"\x1b[2J", "\\x1b[2J"}, Row{"\x7f", "\\x7f"}, Row{"caf\xc3\xa9", "caf\xc3\xa9"},
           Row{"\xf0\x9f\x93\xac", "\xf0\x9f\x93\xac"}, Row{"\xe9t\xe9", "\\xe9t\\xe9"},  // Latin-1
           Row{"\xc0\xaf", "\\xc0\\xaf"},                    // over-long form
           Row{"\xed\xa0\x80", "\\xed\\xa0\\x80"},           // surrogate
           Row{"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},  // above U+10FFFF
           Row{"\xe2\x82", "\\xe2\\x82"},                    // cut short
           Row{"\xc2\x9b", "\\xc2\\x9b"},                    // C1 CSI
           Row{"\xe2\x80\xae", "\\xe2\\x80\\xae"},           // right-to-left override
           Row{"\xef\xbf\xbf", "\\xef\\xbf\\xbf"},           // not a character, not XML
       }) {
    EXPECT_EQ(EscapeOctets(row.octets), row.text);
  }
}

TEST(EscapeOctets, LosesNothing) {
  std::vector<std::string> texts = HostileTexts();
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      texts.push_back({static_cast<char>(first), static_cast<char>(second)});
    }
  }
  for (const std::string& text : texts) {
    const std::string escaped = EscapeOctets(text);
    EXPECT_EQ(UnescapeOctets(escaped), text);
    EXPECT_EQ(EscapeOctets(*UnescapeOctets(escaped)), escaped);
  }
}

TEST(UnescapeOctets, RefusesWhatItDoesNotKnow) {
  for (const std::string_view text :
       {"\\", "a\\", "\\q", "\\x", "\\x1", "\\xg0", "\\x1G", "\\u0041"}) {
    EXPECT_EQ(UnescapeOctets(text), std::nullopt) << text;
  }
}

TEST(Shorten, CutsBetweenCharactersAndSequences) {
  EXPECT_EQ(Shorten("abcdef", 6), "abcdef");
  EXPECT_EQ(Shorten("abcdefg", 6), "abc...");
  EXPECT_EQ(Shorten("ab\\x1bdefg", 8), "ab...");
  EXPECT_EQ(Shorten("ab\\\\\\\\\\\\", 7), "ab\\\\...");
  EXPECT_EQ(Shorten("ab\xc3\xa9\xc3\xa9\xc3\xa9", 6), "ab...");
  for (const std::string& text : HostileTexts()) {
    const std::string escaped = EscapeOctets(text);
    for (std::size_t limit = 3; limit <= escaped.size(); ++limit) {
      const std::string cut = Shorten(escaped, limit);
      EXPECT_LE(cut.size(), limit);
      EXPECT_EQ(EscapeOctets(UnescapeOctets(cut).value_or("\x01")), cut);
    }
  }
}

TEST(WithoutLineEnd, TakesOneCrLfOnly) {
  EXPECT_EQ(WithoutLineEnd("250 ok\r\n"), "250 ok");
  EXPECT_EQ(WithoutLineEnd("250 ok\n"), "250 ok\n");
  EXPECT_EQ(WithoutLineEnd("250-a\r\n250 b\r\n\r\n"), "250-a\r\n250 b\r\n");
}

}  // namespace
}  // namespace smtpgauge
