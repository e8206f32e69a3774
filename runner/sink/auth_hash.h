// The hashed mechanisms and the few primitives that they and the accounts share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "runner/sink/auth.h"

namespace smtpgauge::sink {

enum class Hash : std::uint8_t { kMd5, kSha1, kSha256 };

[[nodiscard]] std::string Digest(Hash hash, std::string_view octets);
[[nodiscard]] std::string Hmac(Hash hash, std::string_view key, std::string_view octets);
[[nodiscard]] ScramKeys DeriveScramKeys(Hash hash, std::string_view password,
                                        std::string_view salt);
[[nodiscard]] std::string RandomOctets(std::size_t count);

[[nodiscard]] std::unique_ptr<AuthExchange> StartCramMd5(const AuthSurroundings& around);
[[nodiscard]] std::unique_ptr<AuthExchange> StartScramSha1(const AuthSurroundings& around);
[[nodiscard]] std::unique_ptr<AuthExchange> StartScramSha256(const AuthSurroundings& around);

}  // namespace smtpgauge::sink
