// Options, one command, its exit status.
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "reports/file.h"
#include "reports/octets.h"
#include "runner/cli/check_command.h"
#include "runner/cli/command.h"
#include "runner/cli/exit_code.h"
#include "runner/cli/list_command.h"
#include "runner/cli/load_command.h"
#include "runner/cli/report_command.h"
#include "runner/cli/resolve_command.h"
#include "runner/cli/sink_command.h"
#include "runner/cli/target_options.h"
#include "runner/cli/validate_command.h"
#include "runner/cli/version.h"
#include "scenarios/catalogue.h"

namespace smtpgauge {
namespace {

constexpr const char* kMainFooter = R"(Start here:
  smtpgauge sink --listen 127.0.0.1:2525            a server to play with
  smtpgauge check 127.0.0.1:2525 --recipient user@example.test
  smtpgauge load  127.0.0.1:2525 --recipient user@example.test --duration 5s
Each command explains itself: smtpgauge COMMAND --help)";

int Main(int argc, char** argv) {
  CLI::App app("Holds a mail server against the RFCs and against its load.", "smtpgauge");
  app.set_version_flag("--version", kVersion);
  app.require_subcommand(1);
  app.footer(kMainFooter);
  app.get_formatter()->column_width(34);
  RunFunction run;
  AddCheckCommand(app, run);
  AddListCommand(app, run);
  AddReportCommand(app, run);
  AddLoadCommand(app, run);
  AddResolveCommand(app, run);
  AddSinkCommand(app, run);
  AddValidateCommand(app, run);
  try {
    std::vector<std::string> arguments(argv + 1, argv + argc);
    arguments = ExpandTargetFile(arguments);
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    return run ? run() : kUsage;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kOk : kUsage;
  }
}

}  // namespace
}  // namespace smtpgauge

int main(int argc, char** argv) {
  try {
    return smtpgauge::Main(argc, argv);
  } catch (const smtpgauge::UsageError& error) {
    std::cerr << "smtpgauge: " << error.what() << '\n';
    return smtpgauge::kUsage;
  } catch (const smtpgauge::FileError& error) {
    std::cerr << "smtpgauge: " << error.what() << '\n';
    return smtpgauge::kUsage;
  } catch (const smtpgauge::InputError& error) {
    std::cerr << error.what() << '\n';
    return smtpgauge::kUsage;
  } catch (const std::exception& error) {
    // Unreachable and its like may quote what a server sent.
    std::cerr << "smtpgauge: " << smtpgauge::EscapeOctets(error.what()) << '\n';
    return smtpgauge::kUnreachable;
  }
}
