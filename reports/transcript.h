// A transcript as lines, shared by the formats that people read.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runner/record/check_result.h"

namespace smtpgauge {

/// One line of one entry. A line ends behind LF; the end of line is part of `text`, so that a bare
/// LF or a write that stopped in the middle of a line shows.
struct TranscriptLine {
  TranscriptEntry::Kind kind = TranscriptEntry::Kind::kNote;
  std::uint8_t connection = 1;
  Duration at{};
  std::string text;      ///< escaped, without the line end
  std::string line_end;  ///< escaped: "\r\n", "\n" or ""
};

/// Every line; octets that the bound left out are told in a note.
[[nodiscard]] std::vector<TranscriptLine> LinesOf(std::span<const TranscriptEntry> entries);

/// ">" we sent, "<" we received, "*" a note.
[[nodiscard]] std::string_view Arrow(TranscriptEntry::Kind kind);

/// Seconds since the case began, six decimals.
[[nodiscard]] std::string AtSeconds(Duration at);

}  // namespace smtpgauge
