// The options of `load`, as written, and what they come to together with the scenario's own load
// section.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runner/cli/output_options.h"
#include "runner/cli/target_options.h"
#include "runner/load/settings.h"
#include "scenarios/plan.h"

namespace CLI {
class App;
}

namespace smtpgauge {

struct LoadOptions {
  TargetOptions target;
  OutputOptions output;
  std::string scenario = "deliver";
  std::size_t sessions = 10;
  std::string ramp;
  std::string rate;
  std::string stages;
  std::string arrivals;
  std::size_t max_in_flight = 1000;
  std::string duration;
  std::string warmup;
  std::string graceful_stop = "30s";
  std::optional<std::uint64_t> messages;
  std::optional<std::uint64_t> max_messages;
  std::optional<std::uint32_t> messages_per_connection;
  std::optional<std::uint32_t> recipients_per_message;
  std::string size;
  std::string think;
  std::string recipients_csv;
  std::string senders_csv;
  std::string pipelining = "auto";
  std::string chunking = "off";
  std::uint32_t bdat_group = 1;
  std::string tls_resume = "off";
  std::string close = "quit";
  std::string source;
  std::vector<std::string> thresholds;
  std::vector<std::string> abort_on;
  std::string hlog;
  std::vector<std::string> may_load;
  std::size_t jobs = 1;
};

void AddLoadOptions(CLI::App& load, LoadOptions& options);

/// All that a run needs; what `settings` points to lives here.
struct LoadSetup {
  Plan plan;
  std::unique_ptr<ContentStore> contents;
  LoadSettings settings;
  std::vector<std::string> notes;
};

/// Throws UsageError, InputError, std::runtime_error naming a file.
[[nodiscard]] std::unique_ptr<LoadSetup> MakeLoadSetup(const LoadOptions& options,
                                                       ResolvedTarget resolved);

}  // namespace smtpgauge
