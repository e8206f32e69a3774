// Where reports go; shared by check and load.
#pragma once

#include <string>
#include <vector>

#include "reports/report.h"

namespace CLI {
class App;
}

namespace smtpgauge {

struct OutputOptions {
  std::string json;                  ///< --json FILE
  std::vector<std::string> reports;  ///< --report FORMAT=FILE
  bool quiet = false;
  bool verbose = false;  ///< transcripts
};

void AddOutputOptions(CLI::App& app, OutputOptions& options);
/// Checks formats and file names before anything runs. Throws UsageError.
void CheckOutputOptions(const OutputOptions& options);
/// Text to standard output (unless quiet), then every file. Files are written whole or not at all.
/// Throws std::runtime_error naming the file.
void WriteReports(const Report& report, const OutputOptions& options);

}  // namespace smtpgauge
