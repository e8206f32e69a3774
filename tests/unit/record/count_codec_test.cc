#include "runner/record/count_codec.h"

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace smtpgauge {
namespace {

using std::string_view_literals::operator""sv;

std::string Encode(const std::vector<std::uint64_t>& counts) {
  std::string out;
  AppendCounts(counts, out);
  return out;
}

struct Decoded {
  std::vector<std::uint64_t> counts;
  bool is_broken = false;
};

Decoded Decode(std::string_view encoded, std::size_t slot_limit) {
  Decoded decoded;
  decoded.counts.resize(slot_limit);
  CountReader reader(encoded, slot_limit);
  while (const auto slot = reader.Next())
    decoded.counts.at(slot->index) = slot->count;
  decoded.is_broken = reader.is_broken();
  return decoded;
}

TEST(CountCodec, WritesZigZagAndZeroRuns) {
  EXPECT_EQ(Encode({}), "");
  EXPECT_EQ(Encode({1}), "\x02");
  EXPECT_EQ(Encode({63}), "\x7e");
  EXPECT_EQ(Encode({64}), "\x80\x01");
  EXPECT_EQ(Encode({0, 1}), "\x00\x02"sv);
  EXPECT_EQ(Encode({0, 0, 1}), "\x03\x02");
  EXPECT_EQ(Encode(std::vector<std::uint64_t>(65, 0)), "\x81\x01");
}

TEST(CountCodec, CarriesCountsOfEveryLength) {
  std::vector<std::uint64_t> counts;
  for (int bits = 0; bits < 63; ++bits) {
    counts.push_back(std::uint64_t{1} << bits);
    counts.push_back((std::uint64_t{1} << bits) - 1);
    counts.push_back(0);
  }
  counts.push_back(std::numeric_limits<std::int64_t>::max());
  const Decoded decoded = Decode(Encode(counts), counts.size());
  EXPECT_FALSE(decoded.is_broken);
  EXPECT_EQ(decoded.counts, counts);
}

TEST(CountCodec, BreaksOffAtEveryTruncationInsideANumber) {
  const std::string encoded = Encode({std::uint64_t{1} << 62});
  ASSERT_EQ(encoded.size(), 9U);
  for (std::size_t length = 1; length < encoded.size(); ++length) {
    EXPECT_TRUE(Decode(std::string_view(encoded).substr(0, length), 10).is_broken) << length;
  }
  EXPECT_FALSE(Decode(encoded, 10).is_broken);
}

TEST(CountCodec, BreaksOffPastTheLastSlot) {
  EXPECT_FALSE(Decode(Encode({1, 1}), 2).is_broken);
  EXPECT_TRUE(Decode(Encode({1, 1, 1}), 2).is_broken);
  EXPECT_FALSE(Decode(Encode({0, 0}), 2).is_broken);
  EXPECT_TRUE(Decode(Encode({0, 0, 0}), 2).is_broken);
  EXPECT_TRUE(Decode("\xff\xff\xff\xff\xff\xff\xff\xff\xff"sv, 2).is_broken);
}

}  // namespace
}  // namespace smtpgauge
