#pragma once

#include "runner/cli/command.h"

namespace smtpgauge {

/// `smtpgauge report RESULT.json --to FORMAT`: any report again from a stored result.
void AddReportCommand(CLI::App& app, RunFunction& run);

}  // namespace smtpgauge
