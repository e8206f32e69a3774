#include "runner/smtp/reply_parser.h"

#include <initializer_list>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace smtpgauge::smtp {
namespace {

using F = ReplyFault;
using std::string_view_literals::operator""sv;

/// A Reply that outlives its parser.
struct Parsed {
  int code = 0;
  std::uint32_t lines = 0;
  ReplyFaults faults;
  std::string raw;
  friend bool operator==(const Parsed&, const Parsed&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Parsed& parsed) {
    out << parsed.code << " lines=" << parsed.lines << " faults=";
    for (int bit = 0; bit < 10; ++bit)
      out << parsed.faults.Has(static_cast<F>(1 << bit));
    return out << " raw=" << ::testing::PrintToString(parsed.raw.substr(0, 80));
  }
};

/// All that one stream gave.
struct Reading {
  std::vector<Parsed> replies;
  std::string pending;
  friend bool operator==(const Reading&, const Reading&) = default;
};

ReplyFaults Faults(std::initializer_list<F> list) {
  ReplyFaults faults;
  for (const F fault : list)
    faults.Add(fault);
  return faults;
}

void FeedChunk(ReplyParser& parser, std::string_view chunk, std::vector<Parsed>& replies) {
  // Own storage, overwritten after use: a view kept past its life shows.
  std::string storage(chunk);
  std::string_view input = storage;
  while (const auto reply = parser.Next(input)) {
    replies.push_back({reply->code, reply->lines, reply->faults, std::string(reply->raw)});
  }
  EXPECT_TRUE(input.empty());
  storage.assign(storage.size(), '#');
}

Reading Read(const std::vector<std::string_view>& chunks) {
  ReplyParser parser;
  Reading reading;
  for (const std::string_view chunk : chunks)
    FeedChunk(parser, chunk, reading.replies);
  EXPECT_EQ(parser.Pending(), parser.PendingBytes().size());
  reading.pending = parser.PendingBytes();
  return reading;
}

struct Case {
  const char* name;
  std::string_view stream;
  std::vector<Parsed> replies;
  std::string_view pending = "";
};

std::vector<Case> WellFormed() {
  return {
      {"OneLine", "250 2.0.0 Ok\r\n", {{250, 1, {}, "250 2.0.0 Ok\r\n"}}},
      {"EmptyText", "250 \r\n", {{250, 1, {}, "250 \r\n"}}},
      {"Tab", "250 a\tb\r\n", {{250, 1, {}, "250 a\tb\r\n"}}},
      {"LastLegalCode", "559 a\r\n", {{559, 1, {}, "559 a\r\n"}}},
      {"Multiline", "250-a\r\n250-b\r\n250 c\r\n", {{250, 3, {}, "250-a\r\n250-b\r\n250 c\r\n"}}},
      {"EmptyContinuation", "250-\r\n250 \r\n", {{250, 2, {}, "250-\r\n250 \r\n"}}},
      {"Group",
       "250 a\r\n354 b\r\n550-c\r\n550 d\r\n",
       {{250, 1, {}, "250 a\r\n"}, {354, 1, {}, "354 b\r\n"}, {550, 2, {}, "550-c\r\n550 d\r\n"}}},
      {"Unfinished", "250 a\r\n250-b\r\n250", {{250, 1, {}, "250 a\r\n"}}, "250-b\r\n250"},
      {"UnfinishedAtCarriageReturn", "250 a\r", {}, "250 a\r"},
  };
}

/// Cases of one reply with one line and one fault.
Case Faulty(const char* name, std::string_view line, int code, std::initializer_list<F> faults) {
  return {name, line, {{code, 1, Faults(faults), std::string(line)}}};
}

std::vector<Case> BadLines() {
  return {
      Faulty("NoText", "250\r\n", 250, {F::kNoText}),
      Faulty("BareLineFeed", "250 a\n", 250, {F::kBareLineFeed}),
      Faulty("BareLineFeedAlone", "\n", 0, {F::kBadCode, F::kBareLineFeed}),
      Faulty("BareCarriageReturn", "250 a\rb\r\n", 250, {F::kBareCarriageReturn}),
      Faulty("TwoCarriageReturns", "250 a\r\r\n", 250, {F::kBareCarriageReturn}),
      Faulty("CarriageReturnFirst", "\r250 a\r\n", 0, {F::kBadCode, F::kBareCarriageReturn}),
      Faulty("EmptyLine", "\r\n", 0, {F::kBadCode}),
      Faulty("TwoDigits", "25\r\n", 0, {F::kBadCode}),
      Faulty("NoDigits", "HTTP/1.1 400 Bad Request\r\n", 0, {F::kBadCode}),
      Faulty("LeadingSpace", " 250 a\r\n", 0, {F::kBadCode}),
      Faulty("FirstDigitTooLow", "199 a\r\n", 0, {F::kBadCode}),
      Faulty("FirstDigitTooHigh", "600 a\r\n", 0, {F::kBadCode}),
      Faulty("SecondDigitTooHigh", "571 a\r\n", 571, {F::kBadCode}),
      Faulty("BadSeparator", "250_a\r\n", 250, {F::kBadSeparator}),
      Faulty("TabSeparator", "250\ta\r\n", 250, {F::kBadSeparator}),
      Faulty("FourDigits", "2500 a\r\n", 250, {F::kBadSeparator}),
      Faulty("EightBit", "250 \xc3\xa4\r\n", 250, {F::kEightBit}),
      Faulty("EightBitLast", "250 \xff\r\n", 250, {F::kEightBit}),
      Faulty("Nul", "250 a\0b\r\n"sv, 250, {F::kControl}),
      Faulty("Delete", "250 \x7f\r\n", 250, {F::kControl}),
      Faulty("DeleteBeforeSpaces", "250 \x7f      a\r\n", 250, {F::kControl}),
      Faulty("Escape", "250 \x1b[2J\r\n", 250, {F::kControl}),
  };
}

std::vector<Case> BadMultilines() {
  return {
      {"NoTextEndsIt", "250-a\r\n250\r\n", {{250, 2, Faults({F::kNoText}), "250-a\r\n250\r\n"}}},
      {"BareLineFeed",
       "250-a\n250 b\r\n",
       {{250, 2, Faults({F::kBareLineFeed}), "250-a\n250 b\r\n"}}},
      {"BareCarriageReturnIsNoLineEnd",
       "250-a\r250 b\r\n250 c\r\n",
       {{250, 2, Faults({F::kBareCarriageReturn}), "250-a\r250 b\r\n250 c\r\n"}}},
      {"IllegalCodeDoesNotContinue",
       "199-a\r\n250 b\r\n",
       {{0, 1, Faults({F::kBadCode}), "199-a\r\n"}, {250, 1, {}, "250 b\r\n"}}},
      {"CodeChanges",
       "250-a\r\n251-b\r\n252 c\r\n",
       {{250, 3, Faults({F::kCodeChanged}), "250-a\r\n251-b\r\n252 c\r\n"}}},
      {"CodeChangesToIllegal",
       "250-a\r\n999 c\r\n",
       {{250, 2, Faults({F::kCodeChanged, F::kBadCode}), "250-a\r\n999 c\r\n"}}},
      {"TextEndsIt",
       "250-a\r\nSIZE\r\n250 b\r\n",
       {{250, 2, Faults({F::kBadCode}), "250-a\r\nSIZE\r\n"}, {250, 1, {}, "250 b\r\n"}}},
      {"EmptyLineEndsIt",
       "250-a\r\n\r\n250 b\r\n",
       {{250, 2, Faults({F::kBadCode}), "250-a\r\n\r\n"}, {250, 1, {}, "250 b\r\n"}}},
      {"FaultsStayWithTheirReply",
       "250 \x1b\r\n250 b\r\n",
       {{250, 1, Faults({F::kControl}), "250 \x1b\r\n"}, {250, 1, {}, "250 b\r\n"}}},
      {"FaultsOfAllLinesCount",
       "250-\x1b\n250-\xff\r\n250\r\n",
       {{250, 3, Faults({F::kControl, F::kBareLineFeed, F::kEightBit, F::kNoText}),
         "250-\x1b\n250-\xff\r\n250\r\n"}}},
  };
}

std::vector<Case> AllCases() {
  std::vector<Case> all = WellFormed();
  for (const auto& part : {BadLines(), BadMultilines()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

TEST(ReplyParser, ReadsEveryCaseWhole) {
  for (const Case& c : AllCases()) {
    SCOPED_TRACE(c.name);
    const Reading reading = Read({c.stream});
    EXPECT_THAT(reading.replies, ::testing::ElementsAreArray(c.replies));
    EXPECT_EQ(reading.pending, c.pending);
  }
}

TEST(ReplyParser, GivesTheSameRepliesForEverySplit) {
  for (const Case& c : AllCases()) {
    SCOPED_TRACE(c.name);
    const std::string_view s = c.stream;
    const Reading whole = Read({s});
    for (std::size_t a = 0; a <= s.size(); ++a) {
      for (std::size_t b = a; b <= s.size(); ++b) {
        ASSERT_EQ(Read({s.substr(0, a), s.substr(a, b - a), s.substr(b)}), whole) << a << ' ' << b;
      }
    }
    std::vector<std::string_view> octets;
    for (std::size_t i = 0; i < s.size(); ++i)
      octets.push_back(s.substr(i, 1));
    EXPECT_EQ(Read(octets), whole);
  }
}

TEST(ReplyParser, NeedsMoreUntilTheLastOctet) {
  const std::string_view stream = "250-first\r\n250 last\r\n";
  for (std::size_t length = 0; length < stream.size(); ++length) {
    const Reading reading = Read({stream.substr(0, length)});
    EXPECT_TRUE(reading.replies.empty()) << length;
    EXPECT_EQ(reading.pending, stream.substr(0, length));
  }
}

TEST(ReplyParser, FindsASpecialOctetAtEveryPlace) {
  for (int octet = 0; octet < 256; ++octet) {
    if (octet == '\n') continue;
    for (std::size_t place = 4; place < 24; ++place) {
      std::string line = "250 aaaaaaaaaaaaaaaaaaaa\r\n";
      line[place] = static_cast<char>(octet);
      ReplyFaults expected;
      if (octet == '\r') {
        expected.Add(F::kBareCarriageReturn);
      } else if (octet >= 128) {
        expected.Add(F::kEightBit);
      } else if ((octet < 32 && octet != '\t') || octet == 127) {
        expected.Add(F::kControl);
      }
      const Reading reading = Read({line});
      ASSERT_EQ(reading.replies.size(), 1U);
      EXPECT_EQ(reading.replies[0].faults, expected) << "octet " << octet << " at " << place;
    }
  }
}

TEST(ReplyParser, CountsTheLineEndIntoTheLineLimit) {
  const std::string longest = "250 " + std::string(506, 'a') + "\r\n";
  ASSERT_EQ(longest.size(), 512U);
  EXPECT_FALSE(Read({longest}).replies.at(0).faults.Has(F::kLineTooLong));
  const std::string longer = "250 " + std::string(507, 'a') + "\r\n";
  EXPECT_TRUE(Read({longer}).replies.at(0).faults.Has(F::kLineTooLong));
  const std::string_view cut = longer;
  EXPECT_TRUE(
      Read({cut.substr(0, 512), cut.substr(512)}).replies.at(0).faults.Has(F::kLineTooLong));
}

TEST(ReplyParser, TakesALineUpToTheBound) {
  const std::string line = "250 " + std::string(kMaxReplyLine - 6, 'a') + "\r\n";
  const Reading reading = Read({line});
  ASSERT_EQ(reading.replies.size(), 1U);
  EXPECT_FALSE(reading.replies[0].faults.Has(F::kUnbounded));
  EXPECT_EQ(reading.replies[0].raw, line);
}

/// Whole, and in chunks of several sizes around the bounds.
void ExpectGivenUp(const std::string& stream, const Parsed& expected) {
  for (const std::size_t chunk_size :
       {stream.size(), std::size_t{1}, std::size_t{7}, std::size_t{1460}, kMaxReplyLine - 1,
        kMaxReplyLine, kMaxReplyLine + 1, kMaxReplySize - 1, kMaxReplySize, kMaxReplySize + 1}) {
    std::vector<std::string_view> chunks;
    for (std::size_t i = 0; i < stream.size(); i += chunk_size) {
      chunks.push_back(std::string_view(stream).substr(i, chunk_size));
    }
    const Reading reading = Read(chunks);
    ASSERT_EQ(reading.replies.size(), 1U) << "chunks of " << chunk_size;
    EXPECT_TRUE(reading.replies[0] == expected) << "chunks of " << chunk_size;
    EXPECT_EQ(reading.pending, "");
  }
}

TEST(ReplyParser, GivesUpAnEndlessLine) {
  const std::string stream = "250 " + std::string(kMaxReplySize * 2, 'a') + "\r\n250 b\r\n";
  ExpectGivenUp(stream, {0, 1, Faults({F::kUnbounded}), stream.substr(0, kMaxReplyLine)});
}

TEST(ReplyParser, GivesUpALineWhoseEndLiesOnTheBound) {
  const std::string stream = "250 " + std::string(kMaxReplyLine - 5, 'a') + "\r\n";
  ExpectGivenUp(stream, {0, 1, Faults({F::kUnbounded}), stream.substr(0, kMaxReplyLine)});
}

TEST(ReplyParser, GivesUpAnEndlessReply) {
  std::string stream;
  while (stream.size() <= kMaxReplySize + 100)
    stream += "250-x\r\n";
  stream += "250 x\r\n250 y\r\n";
  ExpectGivenUp(stream, {250, kMaxReplySize / 7 + 1, Faults({F::kUnbounded}),
                         stream.substr(0, kMaxReplySize)});
}

TEST(ReplyParser, ForgetsOnReset) {
  ReplyParser parser;
  std::vector<Parsed> replies;
  FeedChunk(parser, "250-unfinished", replies);
  EXPECT_EQ(parser.Pending(), 14U);
  parser.Reset();
  EXPECT_EQ(parser.Pending(), 0U);
  FeedChunk(parser, std::string(kMaxReplyLine, 'a'), replies);
  FeedChunk(parser, "250 swallowed\r\n", replies);
  parser.Reset();
  FeedChunk(parser, "220 again\r\n", replies);
  ASSERT_EQ(replies.size(), 2U);
  EXPECT_TRUE(replies[0].faults.Has(F::kUnbounded));
  EXPECT_EQ(replies[1], (Parsed{220, 1, {}, "220 again\r\n"}));
}

TEST(ReplyParser, TakesOneReplyAndLeavesTheRest) {
  ReplyParser parser;
  std::string_view input = "250 a\r\n354 b\r\n";
  ASSERT_TRUE(parser.Next(input).has_value());
  EXPECT_EQ(input, "354 b\r\n");
  EXPECT_EQ(parser.Pending(), 0U);
}

// The parser compares with what came before; nearly the same is not the same.
TEST(ReplyParser, TakesRepeatsOfTheSameOctetsAlone) {
  const std::string_view once = "250-one\r\n250 two\r\n";
  std::string stream;
  for (int i = 0; i < 4; ++i)
    stream += once;
  stream += "250-one\r\n250 tw";
  ReplyParser parser;
  std::string_view input = stream;
  const auto reply = parser.Next(input);
  ASSERT_TRUE(reply);
  EXPECT_EQ(ReplyParser::TakeRepeats(*reply, input, 2), 2U);
  EXPECT_EQ(ReplyParser::TakeRepeats(*reply, input, 9), 1U);
  EXPECT_EQ(input, "250-one\r\n250 tw");
  EXPECT_EQ(ReplyParser::TakeRepeats(*reply, input, 9), 0U);
}

TEST(ReplyParser, GivesALongReplyOnceMoreAsItWas) {
  const std::string faulty = "250-a\r\n250-b\x01\n250 c\r\n";
  const std::string longer = "250-a\r\n250-b\r\n250-c\r\n250 d\r\n";
  const std::string shorter = "250-a\r\n250 b\r\n";
  for (int turn = 0; turn < 3; ++turn) {
    const std::string together = faulty + faulty + longer + shorter + longer;
    const Reading reading = Read({together});
    ASSERT_EQ(reading.replies.size(), 5U);
    const ReplyFaults faults = Faults({F::kControl, F::kBareLineFeed});
    EXPECT_EQ(reading.replies[0], (Parsed{250, 3, faults, faulty}));
    EXPECT_EQ(reading.replies[1], reading.replies[0]);
    EXPECT_EQ(reading.replies[2], (Parsed{250, 4, {}, longer}));
    EXPECT_EQ(reading.replies[3], (Parsed{250, 2, {}, shorter}));
    EXPECT_EQ(reading.replies[4], reading.replies[2]);
  }
}

TEST(ReplyParser, LooksAtWhatResemblesAnEarlierReply) {
  const std::string known = "250 2.1.0 Ok, sender\r\n";
  for (std::size_t at = 0; at < known.size(); ++at) {
    for (const char octet : {'-', '\r', '\n', '\0', '\x80', '9'}) {
      std::string altered = known;
      altered[at] = octet;
      if (altered == known) continue;
      std::vector<Parsed> replies;
      ReplyParser parser;
      FeedChunk(parser, known + known + altered + known, replies);
      ASSERT_GE(replies.size(), 3U) << at << ' ' << int{octet};
      EXPECT_EQ(replies[1], replies[0]);
      EXPECT_NE(replies[2], replies[0]) << at << ' ' << int{octet};
    }
  }
}

}  // namespace
}  // namespace smtpgauge::smtp
