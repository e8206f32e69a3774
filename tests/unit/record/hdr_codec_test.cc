#include "runner/record/hdr_codec.h"

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "runner/smtp/base64.h"

namespace smtpgauge {
namespace {

Histogram LogUniform(std::size_t count, unsigned seed) {
  std::mt19937_64 random(seed);
  Histogram histogram;
  for (std::size_t i = 0; i < count; ++i) {
    const int shift = static_cast<int>(1 + random() % 63);
    histogram.RecordMicros(static_cast<std::int64_t>(random() >> shift), 1 + random() % 7);
  }
  return histogram;
}

TEST(HdrCodec, BeginsLikeEveryCompressedV2Histogram) {
  EXPECT_THAT(EncodeHdr(Histogram()), ::testing::StartsWith("HISTFAAA"));
  EXPECT_THAT(EncodeHdr(LogUniform(100, 1)), ::testing::StartsWith("HISTFAAA"));
}

TEST(HdrCodec, GivesBackWhatWasEncoded) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    const Histogram histogram = LogUniform(seed * 50, seed);
    const std::string text = EncodeHdr(histogram);
    EXPECT_EQ(DecodeHdr(text, histogram.summary()), histogram) << seed;
    EXPECT_EQ(EncodeHdr(PackedHistogram(histogram)), text);
  }
}

TEST(HdrCodec, IsAsNearAsTheSlotsTellWithoutTheSummary) {
  const Histogram histogram = LogUniform(2000, 7);
  const Histogram decoded = DecodeHdr(EncodeHdr(histogram));
  EXPECT_EQ(decoded.count(), histogram.count());
  EXPECT_TRUE(
      std::equal(decoded.slots().begin(), decoded.slots().end(), histogram.slots().begin()));
  EXPECT_NEAR(decoded.Mean(), histogram.Mean(), histogram.Mean() / 1000);
  EXPECT_NEAR(static_cast<double>(decoded.Max()), static_cast<double>(histogram.Max()),
              static_cast<double>(histogram.Max()) / 1000);
  for (const double q : {0.1, 0.5, 0.9, 0.99})
    EXPECT_EQ(decoded.Quantile(q), histogram.Quantile(q));
}

TEST(HdrCodec, RefusesASummaryOfAnotherHistogram) {
  const Histogram histogram = LogUniform(100, 3);
  const std::string text = EncodeHdr(histogram);
  HistogramSummary summary = histogram.summary();
  ++summary.count;
  EXPECT_THROW(static_cast<void>(DecodeHdr(text, summary)), HdrError);
  summary = histogram.summary();
  summary.max_micros += 1 + summary.max_micros / 500;
  EXPECT_THROW(static_cast<void>(DecodeHdr(text, summary)), HdrError);
  summary = histogram.summary();
  summary.min_micros = -1;
  EXPECT_THROW(static_cast<void>(DecodeHdr(text, summary)), HdrError);
  summary = {};
  summary.sum_micros = 1;
  EXPECT_THROW(static_cast<void>(DecodeHdr(EncodeHdr(Histogram()), summary)), HdrError);
}

TEST(HdrCodec, RefusesEveryTruncation) {
  const std::string text = EncodeHdr(LogUniform(30, 5));
  for (std::size_t length = 0; length < text.size(); ++length) {
    EXPECT_THROW(static_cast<void>(DecodeHdr(text.substr(0, length))), HdrError) << length;
  }
}

TEST(HdrCodec, SurvivesEveryDamagedOctet) {
  const std::string text = EncodeHdr(LogUniform(30, 5));
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string damaged = text;
    damaged[i] = damaged[i] == 'A' ? 'B' : 'A';
    try {
      EXPECT_GE(DecodeHdr(damaged).count(), 0U);  // only base64 padding bits could stay unnoticed
    } catch (const HdrError&) {
    }
  }
}

/// The same text with one octet of what is compressed inside changed.
std::string WithOctet(const std::string& text, std::size_t place, char octet) {
  const std::string compressed = smtp::DecodeBase64(text).value();
  std::string octets(1000, '\0');
  uLongf size = octets.size();
  EXPECT_EQ(
      uncompress(reinterpret_cast<Bytef*>(octets.data()), &size,
                 reinterpret_cast<const Bytef*>(compressed.data()) + 8, compressed.size() - 8),
      Z_OK);
  octets.at(place) = octet;
  std::string again(2000, '\0');
  uLongf again_size = again.size();
  EXPECT_EQ(compress(reinterpret_cast<Bytef*>(again.data()), &again_size,
                     reinterpret_cast<const Bytef*>(octets.data()), size),
            Z_OK);
  EXPECT_LT(again_size, 256U);
  std::string out = compressed.substr(0, 8);
  out[7] = static_cast<char>(again_size);
  return smtp::EncodeBase64(out + again.substr(0, again_size));
}

TEST(HdrCodec, RefusesOtherHeaders) {
  Histogram histogram;
  histogram.RecordMicros(5, 1);
  const std::string text = EncodeHdr(histogram);
  EXPECT_EQ(DecodeHdr(WithOctet(text, 0, 0x1c)), histogram);  // unchanged
  constexpr std::size_t kCookieEnd = 3, kPayloadLength = 7, kIndexOffset = 11, kDigits = 15,
                        kLowest = 23, kHighest = 24, kRatio = 32, kPayload = 40;
  for (const std::size_t place :
       {kCookieEnd, kPayloadLength, kIndexOffset, kDigits, kLowest, kHighest, kRatio}) {
    EXPECT_THROW(static_cast<void>(DecodeHdr(WithOctet(text, place, 5))), HdrError) << place;
  }
  // A run of zeros without an end behind it is no error, a number without one is.
  EXPECT_THROW(static_cast<void>(DecodeHdr(WithOctet(text, kPayload + 1, '\x80'))), HdrError);
}

TEST(HdrCodec, RefusesWhatIsNoHistogram) {
  for (const std::string_view text : {"", "not base64!", "AAAAAAAAAAA=", "HISTFAAAAAA="}) {
    EXPECT_THROW(static_cast<void>(DecodeHdr(text)), HdrError) << text;
  }
}

}  // namespace
}  // namespace smtpgauge
