// Command verbs, and the moments of a session that latency and rejections can name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace smtpgauge::sink {

enum class Verb : std::uint8_t {
  kEhlo,
  kHelo,
  kLhlo,
  kMail,
  kRcpt,
  kData,
  kBdat,
  kRset,
  kNoop,
  kHelp,
  kVrfy,
  kExpn,
  kQuit,
  kStartTls,
  kAuth,
  kEtrn,
  kUnimplemented,  // known to some RFC, not to this server: 502 (RFC 5321 section 4.2.4)
  kHttp,           // a browser or a cross-protocol attack is speaking
  kUnknown,
  kGreeting,   // not a verb: the moment of the 220
  kEndOfData,  // not a verb: the moment of the reply to the final dot or BDAT LAST
};

inline constexpr std::size_t kVerbCount = 21;

/// The verb of a whole token, in any case. Never kGreeting or kEndOfData.
[[nodiscard]] Verb VerbFromToken(std::string_view token);

/// "mail", "eod", "greeting" and so on, as --latency and --reject name the moments.
[[nodiscard]] std::optional<Verb> VerbFromMomentName(std::string_view name);

}  // namespace smtpgauge::sink
