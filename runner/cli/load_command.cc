#include "runner/cli/load_command.h"

#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "reports/file.h"
#include "reports/progress.h"
#include "runner/cli/exit_code.h"
#include "runner/cli/load_options.h"
#include "runner/cli/terminal.h"
#include "runner/load/run.h"
#include "runner/load/safety.h"
#include "runner/net/limit_hint.h"
#include "runner/record/hlog.h"

namespace smtpgauge {
namespace {

constexpr const char* kLoadFooter =
    R"(Closed loop (--sessions): so many sessions, each sends when its last message was answered.
Open loop (--rate, --stages): messages start by the schedule, whatever the target does; response
times count from the schedule, so a stall of the target is seen by everyone who had to wait.

Refusals are measured, not errors that end a run. But a run whose scenario expects messages to be
accepted, and not one was, is no success.

Exit status: 0 messages were accepted, or refused as the scenario expects, and all thresholds held;
2 usage; 3 no message (without mail: no session) was answered to its end, or none was accepted
although the scenario expects it; 4 a threshold was missed; 5 the generator itself was not valid
(its numbers mean nothing); 130, 143 on signals, with a partial report.

Examples:
  smtpgauge load localhost:2525 --recipient user@example.test --sessions 50 --duration 10s
  smtpgauge load localhost:2525 --rate 500/s --arrivals poisson --threshold 'p99(eod) < 250ms'
  smtpgauge load localhost:2525 --stages 30s:100,2m:100-1000 --report html=load.html
  smtpgauge load localhost:2525 --scenario connect --messages 1000 --sessions 20
  smtpgauge load mx.example.org --i-may-load mx.example.org --recipient me@example.org --rate 5/s)";

/// A bar on a terminal, a line every few seconds elsewhere, nothing when quiet.
class StatusView {
 public:
  StatusView(const LoadSettings& settings, bool quiet) {
    if (settings.duration) shown_.length = settings.warmup + *settings.duration;
    shown_.messages_planned = settings.messages.value_or(0);
    if (!quiet)
      display_.emplace(STDERR_FILENO, ProgressKind(STDERR_FILENO), TerminalStyle(STDERR_FILENO));
  }
  void Show(const LoadStatus& status) {
    if (!display_) return;
    if (status.elapsed - counted_ >= std::chrono::seconds(1)) {
      const double seconds = std::chrono::duration<double>(status.elapsed - counted_).count();
      shown_.accepted_per_second =
          static_cast<double>(status.accepted - counted_accepted_) / seconds;
      counted_ = status.elapsed;
      counted_accepted_ = status.accepted;
    }
    shown_.accepted = status.accepted;
    shown_.rejected = status.rejected;
    shown_.failed = status.failed;
    shown_.missed = status.missed;
    shown_.open_sessions = status.open_sessions;
    display_->Update(shown_, status.elapsed);
  }

 private:
  LoadProgress shown_;
  Duration counted_{};
  std::uint64_t counted_accepted_ = 0;
  std::optional<ProgressDisplay> display_;
};

int ExitOf(const LoadEnd& end) {
  if (end.signal != 0) return 128 + end.signal;
  if (!end.answered && !end.limited) return kUnreachable;
  if (!end.result.generator.valid) return kInvalidGenerator;
  if (NothingAccepted(end.result)) return kUnreachable;
  for (const ThresholdResult& threshold : end.result.thresholds) {
    if (!threshold.passed) return kThreshold;
  }
  return kOk;
}

int RunLoadCommand(const LoadOptions& options) {
  CheckOutputOptions(options.output);
  (void)RaiseDescriptorLimit();
  ResolvedTarget resolved = Resolve(options.target);
  RunInfo info = resolved.info;
  std::unique_ptr<LoadSetup> setup;
  try {
    setup = MakeLoadSetup(options, std::move(resolved));
  } catch (const LoadNotAllowed& error) {
    throw UsageError(error.what());
  }
  info.command = "load";
  info.catalogue_hash = setup->plan.catalogue_hash;
  info.started = std::chrono::system_clock::now();
  LoadEnd end;
  {
    StatusView view(setup->settings, options.output.quiet);
    end = RunLoad(setup->settings, [&](const LoadStatus& status) { view.Show(status); });
  }
  info.elapsed = end.result.info.elapsed;
  end.result.info = std::move(info);
  if (!end.answered && end.signal == 0)
    end.result.notes.emplace_back(
        "nothing was measured: no message was answered to its end (nor, where there is no mail, a "
        "session); the examples show what came instead");
  end.result.notes.insert(end.result.notes.begin(), setup->notes.begin(), setup->notes.end());
  const int exit_code = ExitOf(end);
  if (!options.hlog.empty()) WriteFileWhole(options.hlog, FormatHlog(end.result));
  WriteReports(Report(std::move(end.result)), options.output);
  return exit_code;
}

}  // namespace

void AddLoadCommand(CLI::App& app, RunFunction& run) {
  auto options = std::make_shared<LoadOptions>();
  CLI::App* load = app.add_subcommand(
      "load", "Load: drives a mail server and measures every step of the dialogue");
  load->footer(kLoadFooter);
  AddLoadOptions(*load, *options);
  load->callback([options, &run] { run = [options] { return RunLoadCommand(*options); }; });
}

}  // namespace smtpgauge
