#include "runner/cli/output_options.h"

#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "reports/file.h"
#include "reports/text.h"
#include "reports/writer.h"
#include "runner/cli/command.h"
#include "runner/cli/terminal.h"

namespace smtpgauge {
namespace {

struct Output {
  const Format* format;
  std::string file;
};

std::vector<Output> Outputs(const OutputOptions& options) {
  std::vector<Output> outputs;
  if (!options.json.empty()) outputs.push_back({FindFormat("json"), options.json});
  for (const std::string& report : options.reports) {
    const std::size_t equals = report.find('=');
    const Format* format =
        equals == std::string::npos ? nullptr : FindFormat(report.substr(0, equals));
    if (format == nullptr)
      throw UsageError(
          fmt::format("--report {}: expected FORMAT=FILE, with one of {}", report, FormatNames()));
    outputs.push_back({format, report.substr(equals + 1)});
  }
  return outputs;
}

}  // namespace

void AddOutputOptions(CLI::App& app, OutputOptions& options) {
  auto* group = app.add_option_group("Output");
  group
      ->add_option("--json", options.json,
                   "write the result as JSON; `smtpgauge report` makes any other report of it")
      ->type_name("FILE");
  group
      ->add_option("--report", options.reports,
                   "write a report; repeatable; formats: " + FormatNames())
      ->type_name("FORMAT=FILE");
  group->add_flag("-q,--quiet", options.quiet, "no summary on standard output");
  group->add_flag("-v,--verbose", options.verbose, "transcripts of what did not pass");
}

void CheckOutputOptions(const OutputOptions& options) {
  (void)Outputs(options);
}

void WriteReports(const Report& report, const OutputOptions& options) {
  if (!options.quiet) {
    TextStyle style = TerminalStyle(STDOUT_FILENO);
    style.transcripts = options.verbose ? Transcripts::kFull : Transcripts::kShort;
    std::cout << WriteText(report, style) << std::flush;
  }
  for (const Output& output : Outputs(options)) {
    WriteFileWhole(output.file, output.format->write(report));
  }
}

}  // namespace smtpgauge
