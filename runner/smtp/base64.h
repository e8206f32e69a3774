// Base64 as SASL over SMTP uses it (RFC 4954 section 4, RFC 4648 section 4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace smtpgauge::smtp {

[[nodiscard]] std::string EncodeBase64(std::string_view octets);
/// Strict: padding required, its bits zero, no octet outside the alphabet; nullopt otherwise.
[[nodiscard]] std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace smtpgauge::smtp
