#include "runner/record/hlog.h"

#include <chrono>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runner/record/hdr_codec.h"

namespace smtpgauge {
namespace {

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);)
    lines.push_back(line);
  return lines;
}

TEST(Hlog, HasAHeaderAndALineForEachHistogramInUse) {
  LoadResult result;
  result.info.tool_version = "1.2.3";
  result.info.started = std::chrono::system_clock::time_point(std::chrono::milliseconds(86400250));
  result.measured_from = std::chrono::seconds(2);
  result.measured = std::chrono::milliseconds(3500);
  Histogram histogram;
  histogram.RecordMicros(1234, 2);
  result.phases[{Phase::kEod, Outcome::k2yz}].service = histogram;
  result.series.resize(3);
  result.series[1].message_response = PackedHistogram(histogram);
  const std::string hdr = EncodeHdr(histogram);
  EXPECT_THAT(
      Lines(FormatHlog(result)),
      ::testing::ElementsAre(
          ::testing::StartsWith("#[smtpgauge 1.2.3; microseconds"),
          "#[Histogram log format version 1.3]",
          "#[StartTime: 86400.250 (seconds since epoch), Fri Jan 02 00:00:00 UTC 1970]",
          R"("StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram")",
          "Tag=eod.2xx.service,2.000,3.500,1.234," + hdr,
          "Tag=message.response,1.000,1.000,1.234," + hdr));
}

TEST(Hlog, OfNothingIsItsHeader) {
  EXPECT_EQ(Lines(FormatHlog(LoadResult())).size(), 4U);
}

}  // namespace
}  // namespace smtpgauge
