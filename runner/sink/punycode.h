// U-labels to A-labels (RFC 3492, RFC 5890), so that both forms of a served domain are the same.
#pragma once

#include <string>
#include <string_view>

namespace smtpgauge::sink {

/// Every label with non-ASCII UTF-8 as "xn--" and Punycode, ASCII letters in lower case; malformed
/// UTF-8 gives an empty string.
[[nodiscard]] std::string ToALabels(std::string_view domain);

}  // namespace smtpgauge::sink
