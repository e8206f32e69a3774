// `smtpgauge resolve`: where mail for a domain goes; asks DNS, connects to nobody.
#pragma once

#include "runner/cli/command.h"

namespace smtpgauge {

/// Adds the command; when it is chosen, `run` becomes what does it and returns the exit status.
void AddResolveCommand(CLI::App& app, RunFunction& run);

}  // namespace smtpgauge
