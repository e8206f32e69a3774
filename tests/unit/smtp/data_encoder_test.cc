#include "runner/smtp/data_encoder.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace smtpgauge::smtp {
namespace {

struct Case {
  std::string_view content;
  std::string_view encoded;
};

constexpr Case kCases[] = {
    {"", ".\r\n"},
    {"a", "a\r\n.\r\n"},
    {"a\r\n", "a\r\n.\r\n"},
    {"\r\n", "\r\n.\r\n"},
    {".", "..\r\n.\r\n"},
    {"..", "...\r\n.\r\n"},
    {".\r\n", "..\r\n.\r\n"},
    {"a\r\n.\r\nb\r\n", "a\r\n..\r\nb\r\n.\r\n"},
    {"a\r\n.b\r\n..c\r\n", "a\r\n..b\r\n...c\r\n.\r\n"},
    {"a.b\r\n", "a.b\r\n.\r\n"},
    {"a\n.b", "a\n.b\r\n.\r\n"},
    {"a\r.b", "a\r.b\r\n.\r\n"},
    {"a\r\r\n.b", "a\r\r\n..b\r\n.\r\n"},
    {"a\r", "a\r\r\n.\r\n"},
    {"a\n", "a\n\r\n.\r\n"},
    {"\n.", "\n.\r\n.\r\n"},
    {"\n.\r\n.", "\n.\r\n..\r\n.\r\n"},
    {"\r\n\r\n.\r\n.\r\n", "\r\n\r\n..\r\n..\r\n.\r\n"},
};

TEST(DataEncoder, StuffsDotsAtLineStarts) {
  for (const Case& c : kCases) {
    EXPECT_EQ(EncodeData(c.content), c.encoded) << ::testing::PrintToString(c.content);
  }
}

TEST(DataEncoder, GivesTheSameForEverySplit) {
  for (const Case& c : kCases) {
    for (std::size_t a = 0; a <= c.content.size(); ++a) {
      for (std::size_t b = a; b <= c.content.size(); ++b) {
        DataEncoder encoder;
        std::string out;
        encoder.Append(c.content.substr(0, a), out);
        encoder.Append(c.content.substr(a, b - a), out);
        encoder.Append(c.content.substr(b), out);
        encoder.Finish(out);
        EXPECT_EQ(out, c.encoded) << ::testing::PrintToString(c.content) << a << ' ' << b;
      }
    }
  }
}

TEST(DataEncoder, IsReadyForTheNextMessageAfterFinish) {
  DataEncoder encoder;
  std::string out;
  encoder.Append("a", out);
  encoder.Finish(out);
  encoder.Append(".b", out);
  encoder.Finish(out);
  EXPECT_EQ(out, "a\r\n.\r\n..b\r\n.\r\n");
}

/// What RFC 5321 section 4.5.2 tells a receiver to do.
std::string Decode(std::string_view wire) {
  std::string content;
  while (!wire.empty()) {
    const std::size_t line_end = wire.find("\r\n");
    if (line_end == wire.npos) break;
    std::string_view line = wire.substr(0, line_end);
    wire.remove_prefix(line_end + 2);
    if (line == ".") {
      EXPECT_TRUE(wire.empty()) << "ended early";
      return content;
    }
    if (line.starts_with('.')) line.remove_prefix(1);
    content.append(line).append("\r\n");
  }
  ADD_FAILURE() << "no end of data";
  return content;
}

TEST(DataEncoder, IsUndoneByAReceiverForAllShortContents) {
  constexpr std::string_view kOctets = "a.\r\n";
  for (std::size_t length = 0; length <= 6; ++length) {
    std::size_t combinations = 1;
    for (std::size_t i = 0; i < length; ++i)
      combinations *= kOctets.size();
    for (std::size_t n = 0; n < combinations; ++n) {
      std::string content;
      for (std::size_t rest = n, i = 0; i < length; ++i, rest /= kOctets.size()) {
        content += kOctets[rest % kOctets.size()];
      }
      const bool gains_line_end = !content.empty() && !content.ends_with("\r\n");
      ASSERT_EQ(Decode(EncodeData(content)), content + (gains_line_end ? "\r\n" : ""))
          << ::testing::PrintToString(content);
    }
  }
}

}  // namespace
}  // namespace smtpgauge::smtp
