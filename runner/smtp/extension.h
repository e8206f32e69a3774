// What a server advertises in reply to EHLO or LHLO (RFC 5321 section 4.1.1.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runner/smtp/reply.h"

namespace smtpgauge::smtp {

/// One keyword line as sent: `SIZE 35882577`.
struct Keyword {
  std::string name;        ///< upper case
  std::string parameters;  ///< rest of the line without the separating SP; may be empty
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
  [[nodiscard]] const std::vector<Keyword>& keywords() const { return keywords_; }
  [[nodiscard]] const std::string& greeting() const { return greeting_; }

 private:
  std::string greeting_;
  std::vector<Keyword> keywords_;
};

}  // namespace smtpgauge::smtp
