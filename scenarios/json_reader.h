// Strict JSON (RFC 8259) with duplicate keys refused and hostile documents bounded.
#pragma once

#include <optional>
#include <string_view>

#include "scenarios/json_value.h"
#include "scenarios/problems.h"

namespace smtpgauge {

inline constexpr std::size_t kMaxJsonOctets = std::size_t{4} << 20U;
inline constexpr std::size_t kMaxJsonDepth = 32;
inline constexpr std::size_t kMaxJsonValues = 200'000;

/// Reads one document. What is wrong goes to `problems` under `file`; then the result is empty.
/// `file` must outlive the values.
[[nodiscard]] std::optional<JsonValue> ReadJson(std::string_view text, std::string_view file,
                                                Problems& problems);

}  // namespace smtpgauge
