#include "runner/record/units.h"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace smtpgauge {
namespace {

using std::chrono_literals::operator""ns;
using std::chrono_literals::operator""us;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""h;

TEST(ParseDuration, ReadsNumberAndUnit) {
  const std::pair<std::string_view, Duration> cases[] = {
      {"250ms", 250ms}, {"1.5s", 1500ms}, {"2m", 2min},        {"1h", 1h},         {"90us", 90us},
      {"5ns", 5ns},     {"0s", 0ns},      {"0.0005ms", 500ns}, {"10000h", 10000h}, {".5s", 500ms},
  };
  for (const auto& [text, duration] : cases)
    EXPECT_EQ(ParseDuration(text), duration) << text;
}

TEST(ParseDuration, RefusesAllElse) {
  for (const std::string_view text :
       {"", "s", "5", "5 s", "-1s", "-0s", "1e3s", "5sec", "5S", "inf", "nans", "infs", "10001h",
        "1s ", " 1s", "1,5s", "0x5s", "1m30s", "99999999999999999999999999999999h"}) {
    EXPECT_THROW(static_cast<void>(ParseDuration(text)), UnitError) << text;
  }
}

TEST(ParseSize, ReadsNumberAndUnit) {
  const std::pair<std::string_view, std::uint64_t> cases[] = {
      {"0", 0},       {"512", 512},       {"1k", 1024},       {"1K", 1024},
      {"1KiB", 1024}, {"100KiB", 102400}, {"1.5M", 1572864},  {"1MB", 1'000'000},
      {"2kB", 2000},  {"7B", 7},          {"1G", 1073741824}, {"0.5k", 512},
  };
  for (const auto& [text, size] : cases)
    EXPECT_EQ(ParseSize(text), size) << text;
}

TEST(ParseSize, RefusesAllElse) {
  for (const std::string_view text :
       {"", "k", "1.5", "0.3k", "-1", "1kk", "1 k", "1e3", "10000000G", "1b", "nan"}) {
    EXPECT_THROW(static_cast<void>(ParseSize(text)), UnitError) << text;
  }
}

TEST(ParseRate, ReadsEventsPerSecond) {
  EXPECT_DOUBLE_EQ(ParseRate("500/s"), 500);
  EXPECT_DOUBLE_EQ(ParseRate("500"), 500);
  EXPECT_DOUBLE_EQ(ParseRate("0.5/s"), 0.5);
  EXPECT_DOUBLE_EQ(ParseRate("30/m"), 0.5);
  EXPECT_DOUBLE_EQ(ParseRate("7200/h"), 2);
  for (const std::string_view text : {"", "0", "0/s", "-1/s", "5/d", "5/", "/s", "inf/s"}) {
    EXPECT_THROW(static_cast<void>(ParseRate(text)), UnitError) << text;
  }
}

TEST(UnitError, QuotesTheTextAndSaysWhatIsAllowed) {
  try {
    static_cast<void>(ParseDuration("5 parsecs"));
    FAIL();
  } catch (const UnitError& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("'5 parsecs' is no duration"));
    EXPECT_THAT(error.what(), ::testing::HasSubstr("250ms"));
  }
  try {
    static_cast<void>(ParseSize(std::string(10'000, 'x')));
    FAIL();
  } catch (const UnitError& error) {
    EXPECT_LT(std::string_view(error.what()).size(), 300U);
  }
}

TEST(FormatMicros, KeepsThreeDigits) {
  const std::pair<double, std::string_view> cases[] = {
      {0, "0 us"},        {843, "843 us"},    {1.5, "1.50 us"},    {999, "999 us"},
      {999.7, "1.00 ms"}, {1000, "1.00 ms"},  {1234, "1.23 ms"},   {9994, "9.99 ms"},
      {9996, "10.0 ms"},  {12345, "12.3 ms"}, {99960, "100 ms"},   {123456, "123 ms"},
      {999499, "999 ms"}, {999500, "1.00 s"}, {1250000, "1.25 s"}, {83.4e6, "83.4 s"},
      {3.6e9, "3600 s"},
  };
  for (const auto& [micros, text] : cases)
    EXPECT_EQ(FormatMicros(micros), text) << micros;
  EXPECT_EQ(FormatMicros(std::numeric_limits<double>::quiet_NaN()), "-");
  EXPECT_LT(FormatMicros(1e300).size(), 400U);
}

}  // namespace
}  // namespace smtpgauge
