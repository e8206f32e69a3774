#include "runner/cli/load_options.h"

#include <CLI/CLI.hpp>

namespace smtpgauge {
namespace {

void AddWorkload(CLI::App& group, LoadOptions& options) {
  group
      .add_option("--scenario", options.scenario,
                  "shipped load scenario or mix by its id, or a scenario file")
      ->type_name("ID|FILE")
      ->capture_default_str();
  group.add_option("--sessions", options.sessions, "closed loop: so many sessions at once")
      ->type_name("N")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  group.add_option("--ramp", options.ramp, "closed loop: sessions start evenly over this time")
      ->type_name("TIME");
  group
      .add_option("--rate", options.rate,
                  "open loop: messages per second, whatever the target does")
      ->type_name("R/s");
  group
      .add_option("--stages", options.stages,
                  "open loop: 30s:100,2m:100-1000 (time:messages per second, or from-to)")
      ->type_name("STAGES");
  group
      .add_option("--arrivals", options.arrivals,
                  "open loop: constant, poisson, burst:N, sine:AMPLITUDE:PERIOD, trace:FILE")
      ->type_name("KIND");
  group
      .add_option("--max-in-flight", options.max_in_flight,
                  "open loop: sessions at once; arrivals beyond wait, and their wait counts")
      ->type_name("N")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  group.add_option("--duration", options.duration, "of the measured part (default: 10s)")
      ->type_name("TIME");
  group
      .add_option("--warmup", options.warmup,
                  "before the measured part: what is due in it is not measured, however late it "
                  "begins")
      ->type_name("TIME");
  group.add_option("--messages", options.messages, "exactly so many in all")->type_name("N");
  group.add_option("--max-messages", options.max_messages, "never more than so many")
      ->type_name("N");
  group
      .add_option("--graceful-stop", options.graceful_stop,
                  "how long what is under way may take at the end")
      ->type_name("TIME")
      ->capture_default_str();
  group.add_option("--jobs", options.jobs, "worker threads, each with a core's worth of load")
      ->type_name("N")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
}

void AddMessages(CLI::App& group, LoadOptions& options) {
  group
      .add_option("--messages-per-connection", options.messages_per_connection,
                  "then QUIT and a new connection; 0: never close")
      ->type_name("N");
  group.add_option("--recipients-per-message", options.recipients_per_message)
      ->type_name("N")
      ->check(CLI::Range(1, 100000));
  group
      .add_option("--size", options.size,
                  "of the body: 1k, uniform:1k-100k, exp:8k, lognormal:8k:1.0, file:DIR of .eml")
      ->type_name("SIZE");
  group
      .add_option("--think", options.think,
                  "closed loop: pause before each message: 100ms, uniform:1s-2s, exp:1s")
      ->type_name("TIME");
  group
      .add_option("--recipients-csv", options.recipients_csv,
                  "recipients to go through, first column of each line")
      ->type_name("FILE");
  group.add_option("--senders-csv", options.senders_csv, "senders to go through")
      ->type_name("FILE");
}

void AddDialogue(CLI::App& group, LoadOptions& options) {
  const auto switches = CLI::IsMember({"auto", "on", "off"});
  group
      .add_option("--pipelining", options.pipelining,
                  "groups of commands (RFC 2920): auto where it is offered")
      ->check(switches)
      ->capture_default_str();
  group.add_option("--chunking", options.chunking, "BDAT instead of DATA (RFC 3030)")
      ->check(switches)
      ->capture_default_str();
  group
      .add_option("--bdat-group", options.bdat_group,
                  "whole messages in one group, with pipelining and chunking")
      ->type_name("N")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  group
      .add_option("--tls-resume", options.tls_resume,
                  "on: handshakes resume the last session where the server allows it")
      ->check(CLI::IsMember({"on", "off"}))
      ->capture_default_str();
  group
      .add_option("--close", options.close,
                  "how connections end: quit (then FIN), or rst behind it")
      ->check(CLI::IsMember({"quit", "rst"}))
      ->capture_default_str();
  group
      .add_option("--source", options.source,
                  "local addresses in turn: 127.0.0.2-127.0.0.50, or a list with commas")
      ->type_name("ADDRESSES");
}

}  // namespace

void AddLoadOptions(CLI::App& load, LoadOptions& options) {
  AddTargetOptions(load, options.target);
  AddWorkload(*load.add_option_group("Workload"), options);
  AddMessages(*load.add_option_group("Messages"), options);
  AddDialogue(*load.add_option_group("Dialogue"), options);
  auto* judgement = load.add_option_group("Judgement");
  judgement
      ->add_option("--threshold", options.thresholds,
                   "what must hold: 'p99(eod) < 250ms', 'rate(accepted) > 95%', 'throughput > "
                   "400/s', or in every window: 'p99(message) < 1s over 10s'; repeatable")
      ->type_name("EXPRESSION");
  judgement
      ->add_option("--abort-on", options.abort_on,
                   "a threshold that is looked at every second and ends the run when it is missed")
      ->type_name("EXPRESSION");
  judgement
      ->add_option("--hlog", options.hlog, "writes the histograms as an HdrHistogram interval log")
      ->type_name("FILE");
  judgement
      ->add_option("--i-may-load", options.may_load,
                   "the target's host, exactly: needed when it is neither loopback nor private")
      ->type_name("HOST");
  AddOutputOptions(load, options.output);
}

}  // namespace smtpgauge
