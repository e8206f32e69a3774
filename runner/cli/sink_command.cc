#include "runner/cli/sink_command.h"

#include <sys/resource.h>

#include <cstdio>
#include <exception>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>

#include "runner/cli/sink_options.h"
#include "runner/sink/fault.h"
#include "runner/sink/server.h"

namespace smtpgauge {
namespace {

constexpr int kUsageError = 2;
constexpr int kCannotServe = 3;

sigset_t ServedSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (int signal : {SIGINT, SIGTERM, SIGUSR1})
    sigaddset(&signals, signal);
  return signals;
}

std::string Bracketed(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

// One line for each port, and nothing else on standard output until the end.
void Announce(const sink::Config& config, const sink::Server& server) {
  if (config.port) fmt::print("listening on {}:{}\n", Bracketed(config.host), server.port());
  if (config.tls_port)
    fmt::print("tls listening on {}:{}\n", Bracketed(config.host), server.tls_port());
  std::fflush(stdout);
}

void WriteCounters(const SinkOptions& options, const sink::Counters& counters) {
  if (options.json_counters.empty()) return;
  std::FILE* file = std::fopen(options.json_counters.c_str(), "w");
  if (file == nullptr) {
    fmt::print(stderr, "smtpgauge sink: {}: cannot write the counters\n", options.json_counters);
    return;
  }
  const std::string text = sink::CountersJson(counters);
  std::fwrite(text.data(), 1, text.size(), file);
  std::fclose(file);
}

// As many connections as the system allows; what that is, is the user's business.
void RaiseDescriptorLimit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

int Serve(const SinkOptions& options) {
  const sigset_t signals = ServedSignals();
  // Before the threads start, so that they inherit the mask and only sigwait sees these signals.
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  RaiseDescriptorLimit();
  const sink::Config config = MakeSinkConfig(options);
  sink::Server server(config);
  server.Start();
  Announce(config, server);
  while (true) {
    int signal = 0;
    ::sigwait(&signals, &signal);
    if (signal != SIGUSR1) break;
    fmt::print("{}", sink::CountersText(server.counters()));
    std::fflush(stdout);
    WriteCounters(options, server.counters());
  }
  server.Stop();
  fmt::print("{}", sink::CountersText(server.counters()));
  WriteCounters(options, server.counters());
  return 0;
}

int RunSink(const SinkOptions& options) {
  if (options.list_faults) {
    fmt::print("{}", sink::FaultList());
    return 0;
  }
  try {
    return Serve(options);
  } catch (const std::invalid_argument& error) {
    fmt::print(stderr, "smtpgauge sink: {}\n", error.what());
    return kUsageError;
  } catch (const std::exception& error) {
    fmt::print(stderr, "smtpgauge sink: {}\n", error.what());
    return kCannotServe;
  }
}

}  // namespace

void AddSinkCommand(CLI::App& app, std::function<int()>& run) {
  CLI::App* command = app.add_subcommand("sink", "Run the embedded SMTP or LMTP server");
  const auto options = std::make_shared<SinkOptions>();
  AddSinkOptions(*command, *options);
  command->callback([options, &run] { run = [options] { return RunSink(*options); }; });
  command->footer(
      "Examples:\n"
      "  smtpgauge sink --listen 127.0.0.1:0\n"
      "  smtpgauge sink --listen 127.0.0.1:2525 --maildir /tmp/mail --mailbox alice\n"
      "  smtpgauge sink --listen 127.0.0.1:2525 --accept-all --latency 5ms --capacity 400/s\n"
      "  smtpgauge sink --listen 127.0.0.1:2525 --fault rset-keeps-recipients\n"
      "The counters go to standard output at SIGUSR1 and at the end (SIGINT, SIGTERM).");
}

}  // namespace smtpgauge
