// `smtpgauge sink`: the embedded server on the command line.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace smtpgauge {

/// Registers the subcommand; when it is chosen, `run` is set to a function that serves until SIGINT
/// or SIGTERM and returns the exit code.
void AddSinkCommand(CLI::App& app, std::function<int()>& run);

}  // namespace smtpgauge
