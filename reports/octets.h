// Octets that somebody else chose, as text that cannot harm a terminal, a JSON file or a page.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace smtpgauge {

/// Lossless: backslash becomes \\, CR \r, LF \n, HT \t; every other control octet, every octet that
/// is not part of well-formed UTF-8, and the code points that change how text is shown (C1
/// controls, bidirectional and invisible formatting, noncharacters) become \xNN octet by octet, in
/// lower-case hexadecimal. The rest stays. The result is valid UTF-8 without any control character,
/// and every character of it is allowed in XML 1.0.
[[nodiscard]] std::string EscapeOctets(std::string_view octets);

/// The inverse; nullopt when `text` holds a backslash sequence that EscapeOctets does not write.
[[nodiscard]] std::optional<std::string> UnescapeOctets(std::string_view text);

/// `octets` without one CRLF at its end: what a reply says, for a line on its own.
[[nodiscard]] std::string_view WithoutLineEnd(std::string_view octets);

/// Shortens escaped text to `limit` octets with "..." at its end; never inside an escape sequence
/// or a character.
[[nodiscard]] std::string Shorten(std::string escaped, std::size_t limit);

}  // namespace smtpgauge
