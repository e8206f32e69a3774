// The hashed mechanisms and the few primitives that they and the accounts share.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "runner/sink/auth.h"

namespace smtpgauge::sink {

using Digest = std::array<unsigned char, 32>;

[[nodiscard]] Digest Sha256(std::string_view octets);
[[nodiscard]] Digest HmacSha256(std::string_view key, std::string_view octets);
[[nodiscard]] std::string RandomOctets(std::size_t count);
[[nodiscard]] inline std::string_view View(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

[[nodiscard]] std::unique_ptr<AuthExchange> StartCramMd5(const AuthSurroundings& around);
[[nodiscard]] std::unique_ptr<AuthExchange> StartScramSha256(const AuthSurroundings& around);

}  // namespace smtpgauge::sink
