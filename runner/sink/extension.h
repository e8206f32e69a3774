// The service extensions that the sink can offer, as a set and as a table of EHLO keywords.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace smtpgauge::sink {

enum class Extension : std::uint8_t {
  kPipelining,           // RFC 2920
  kSize,                 // RFC 1870
  kEightBitMime,         // RFC 6152
  kSmtpUtf8,             // RFC 6531
  kEnhancedStatusCodes,  // RFC 2034
  kDsn,                  // RFC 3461
  kChunking,             // RFC 3030
  kBinaryMime,           // RFC 3030
  kHelp,                 // RFC 5321 section 4.1.1.8
  kVrfy,                 // RFC 5321 section 4.1.1.6
  kStartTls,             // RFC 3207
  kAuth,                 // RFC 4954
  kDeliverBy,            // RFC 2852
  kFutureRelease,        // RFC 4865
  kMtPriority,           // RFC 6710
  kRrvs,                 // RFC 7293
  kRequireTls,           // RFC 8689
  kLimits,               // RFC 9422
  kEtrn,                 // RFC 1985
  kNoSoliciting,         // RFC 3865
};

inline constexpr std::size_t kExtensionCount = 20;

class ExtensionSet {
 public:
  constexpr ExtensionSet() = default;

  [[nodiscard]] constexpr bool Has(Extension extension) const {
    return (bits_ >> static_cast<unsigned>(extension) & 1U) != 0;
  }
  constexpr void Add(Extension extension) { bits_ |= 1U << static_cast<unsigned>(extension); }
  constexpr void Remove(Extension extension) { bits_ &= ~(1U << static_cast<unsigned>(extension)); }

 private:
  std::uint32_t bits_ = 0;
};

/// The keyword as EHLO lists it.
[[nodiscard]] std::string_view Keyword(Extension extension);

/// The extension of a keyword in any case; nothing when the sink does not know it.
[[nodiscard]] std::optional<Extension> ExtensionByKeyword(std::string_view keyword);

/// What is offered when the user says nothing: AUTH only takes effect once there is a user.
[[nodiscard]] ExtensionSet DefaultOffer();

/// Everything that the sink knows.
[[nodiscard]] ExtensionSet FullOffer();

}  // namespace smtpgauge::sink
