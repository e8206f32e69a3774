// A result as JUnit XML, as Jenkins and GitLab read it.
#pragma once

#include <string>

#include "reports/report.h"

namespace smtpgauge {

/// One testcase for each case (check), or for the generator, each threshold and each judged step
/// (load). classname + name is unique, for GitLab drops the second of two; both are made of stable
/// ids only, so that history survives. fail is a failure, error an error; not applicable, blocked,
/// skipped and what a baseline accepts are skipped with the reason; a warning passes and says so in
/// system-out. What happened stands in the element's body, because some readers ignore @message.
[[nodiscard]] std::string WriteJunit(const Report& report);

}  // namespace smtpgauge
