// What a server advertises in reply to EHLO or LHLO (RFC 5321 section 4.1.1.1).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runner/smtp/reply.h"

namespace smtpgauge::smtp {

/// One keyword line as sent: `SIZE 35882577`. Views into its ExtensionSet.
struct Keyword {
  std::string_view name;        ///< upper case
  std::string_view parameters;  ///< rest of the line without the separating SP; may be empty
};

/// The latest EHLO's keywords, in order, duplicates kept. Bounded by the reply's own bound.
class ExtensionSet {
 public:
  ExtensionSet() = default;
  /// Parses every line but the first of a 250 reply to EHLO. The first line's text is greeting().
  explicit ExtensionSet(const Reply& ehlo_reply);

  [[nodiscard]] bool Has(std::string_view keyword) const;  ///< case-insensitive
  /// Parameters of the first line with this keyword; nullopt when not advertised.
  [[nodiscard]] std::optional<std::string_view> Parameters(std::string_view keyword) const;
  /// RFC 1870 section 3: the advertised limit in octets; 0 when none is given or it is 0.
  [[nodiscard]] std::uint64_t SizeLimit() const;
  /// SASL mechanisms, upper case, from `AUTH ...` (and the legacy `AUTH=...`).
  [[nodiscard]] std::vector<std::string> AuthMechanisms() const;
  [[nodiscard]] std::vector<Keyword> keywords() const;
  [[nodiscard]] std::string_view greeting() const {
    return std::string_view(text_).substr(0, greeting_size_);
  }

 private:
  /// Offsets and not strings of their own, which would be an allocation each.
  struct Line {
    std::uint32_t begin;
    std::uint32_t name_end;
    std::uint32_t end;
  };
  [[nodiscard]] Keyword At(const Line& line) const;

  std::string text_;  ///< of the reply, names in upper case
  std::size_t greeting_size_ = 0;
  std::vector<Line> lines_;
};

/// The set of that reply. Connections of one thread whose servers say the same, octet for octet and
/// one after another, share it: under load nearly all of them.
[[nodiscard]] std::shared_ptr<const ExtensionSet> SharedExtensions(const Reply& ehlo_reply);

}  // namespace smtpgauge::smtp
