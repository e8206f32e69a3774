// The address grammar of RFC 5321 sections 4.1.2 and 4.1.3, with the UTF-8 of RFC 6531 section 3.3.
// Pure: octets in, views of the same octets out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runner/sink/fault.h"

namespace smtpgauge::sink {

inline constexpr std::size_t kMaxLocalPart = 64;  // RFC 5321 section 4.5.3.1.1
inline constexpr std::size_t kMaxDomain = 255;    // RFC 5321 section 4.5.3.1.2

enum class PathUse : std::uint8_t { kReverse, kForward };

enum class PathKind : std::uint8_t {
  kNull,        // <>, reverse-path only
  kPostmaster,  // <Postmaster>, forward-path only
  kMailbox,
};

/// A parsed path; the views live as long as the parsed text.
struct Path {
  PathKind kind = PathKind::kMailbox;
  std::string_view local = {};   ///< as written, with quotes and backslashes
  std::string_view domain = {};  ///< as written, a literal with its brackets
  bool quoted = false;
  bool literal = false;
  bool eight_bit = false;  ///< holds non-ASCII UTF-8: needs SMTPUTF8
};

/// Takes a path with its angle brackets from the front of `text`. Source routes are checked and
/// dropped (RFC 5321 section 3.3). Nothing, and `text` in no particular state, on a syntax error.
[[nodiscard]] std::optional<Path> TakePath(std::string_view& text, PathUse use,
                                           const FaultSet& faults);

/// The argument of EHLO, HELO, LHLO: a domain or an address literal, ASCII only.
[[nodiscard]] bool IsHelloName(std::string_view text, const FaultSet& faults);

/// Letter-digit-hyphen labels joined by dots; UTF-8 letters in labels where `eight_bit` is given,
/// which is then set when one occurs.
[[nodiscard]] bool IsDomain(std::string_view text, bool* eight_bit);

/// `[192.0.2.1]` or `[IPv6:...]`, brackets included.
[[nodiscard]] bool IsAddressLiteral(std::string_view text, const FaultSet& faults);

/// The mailbox name that a local-part means: quotes and backslashes gone (section 4.1.2).
[[nodiscard]] std::string Unquote(std::string_view local);

/// Well-formed UTF-8 (RFC 3629) without C1 controls.
[[nodiscard]] bool IsUtf8(std::string_view text);

}  // namespace smtpgauge::sink
