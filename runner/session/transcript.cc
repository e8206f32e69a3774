#include "runner/session/transcript.h"

#include <algorithm>

namespace smtpgauge {

void Secrets::Add(std::string_view octets) {
  while (octets.ends_with('\n') || octets.ends_with('\r'))
    octets.remove_suffix(1);
  if (octets.size() < kShortest || secrets_.size() >= kMost) return;
  if (std::find(secrets_.begin(), secrets_.end(), octets) == secrets_.end())
    secrets_.emplace_back(octets);
}

void Secrets::Mask(std::string& text) const {
  for (const std::string& secret : secrets_) {
    for (std::size_t at = text.find(secret); at != std::string::npos;
         at = text.find(secret, at + kSecretMask.size()))
      text.replace(at, secret.size(), kSecretMask);
  }
}

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
    secrets_.Add(octets.substr(secret.begin, secret.end - secret.begin));
    at = secret.end;
  }
  masked.append(octets.substr(std::min(at, octets.size())));
  Add(TranscriptEntry::Kind::kSent, connection, masked, now);
}

void Transcript::Received(std::uint8_t connection, std::string_view octets, TimePoint now) {
  Add(TranscriptEntry::Kind::kReceived, connection, octets, now);
}

std::vector<TranscriptEntry> Transcript::Take() {
  for (TranscriptEntry& entry : entries_) {
    if (entry.kind != TranscriptEntry::Kind::kSent) secrets_.Mask(entry.octets);
  }
  return std::move(entries_);
}

void Transcript::Note(std::uint8_t connection, std::string_view text, TimePoint now) {
  Add(TranscriptEntry::Kind::kNote, connection, text, now);
}

}  // namespace smtpgauge
