// Base64 as RFC 4954 section 4 wants it: padded, and nothing outside the alphabet skipped.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace smtpgauge::sink {

[[nodiscard]] std::string EncodeBase64(std::string_view octets);

/// Nothing when the text is not exactly the encoding of some octets.
[[nodiscard]] std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace smtpgauge::sink
