#include "runner/sink/data_scanner.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace smtpgauge::sink {
namespace {

using namespace std::literals;

struct Seen {
  std::string content;
  std::size_t taken = 0;
  bool ended = false;
  ContentFindings findings;
};

// Feeds the octets in the pieces that the cuts make.
Seen Scan(const std::vector<std::string_view>& pieces) {
  DataScanner scanner;
  Seen seen;
  for (std::string_view piece : pieces) {
    seen.taken += scanner.Feed(piece, [&](std::string_view part) { seen.content += part; });
    if (scanner.ended()) break;
  }
  seen.ended = scanner.ended();
  seen.findings = scanner.findings();
  return seen;
}

void ExpectSame(const Seen& a, const Seen& b, std::size_t cut) {
  EXPECT_EQ(a.content, b.content) << cut;
  EXPECT_EQ(a.taken, b.taken) << cut;
  EXPECT_EQ(a.ended, b.ended) << cut;
  EXPECT_EQ(a.findings.octets, b.findings.octets) << cut;
  EXPECT_EQ(a.findings.received_fields, b.findings.received_fields) << cut;
  EXPECT_EQ(a.findings.bare_line_end, b.findings.bare_line_end) << cut;
  EXPECT_EQ(a.findings.long_line, b.findings.long_line) << cut;
}

struct Case {
  std::string octets;
  std::string content;
  bool ends;
  bool bare;
};

const std::vector<Case>& Cases() {
  static const std::vector<Case> cases = {
      {".\r\n", "", true, false},
      {"a\r\n.\r\n", "a\r\n", true, false},
      {"..\r\n...\r\n.x\r\na..b\r\n .\r\n.\r\n", ".\r\n..\r\nx\r\na..b\r\n .\r\n", true, false},
      {"a\n.\nb\r\n.\r\n", "a\n.\nb\r\n", true, true},
      {"a\n.\r\nb\r\n.\r\n", "a\n.\r\nb\r\n", true, true},
      {"a\r\n.\nb\r\n.\r\n", "a\r\n\nb\r\n", true, true},
      {"a\r.\rb\r\n.\r\n", "a\r.\rb\r\n", true, true},
      {"a\r.\r\nb\r\n.\r\n", "a\r.\r\nb\r\n", true, true},
      {"a\n.\rb\r\n.\r\n", "a\n.\rb\r\n", true, true},
      {"a\r\n.\rb\r\n.\r\n", "a\r\n\rb\r\n", true, true},
      {"a\r.\nb\r\n.\r\n", "a\r.\nb\r\n", true, true},
      {"a\r\n\0.\r\nb\r\n.\r\n"s, "a\r\n\0.\r\nb\r\n"s, true, true},
      {"a\r\n.\0\r\nb\r\n.\r\n"s, "a\r\n\0\r\nb\r\n"s, true, true},
      {"a\r\n. \r\nb\r\n.\r\n", "a\r\n \r\nb\r\n", true, false},
      {"a\r\n.\r\r\nb\r\n.\r\n", "a\r\n\r\r\nb\r\n", true, true},
      {"a\r\r\n.\r\n", "a\r\r\n", true, true},
      {"a\n\r.\n\rb\r\n.\r\n", "a\n\r.\n\rb\r\n", true, true},
      {"a\v.\vb\x1e.\x1e\r\n.\r\n", "a\v.\vb\x1e.\x1e\r\n", true, false},
      {"a\r\n.\r\nNOOP\r\n", "a\r\n", true, false},
      {"a\r\n", "a\r\n", false, false},
      {"Received: x\r\nX: y\r\nreceived: z\r\n\r\nReceived: no\r\n.\r\n",
       "Received: x\r\nX: y\r\nreceived: z\r\n\r\nReceived: no\r\n", true, false},
  };
  return cases;
}

TEST(DataScanner, EndsAtCrlfDotCrlfOnly) {
  for (const Case& each : Cases()) {
    const Seen seen = Scan({each.octets});
    EXPECT_EQ(seen.content, each.content) << each.octets;
    EXPECT_EQ(seen.ended, each.ends) << each.octets;
    EXPECT_EQ(seen.findings.bare_line_end, each.bare) << each.octets;
    EXPECT_EQ(seen.findings.octets, each.content.size()) << each.octets;
  }
}

TEST(DataScanner, GivesTheSameForEverySplit) {
  for (const Case& each : Cases()) {
    const std::string_view octets = each.octets;
    const Seen whole = Scan({octets});
    for (std::size_t i = 0; i <= octets.size(); ++i)
      for (std::size_t k = i; k <= octets.size(); ++k)
        ExpectSame(whole, Scan({octets.substr(0, i), octets.substr(i, k - i), octets.substr(k)}),
                   i);
  }
}

TEST(DataScanner, LeavesWhatComesBehindTheEnd) {
  EXPECT_EQ(Scan({"a\r\n.\r\nNOOP\r\n"}).taken, 6U);
}

TEST(DataScanner, CountsReceivedFieldsOfTheHeaderOnly) {
  EXPECT_EQ(Scan({Cases().back().octets}).findings.received_fields, 2U);
}

TEST(DataScanner, FindsLinesAbove998Octets) {
  for (const auto& [length, found] : {std::pair<std::size_t, bool>{998, false}, {999, true}}) {
    const std::string text = std::string(length, 'x') + "\r\n.\r\n";
    EXPECT_EQ(Scan({text}).findings.long_line, found) << length;
    EXPECT_EQ(Scan({text.substr(0, 500), text.substr(500)}).findings.long_line, found) << length;
    const std::string stuffed = "." + text;  // the stuffing dot does not count
    EXPECT_EQ(Scan({stuffed}).findings.long_line, found) << length;
  }
}

TEST(DataScanner, TakesChunksAsTheyAre) {
  DataScanner scanner;
  for (std::string_view part : {"a\r", "\n..x\r\n", ".\r\n"})
    scanner.FeedChunk(part);
  EXPECT_FALSE(scanner.ended());
  EXPECT_FALSE(scanner.findings().bare_line_end);
  EXPECT_EQ(scanner.findings().octets, 11U);
  scanner.FeedChunk("\n");
  EXPECT_TRUE(scanner.findings().bare_line_end);
}

}  // namespace
}  // namespace smtpgauge::sink
