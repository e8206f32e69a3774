// `smtpgauge list`: which scenarios there are; talks to no server.
#pragma once

#include "runner/cli/command.h"

namespace smtpgauge {

/// Adds the command; when it is chosen, `run` becomes what does it and returns the exit status.
void AddListCommand(CLI::App& app, RunFunction& run);

}  // namespace smtpgauge
