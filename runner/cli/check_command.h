#pragma once

#include "runner/cli/command.h"

namespace smtpgauge {

/// `smtpgauge check TARGET`: conformance.
void AddCheckCommand(CLI::App& app, RunFunction& run);

}  // namespace smtpgauge
