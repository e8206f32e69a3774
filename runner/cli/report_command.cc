#include "runner/cli/report_command.h"

#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "reports/file.h"
#include "reports/json_reader.h"
#include "reports/text.h"
#include "reports/writer.h"
#include "runner/cli/exit_code.h"
#include "runner/cli/terminal.h"

namespace smtpgauge {
namespace {

/// A day of load with a histogram for each second stays far below this.
constexpr std::size_t kMaxResultOctets = std::size_t{1} << 30;

struct ReportOptions {
  std::string result;
  std::string format;
  std::string output;
  bool verbose = false;
};

constexpr const char* kReportFooter =
    R"(A result that check or load stored with --json holds everything; this command makes the other
reports of it, now or next year, octet for octet what they would have been at the time. It never
talks to the target and never judges again.

Exit status: 0 the report was written; 2 RESULT is no result of smtpgauge, or FILE cannot be written.
What the run itself came to is in the report, not in this exit status.

Examples:
  smtpgauge report result.json                               the text report, on the terminal
  smtpgauge report result.json -v | less                     with every transcript
  smtpgauge report result.json --to html --output report.html
  smtpgauge report result.json --output junit.xml            the format follows from the name
  smtpgauge report result.json --to markdown >> "$GITHUB_STEP_SUMMARY"
  ssh mx smtpgauge check ... --json /dev/stdout -q | smtpgauge report - --to html > report.html)";

std::string Footer() {
  std::string formats = "Formats:\n";
  for (const Format& format : Formats()) {
    formats += fmt::format("  {:<9} {:<6} {}\n", format.name, format.extension, format.summary);
  }
  return formats + "\n" + kReportFooter;
}

const Format& ChosenFormat(const ReportOptions& options) {
  const Format* format = FindFormat("text");
  if (!options.format.empty()) {
    format = FindFormat(options.format);
    if (format == nullptr) {
      throw UsageError(fmt::format("--to {}: expected one of {}", options.format, FormatNames()));
    }
  } else if (!options.output.empty()) {
    format = FormatForFile(options.output);
    if (format == nullptr) {
      throw UsageError(
          fmt::format("--output {}: no format has this extension; say --to with one of {}",
                      options.output, FormatNames()));
    }
  }
  return *format;
}

void Print(std::string_view text) {
  const bool whole = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (!whole || std::fflush(stdout) != 0) throw UsageError("standard output cannot be written");
}

int RunReport(const ReportOptions& options) {
  const Format& format = ChosenFormat(options);
  const bool from_input = options.result == "-";
  try {
    const Report report =
        ReadResult(ReadFileWhole(from_input ? "/dev/stdin" : options.result, kMaxResultOctets),
                   from_input ? "standard input" : options.result);
    const bool to_output = options.output.empty() || options.output == "-";
    TextStyle style = to_output ? TerminalStyle(STDOUT_FILENO) : TextStyle{};
    if (options.verbose) style.transcripts = Transcripts::kFull;
    const std::string text =
        format.name == "text" ? WriteText(report, style) : format.write(report);
    if (to_output) {
      Print(text);
    } else {
      WriteFileWhole(options.output, text);
    }
  } catch (const FileError& error) {
    throw UsageError(error.what());
  } catch (const ResultError& error) {
    throw UsageError(error.what());
  }
  return kOk;
}

}  // namespace

void AddReportCommand(CLI::App& app, RunFunction& run) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App* report = app.add_subcommand("report", "Any report again from a stored result");
  report->footer(Footer());
  report
      ->add_option("RESULT", options->result,
                   "what check or load wrote with --json; - for standard input")
      ->required();
  report
      ->add_option("--to", options->format,
                   FormatNames() + "; default: by the extension of --output, else text")
      ->type_name("FORMAT");
  report
      ->add_option("-o,--output", options->output,
                   "write here instead of standard output; whole or not at all")
      ->type_name("FILE");
  report->add_flag("-v,--verbose", options->verbose,
                   "text: every transcript, and the cases that passed");
  report->callback([options, &run] { run = [options] { return RunReport(*options); }; });
}

}  // namespace smtpgauge
