// Octets of the target inside XML 1.0 and HTML: text and double-quoted attribute values alike.
#pragma once

#include <string>
#include <string_view>

namespace smtpgauge {

/// EscapeOctets, then the five characters that mean something in markup. The result has no control
/// character, is valid UTF-8, and cannot leave the text node or attribute it stands in.
[[nodiscard]] std::string Markup(std::string_view octets);

/// Only the five characters: for text that EscapeOctets made already.
[[nodiscard]] std::string MarkupEscaped(std::string_view escaped);

}  // namespace smtpgauge
