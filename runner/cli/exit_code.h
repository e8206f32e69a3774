// What the program's exit status means; one table for every command.
#pragma once

namespace smtpgauge {

enum ExitCode : int {
  kOk = 0,
  kConformance = 1,  ///< a case failed (or warned, with --strict)
  kUsage = 2,        ///< the command line or a scenario file is wrong; nothing ran
  kUnreachable = 3,  ///< the target could not be tested: no answer, or none that tells anything;
                     ///< a load of which nothing was accepted although its scenario expects so
  kThreshold = 4,    ///< a threshold of a load run was missed
  kInvalidGenerator = 5,  ///< the generator was the bottleneck: its numbers mean nothing
  kInterrupted = 130,     ///< SIGINT; 143 for SIGTERM; the report is partial
};

}  // namespace smtpgauge
