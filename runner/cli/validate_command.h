// `smtpgauge validate`: checks scenario files against the language; talks to no server.
#pragma once

#include "runner/cli/command.h"

namespace smtpgauge {

/// Adds the command; when it is chosen, `run` becomes what does it and returns the exit status.
void AddValidateCommand(CLI::App& app, RunFunction& run);

}  // namespace smtpgauge
