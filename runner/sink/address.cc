#include "runner/sink/address.h"

#include <algorithm>
#include <array>

#include "runner/sink/ascii.h"

namespace smtpgauge::sink {
namespace {

constexpr std::array<bool, 256> kAtext = [] {
  std::array<bool, 256> table{};
  for (std::size_t octet = 0; octet < table.size(); ++octet) {
    const char c = static_cast<char>(octet);
    table[octet] = IsAlnum(c) || IsEightBit(c) ||
                   std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
  }
  return table;
}();

constexpr bool IsAtext(char c) {
  return kAtext[static_cast<unsigned char>(c)];
}

// Length of the dot-string at the front; 0 when there is none or its dots are misplaced.
std::size_t DotStringLength(std::string_view text) {
  std::size_t length = 0;
  bool after_dot = true;
  while (length < text.size() && (IsAtext(text[length]) || text[length] == '.')) {
    const bool dot = text[length] == '.';
    if (dot && after_dot) return 0;
    after_dot = dot;
    ++length;
  }
  return after_dot ? 0 : length;
}

// Length of the quoted string at the front, quotes included; 0 when it is not closed or holds
// something else than qtextSMTP and quoted pairs.
std::size_t QuotedStringLength(std::string_view text, const FaultSet& faults) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') return i + 1;
    if (c == '>' && faults.Has(Fault::kFirstBracketEndsPath)) return 0;
    if (c == ' ' && faults.Has(Fault::kPathSplitAtSpace)) return 0;
    if (IsControl(c) && !faults.Has(Fault::kControlInPathAccepted)) return 0;
    if (c == '\\') {
      if (++i == text.size() || IsControl(text[i]) || IsEightBit(text[i])) return 0;
      if (faults.Has(Fault::kQuotedSpecialsRefused)) return 0;
    }
    if ((c == ',' || c == '@') && faults.Has(Fault::kQuotedSpecialsRefused)) return 0;
  }
  return 0;
}

std::size_t CheckedLocalPartLength(std::string_view text, const FaultSet& faults) {
  if (text.starts_with('"')) return QuotedStringLength(text, faults);
  if (faults.Has(Fault::kControlInPathAccepted)) {
    const auto at = text.find('@');
    if (at != std::string_view::npos && at > 0 && IsControl(text[at / 2])) return at;
  }
  const std::size_t length = DotStringLength(text);
  if (faults.Has(Fault::kAtextSpecialsRefused) &&
      text.substr(0, length).find_first_of("!#$%&'*/=?^`{|}~") != std::string_view::npos)
    return 0;
  return length;
}

std::size_t LocalPartLength(std::string_view text, const FaultSet& faults) {
  const std::size_t length = CheckedLocalPartLength(text, faults);
  if (!faults.Has(Fault::kLocalPartUnchecked) || text.substr(length).starts_with('@'))
    return length;
  const auto at = text.substr(0, text.find('>')).rfind('@');
  return at == std::string_view::npos ? length : at;
}

// Whether there is something about the name that a faulty server dislikes.
bool IsOddName(std::string_view name) {
  const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
  return name.empty() || IsDigit(name.front()) || name.find("--") != std::string_view::npos ||
         name.find('.') == std::string_view::npos ||
         std::none_of(name.begin(), name.end(), is_lower);
}

// Length of the domain or literal at the front, 0 when it is neither.
std::size_t HostLength(std::string_view text, Path& path, const FaultSet& faults) {
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return 0;
    path.literal = true;
    if (faults.Has(Fault::kSenderLiteralRefused)) return 0;
    return IsAddressLiteral(text.substr(0, close + 1), faults) ? close + 1 : 0;
  }
  const auto ends = [](char c) { return c == '>' || c == ':' || c == ',' || c == ' ' || c == '@'; };
  const auto length =
      static_cast<std::size_t>(std::find_if(text.begin(), text.end(), ends) - text.begin());
  if (faults.Has(Fault::kOddNamesRefused) && IsOddName(text.substr(0, length))) return 0;
  return IsDomain(text.substr(0, length), &path.eight_bit) ? length : 0;
}

// Drops "@a.example,@b.example:" from the front; false on a malformed route.
bool DropRoute(std::string_view& text) {
  while (text.starts_with('@')) {
    text.remove_prefix(1);
    const std::size_t length = std::min(text.find_first_of(",:>"), text.size());
    if (length == text.size() || !IsDomain(text.substr(0, length), nullptr)) return false;
    const char separator = text[length];
    text.remove_prefix(length + 1);
    if (separator == ':') return true;
    if (separator != ',' || !text.starts_with('@')) return false;
  }
  return true;
}

bool WithinLimits(const Path& path, const FaultSet& faults) {
  if (path.local.size() > kMaxLocalPart || path.domain.size() > kMaxDomain) return false;
  if (faults.Has(Fault::kLocalPart64Refused) && path.local.size() > 63) return false;
  if (faults.Has(Fault::kDomain253Refused) && path.domain.size() > 128) return false;
  if (faults.Has(Fault::kPath256Refused) && path.local.size() + path.domain.size() + 3 > 255)
    return false;
  return true;
}

std::optional<Path> TakeMailbox(std::string_view& text, PathUse use, const FaultSet& faults) {
  Path path;
  const std::size_t local = LocalPartLength(text, faults);
  if (local == 0) return std::nullopt;
  path.local = text.substr(0, local);
  path.quoted = path.local.front() == '"';
  text.remove_prefix(local);
  if (use == PathUse::kForward && text.starts_with('>') &&
      EqualsIgnoreCase(path.local, "postmaster")) {
    path.kind = PathKind::kPostmaster;
    return path;
  }
  if (!text.starts_with('@')) return std::nullopt;
  text.remove_prefix(1);
  if (faults.Has(Fault::kTwoAtSignsAccepted)) {
    const auto last = text.substr(0, text.find('>')).rfind('@');
    if (last != std::string_view::npos) text.remove_prefix(last + 1);
  }
  std::size_t host = HostLength(text, path, faults);
  if (host == 0 && use == PathUse::kReverse && faults.Has(Fault::kSenderDomainUnchecked))
    host = std::min(text.find('>'), text.size());
  if (host == 0 && !(use == PathUse::kReverse && faults.Has(Fault::kSenderHalfTaken)))
    return std::nullopt;
  path.domain = text.substr(0, host);
  text.remove_prefix(host);
  for (char c : path.local)
    path.eight_bit = path.eight_bit || IsEightBit(c);
  if (path.eight_bit && faults.Has(Fault::kUtf8PathRefused)) return std::nullopt;
  if (path.eight_bit && !faults.Has(Fault::kInvalidUtf8Accepted) &&
      (!IsUtf8(path.local) || !IsUtf8(path.domain)))
    return std::nullopt;
  if (!WithinLimits(path, faults)) return std::nullopt;
  return path;
}

bool IsIpv4(std::string_view text) {
  for (int part = 0; part < 4; ++part) {
    int value = 0;
    std::size_t digits = 0;
    while (digits < text.size() && digits < 3 && IsDigit(text[digits]))
      value = value * 10 + (text[digits++] - '0');
    if (digits == 0 || value > 255) return false;
    text.remove_prefix(digits);
    if (part == 3) return text.empty();
    if (!text.starts_with('.')) return false;
    text.remove_prefix(1);
  }
  return false;
}

// The four forms of section 4.1.3: groups of one to four hex digits, at most one "::", and an IPv4
// tail that stands for two groups.
bool IsIpv6(std::string_view text) {
  int groups = 0;
  bool compressed = false;
  bool after_separator = true;
  while (!text.empty()) {
    if (text.starts_with("::")) {
      if (compressed || (groups > 0 && after_separator)) return false;
      compressed = true;
      after_separator = true;
      text.remove_prefix(2);
      if (text.empty()) break;
      continue;
    }
    if (!after_separator) {
      if (!text.starts_with(':')) return false;
      text.remove_prefix(1);
    }
    if (text.find('.') != std::string_view::npos && text.find(':') == std::string_view::npos) {
      if (!IsIpv4(text)) return false;
      groups += 2;
      text = {};
      break;
    }
    std::size_t digits = 0;
    while (digits < text.size() && digits < 4 &&
           (IsDigit(text[digits]) || (Lower(text[digits]) >= 'a' && Lower(text[digits]) <= 'f')))
      ++digits;
    if (digits == 0) return false;
    text.remove_prefix(digits);
    ++groups;
    after_separator = false;
  }
  return compressed ? groups <= 7 : groups == 8;
}

}  // namespace

std::optional<Path> TakePath(std::string_view& text, PathUse use, const FaultSet& faults) {
  const bool lax = faults.Has(Fault::kUnbalancedBracketsAccepted);
  if (!text.starts_with('<') && !lax) return std::nullopt;
  while (text.starts_with('<')) {
    text.remove_prefix(1);
    if (!lax) break;
  }
  if (text.starts_with('>')) {
    text.remove_prefix(1);
    if (use == PathUse::kForward && !faults.Has(Fault::kNullRecipientAccepted)) return std::nullopt;
    return Path{.kind = use == PathUse::kForward ? PathKind::kPostmaster : PathKind::kNull};
  }
  if (use == PathUse::kReverse && faults.Has(Fault::kSenderHalfTaken) && text.starts_with('@') &&
      text.ends_with('>') && text.find(':') == std::string_view::npos) {
    text = {};
    return Path{.kind = PathKind::kNull};
  }
  if (!DropRoute(text)) return std::nullopt;
  auto path = TakeMailbox(text, use, faults);
  if (!path) return std::nullopt;
  if (!text.starts_with('>') && !lax) return std::nullopt;
  while (text.starts_with('>')) {
    text.remove_prefix(1);
    if (!lax) break;
  }
  return path;
}

bool IsHelloName(std::string_view text, const FaultSet& faults) {
  if (text.size() > kMaxDomain) return false;
  if (text.starts_with('[')) return IsAddressLiteral(text, faults);
  if (faults.Has(Fault::kOddNamesRefused) && IsOddName(text)) return false;
  return IsDomain(text, nullptr);
}

bool IsDomain(std::string_view text, bool* eight_bit) {
  std::size_t label = 0;
  char previous = '.';
  for (char c : text) {
    if (c == '.') {
      if (label == 0 || previous == '-') return false;
      label = 0;
    } else {
      if (IsEightBit(c)) {
        if (eight_bit == nullptr) return false;
        *eight_bit = true;
      } else if (!IsAlnum(c) && (c != '-' || label == 0)) {
        return false;
      }
      if (++label > 63) return false;  // RFC 1035 section 2.3.4
    }
    previous = c;
  }
  return label > 0 && previous != '-';
}

bool IsAddressLiteral(std::string_view text, const FaultSet& faults) {
  if (!text.starts_with('[') || !text.ends_with(']')) return false;
  text = text.substr(1, text.size() - 2);
  if (faults.Has(Fault::kIpv6TagCaseSensitive) && !text.starts_with("IPv6:")) return IsIpv4(text);
  if (!StartsWithIgnoreCase(text, "IPv6:"))
    return IsIpv4(text) && !faults.Has(Fault::kIpv4LiteralRefused);
  text.remove_prefix(5);
  if (faults.Has(Fault::kIpv6LiteralRefused)) return false;
  if (faults.Has(Fault::kIpv6DottedTailRefused) && text.find('.') != std::string_view::npos)
    return false;
  return IsIpv6(text);
}

std::string Unquote(std::string_view local) {
  if (local.size() < 2 || local.front() != '"') return std::string(local);
  std::string name;
  for (std::size_t i = 1; i + 1 < local.size(); ++i) {
    if (local[i] == '\\' && i + 2 < local.size()) ++i;
    name += local[i];
  }
  return name;
}

bool IsUtf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || i + length > text.size()) return false;
    std::uint32_t point = lead & (0xffU >> (length + 1));
    for (std::size_t k = 1; k < length; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if ((next & 0xc0U) != 0x80) return false;
      point = point << 6 | (next & 0x3fU);
    }
    const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
    const bool surrogate = point >= 0xd800 && point <= 0xdfff;
    if (overlong || surrogate || point > 0x10ffff || point < 0xa0) return false;
    i += length;
  }
  return true;
}

}  // namespace smtpgauge::sink
