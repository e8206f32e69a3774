// The octet-exact record of one case, bounded and with secrets masked.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "runner/record/check_result.h"
#include "scenarios/text.h"

namespace smtpgauge {

class Transcript {
 public:
  static constexpr std::size_t kMaxEntryOctets = 4096;
  static constexpr std::size_t kMaxEntries = 2000;

  explicit Transcript(TimePoint began) : began_(began) {}
  void Sent(std::uint8_t connection, std::string_view octets, std::span<const SecretRange> secrets,
            TimePoint now);
  void Received(std::uint8_t connection, std::string_view octets, TimePoint now);
  void Note(std::uint8_t connection, std::string_view text, TimePoint now);
  [[nodiscard]] std::vector<TranscriptEntry> Take() { return std::move(entries_); }

 private:
  void Add(TranscriptEntry::Kind kind, std::uint8_t connection, std::string_view octets,
           TimePoint now);

  TimePoint began_;
  std::vector<TranscriptEntry> entries_;
};

/// What stands in a transcript for octets that must not be shown.
inline constexpr std::string_view kSecretMask = "[secret]";

}  // namespace smtpgauge
