// The parameters of MAIL and RCPT (RFC 5321 section 4.1.1.11 and the RFC of each extension).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runner/sink/extension.h"
#include "runner/sink/fault.h"

namespace smtpgauge::sink {

enum class BodyType : std::uint8_t { kSevenBit, kEightBitMime, kBinaryMime };

/// What the parameters of one MAIL or RCPT said.
struct Parameters {
  std::uint64_t size = 0;
  BodyType body = BodyType::kSevenBit;
  bool smtputf8 = false;
  bool require_tls = false;
  bool rrvs = false;
  std::int64_t rrvs_time = 0;              ///< seconds since 1970
  std::optional<std::int64_t> deliver_by;  ///< seconds, return mode only
  std::optional<std::int64_t> hold_for;    ///< seconds
  int priority = 0;
  bool notify_success = false;
  std::string envelope_id = {};         ///< decoded
  std::string original_recipient = {};  ///< as given
};

/// What a parameter parser needs to know of its surroundings.
struct ParameterRules {
  ExtensionSet offered;
  const FaultSet& faults;
  std::uint64_t size_limit;
  std::int64_t now;  ///< seconds since 1970
};

inline constexpr std::int64_t kDeliverByMinimum = 60;        // seconds, as DELIVERBY announces it
inline constexpr std::int64_t kHoldMaximum = 7 * 24 * 3600;  // seconds, as FUTURERELEASE does
inline constexpr std::string_view kHoldLatest = "2099-12-31T23:59:59Z";  // the same

enum class ParameterCommand : std::uint8_t { kMail, kRcpt };

/// Parses the text behind the path, which is empty or starts with SP. On an error the reply for it;
/// nothing when all is well and `parameters` is filled.
[[nodiscard]] std::optional<Reply> ParseParameters(std::string_view text, ParameterCommand command,
                                                   const ParameterRules& rules,
                                                   Parameters& parameters);

}  // namespace smtpgauge::sink
