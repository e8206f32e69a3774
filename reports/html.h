// A result as one HTML file that needs nothing else: no script, no network, no font.
#pragma once

#include <string>

#include "reports/report.h"

namespace smtpgauge {

/// Valid HTML in UTF-8 with a content security policy that allows its own style sheet (by hash) and
/// nothing else. Filters and details work without a script. Octets of the target are escaped twice:
/// by EscapeOctets, then for markup.
[[nodiscard]] std::string WriteHtml(const Report& report);

}  // namespace smtpgauge
