// A result as Markdown for a pull request or a CI job's summary page.
#pragma once

#include <string>

#include "reports/report.h"

namespace smtpgauge {

/// GitHub flavoured, short: the conclusion, the counts, the findings; far below the 1 MiB that
/// GITHUB_STEP_SUMMARY takes. Octets of the target stand in code spans with every punctuation
/// character as an entity, so that they are neither markup nor a mention nor a link.
[[nodiscard]] std::string WriteMarkdown(const Report& report);

}  // namespace smtpgauge
