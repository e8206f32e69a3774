// A result for people. Nothing in it can move a cursor: what the target sent is escaped.
#pragma once

#include <cstddef>
#include <string>

#include "reports/report.h"

namespace smtpgauge {

enum class Colour { kOff, kOn };  ///< kOn: SGR sequences; the caller knows terminal and NO_COLOR
enum class Transcripts {
  kShort,  ///< the last lines of each failure
  kFull    ///< octet for octet, of every case, and the cases that passed are listed too
};

struct TextStyle {
  Colour colour = Colour::kOff;
  std::size_t width = 100;  ///< columns; ids and full transcripts are never cut to it
  Transcripts transcripts = Transcripts::kShort;
};

/// Counts first, then what went wrong, then what could not be told; the last line is the
/// conclusion.
[[nodiscard]] std::string WriteText(const Report& report, const TextStyle& style);

}  // namespace smtpgauge
