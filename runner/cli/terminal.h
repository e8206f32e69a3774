// What a descriptor can show.
#pragma once

#include "reports/progress.h"
#include "reports/text.h"

namespace smtpgauge {

/// Colour and width of the terminal behind `fd`; plain text where it is none, where NO_COLOR is set
/// (no-color.org) or TERM is dumb.
[[nodiscard]] TextStyle TerminalStyle(int fd);

/// A bar on a terminal, lines elsewhere.
[[nodiscard]] ProgressDisplay::Kind ProgressKind(int fd);

}  // namespace smtpgauge
