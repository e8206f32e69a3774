#include "reports/writer.h"

#include <gtest/gtest.h>

#include "tests/unit/reports/samples.h"

namespace smtpgauge {
namespace {

TEST(Formats, AreFoundByNameAndByExtension) {
  for (const Format& format : Formats()) {
    EXPECT_EQ(FindFormat(format.name), &format);
    EXPECT_EQ(FormatForFile("out/result" + std::string(format.extension)), &format);
    EXPECT_NE(FormatNames().find(format.name), std::string::npos);
  }
  EXPECT_EQ(FindFormat("pdf"), nullptr);
  EXPECT_EQ(FormatForFile("result.pdf"), nullptr);
  EXPECT_EQ(FormatNames(), "text, json, junit, html, markdown");
}

// Same input, same octets; and no writer stumbles over a result with nothing in it.
TEST(Formats, ArePure) {
  for (const Format& format : Formats()) {
    for (const Report& report : {Report(HostileCheck()), Report(HostileLoad()),
                                 Report(CheckResult{}), Report(LoadResult{})}) {
      const std::string first = format.write(report);
      EXPECT_FALSE(first.empty()) << format.name;
      EXPECT_TRUE(first.ends_with('\n')) << format.name;
      EXPECT_EQ(format.write(report), first) << format.name;
    }
  }
}

}  // namespace
}  // namespace smtpgauge
