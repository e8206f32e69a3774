#include <functional>

#include <CLI/CLI.hpp>

#include "runner/cli/sink_command.h"

namespace {

constexpr int kUsageError = 2;

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Holds a mail server against the RFCs and against its load", "smtpgauge");
  app.require_subcommand(1);
  std::function<int()> run;
  smtpgauge::AddSinkCommand(app, run);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsageError;
  }
  return run();
}
