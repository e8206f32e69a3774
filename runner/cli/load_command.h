#pragma once

#include "runner/cli/command.h"

namespace smtpgauge {

/// `smtpgauge load TARGET`: load.
void AddLoadCommand(CLI::App& app, RunFunction& run);

}  // namespace smtpgauge
