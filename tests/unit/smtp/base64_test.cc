#include "runner/smtp/base64.h"

#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

namespace smtpgauge::smtp {
namespace {

TEST(Base64, AgreesWithTheVectorsOfRfc4648) {
  const std::pair<std::string_view, std::string_view> vectors[] = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
  };
  for (const auto& [octets, text] : vectors) {
    EXPECT_EQ(EncodeBase64(octets), text);
    EXPECT_EQ(DecodeBase64(text), octets);
  }
}

TEST(Base64, CarriesEveryOctet) {
  std::string octets;
  for (int i = 0; i < 256; ++i)
    octets += static_cast<char>(i);
  for (std::size_t length = 250; length <= octets.size(); ++length) {
    EXPECT_EQ(DecodeBase64(EncodeBase64(octets.substr(0, length))), octets.substr(0, length));
  }
}

TEST(Base64, RefusesWhatIsNotCanonical) {
  for (const std::string_view text :
       {"Z", "Zg", "Zg=", "Zg===", "====", "=", "==", "Z===", "Zm9v=", "Zg==Zg==", "Zm8=Zm8=",
        "Zh==", "Zm9=", "Zm 9", "Zm9v\r\n", "Zm-_", "Zm9\xff"}) {
    EXPECT_EQ(DecodeBase64(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace smtpgauge::smtp
