#include "runner/session/transcript.h"

#include <algorithm>

namespace smtpgauge {

void Transcript::Add(TranscriptEntry::Kind kind, std::uint8_t connection, std::string_view octets,
                     TimePoint now) {
  // Octets of one direction in a row are one entry: bytewise writes and split replies stay
  // readable.
  if (!entries_.empty() && kind == TranscriptEntry::Kind::kReceived) {
    TranscriptEntry& last = entries_.back();
    if (last.kind == kind && last.connection == connection &&
        last.octets.size() + octets.size() <= kMaxEntryOctets) {
      last.octets.append(octets);
      return;
    }
  }
  if (entries_.size() >= kMaxEntries) {
    entries_.back().omitted += octets.size();
    return;
  }
  const std::size_t kept = std::min(octets.size(), kMaxEntryOctets);
  entries_.push_back(
      {kind, connection, now - began_, std::string(octets.substr(0, kept)), octets.size() - kept});
}

void Transcript::Sent(std::uint8_t connection, std::string_view octets,
                      std::span<const SecretRange> secrets, TimePoint now) {
  if (secrets.empty()) {
    Add(TranscriptEntry::Kind::kSent, connection, octets, now);
    return;
  }
  std::string masked;
  std::size_t at = 0;
  for (const SecretRange& secret : secrets) {
    masked.append(octets.substr(at, secret.begin - at)).append(kSecretMask);
    at = secret.end;
  }
  masked.append(octets.substr(std::min(at, octets.size())));
  Add(TranscriptEntry::Kind::kSent, connection, masked, now);
}

void Transcript::Received(std::uint8_t connection, std::string_view octets, TimePoint now) {
  Add(TranscriptEntry::Kind::kReceived, connection, octets, now);
}

void Transcript::Note(std::uint8_t connection, std::string_view text, TimePoint now) {
  Add(TranscriptEntry::Kind::kNote, connection, text, now);
}

}  // namespace smtpgauge
