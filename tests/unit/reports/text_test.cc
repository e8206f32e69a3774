#include "reports/text.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/unit/reports/golden.h"
#include "tests/unit/reports/samples.h"

namespace smtpgauge {
namespace {

TEST(TextReport, LooksAsItShould) {
  ExpectGolden("check.txt", WriteText(SampleCheck(), {}));
  ExpectGolden("check_full.txt", WriteText(SampleCheck(), {.transcripts = Transcripts::kFull}));
  ExpectGolden("check_clean.txt", WriteText(CleanCheck(), {}));
  ExpectGolden("load.txt", WriteText(SampleLoad(), {}));
  ExpectGolden("load_invalid.txt", WriteText(InvalidLoad(), {.transcripts = Transcripts::kFull}));
}

TEST(TextReport, ColoursOnlyWhenAsked) {
  const std::string plain = WriteText(SampleCheck(), {});
  EXPECT_EQ(plain.find('\x1b'), std::string::npos);
  std::string coloured = WriteText(SampleCheck(), {.colour = Colour::kOn});
  EXPECT_NE(coloured.find("\x1b[1;31mfail"), std::string::npos);
  // Without its sequences the coloured report is the plain one.
  for (std::size_t at = 0; (at = coloured.find('\x1b', at)) != std::string::npos;) {
    coloured.erase(at, coloured.find('m', at) + 1 - at);
  }
  EXPECT_EQ(coloured, plain);
}

TEST(TextReport, LetsNoControlOctetThrough) {
  for (const Report& report : {Report(HostileCheck()), Report(HostileLoad())}) {
    for (const Transcripts transcripts : {Transcripts::kShort, Transcripts::kFull}) {
      const std::string text = WriteText(report, {.transcripts = transcripts});
      EXPECT_TRUE(std::all_of(text.begin(), text.end(), [](char octet) {
        return octet == '\n' || (static_cast<unsigned char>(octet) >= 0x20 && octet != 0x7f);
      }));
      EXPECT_EQ(text.find("\xc2\x9b"), std::string::npos) << "C1 control";
      EXPECT_EQ(text.find("\xe2\x80\xae"), std::string::npos) << "right-to-left override";
    }
  }
}

TEST(TextReport, SaysInvalidFirst) {
  const std::string text = WriteText(InvalidLoad(), {});
  EXPECT_LT(text.find("INVALID"), text.find("accepted"));
  EXPECT_LT(text.find("48 ms, above the bound"), text.find("Response time"));
}

TEST(TextReport, SaysThatAPartialRunIsPartial) {
  CheckResult check = CleanCheck();
  check.partial = true;
  EXPECT_NE(WriteText(check, {}).find("stopped early"), std::string::npos);
}

}  // namespace
}  // namespace smtpgauge
