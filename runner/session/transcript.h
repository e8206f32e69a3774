// The octet-exact record of one case, bounded and with secrets masked.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runner/record/check_result.h"
#include "scenarios/text.h"

namespace smtpgauge {

/// What stands in a transcript for octets that must not be shown.
inline constexpr std::string_view kSecretMask = "[secret]";

/// What was kept from a report when it was sent has to be kept from it when a server repeats it:
/// many do, as in "500 unknown command AUTH PLAIN ...".
class Secrets {
 public:
  /// Short ones would turn up everywhere by chance.
  static constexpr std::size_t kShortest = 5;
  static constexpr std::size_t kMost = 64;

  void Add(std::string_view octets);
  /// Every secret in `text` is replaced.
  void Mask(std::string& text) const;

 private:
  std::vector<std::string> secrets_;
};

class Transcript {
 public:
  static constexpr std::size_t kMaxEntryOctets = 4096;
  static constexpr std::size_t kMaxEntries = 2000;

  explicit Transcript(TimePoint began) : began_(began) {}
  void Sent(std::uint8_t connection, std::string_view octets, std::span<const SecretRange> secrets,
            TimePoint now);
  void Received(std::uint8_t connection, std::string_view octets, TimePoint now);
  void Note(std::uint8_t connection, std::string_view text, TimePoint now);
  /// For octets that are sent in another form: a password in base64.
  void Keep(std::string_view secret) { secrets_.Add(secret); }
  [[nodiscard]] const Secrets& secrets() const { return secrets_; }
  [[nodiscard]] std::vector<TranscriptEntry> Take();

 private:
  void Add(TranscriptEntry::Kind kind, std::uint8_t connection, std::string_view octets,
           TimePoint now);

  TimePoint began_;
  std::vector<TranscriptEntry> entries_;
  Secrets secrets_;
};

}  // namespace smtpgauge
