#include "reports/transcript.h"

#include <algorithm>

#include <fmt/format.h>

#include "reports/numbers.h"
#include "reports/octets.h"

namespace smtpgauge {
namespace {

std::size_t LineEndLength(std::string_view line) {
  if (line.ends_with("\r\n")) return 2;
  return line.ends_with('\n') ? 1 : 0;
}

}  // namespace

std::vector<TranscriptLine> LinesOf(std::span<const TranscriptEntry> entries) {
  std::vector<TranscriptLine> lines;
  for (const TranscriptEntry& entry : entries) {
    std::string_view rest = entry.octets;
    while (!rest.empty()) {
      const std::size_t length = std::min(rest.find('\n'), rest.size() - 1) + 1;
      const std::string_view line = rest.substr(0, length);
      const std::size_t end = LineEndLength(line);
      lines.push_back({entry.kind, entry.connection, entry.at,
                       EscapeOctets(line.substr(0, length - end)),
                       EscapeOctets(line.substr(length - end))});
      rest.remove_prefix(length);
    }
    if (entry.omitted > 0) {
      lines.push_back({TranscriptEntry::Kind::kNote, entry.connection, entry.at,
                       fmt::format("{} more not kept", Counted(entry.omitted, "octet")), ""});
    }
  }
  return lines;
}

std::string_view Arrow(TranscriptEntry::Kind kind) {
  switch (kind) {
    case TranscriptEntry::Kind::kSent:
      return ">";
    case TranscriptEntry::Kind::kReceived:
      return "<";
    case TranscriptEntry::Kind::kNote:
      return "*";
  }
  return {};
}

std::string AtSeconds(Duration at) {
  return fmt::format("{:.6f}", std::chrono::duration<double>(at).count());
}

}  // namespace smtpgauge
