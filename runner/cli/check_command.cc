#include "runner/cli/check_command.h"

#include <algorithm>
#include <csignal>
#include <iostream>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "reports/file.h"
#include "reports/progress.h"
#include "runner/check/baseline.h"
#include "runner/check/check_run.h"
#include "runner/cli/exit_code.h"
#include "runner/cli/output_options.h"
#include "runner/cli/target_options.h"
#include "runner/cli/terminal.h"
#include "runner/net/limit_hint.h"

namespace smtpgauge {
namespace {

/// The limits of RFC 5321 4.5.3.2 are minutes; whoever waits at a terminal or in CI wants an
/// answer.
constexpr double kDefaultTimeoutScale = 0.1;

struct CheckOptions {
  TargetOptions target;
  OutputOptions output;
  std::vector<std::string> scenarios;
  std::vector<std::string> only;
  std::vector<std::string> skip;
  std::vector<std::string> opt_in;
  std::string level = "may";
  std::string mail = "auto";
  std::string baseline;
  std::string write_baseline;
  std::vector<std::string> fail_on{"fail"};
  std::size_t jobs = 8;
  bool all = false;
  bool strict = false;
  bool fail_fast = false;
  bool gentle = false;
};

constexpr const char* kCheckFooter =
    R"(What it does: a sane conversation first, to learn what the server offers; then every case that
applies, each on a connection of its own; then the sane conversation again. Nothing disruptive runs
unless you opt in, and mail goes to your recipient only (and to the foreign recipient, where the server
relays): a handful of small messages, or about a hundred where that bothers nobody: on this machine, and in a
mailbox that you named with --delivered. --mail says otherwise; --only and --level take less.

Verdicts: pass; warn (tolerated, worth knowing); fail; not_applicable (not advertised); blocked (a
precondition was refused: could not tell); skipped (you did not supply or allow something); error.

Exit status: 0 no case failed; 1 a case failed (--strict: or warned); 2 usage; 3 target unreachable,
or nothing could be told; 130 interrupted.

Examples:
  smtpgauge check localhost:2525 --recipient user@example.test
  smtpgauge check smtp://mx.example.org --recipient postmaster@example.org -v --report html=report.html
  smtpgauge check submission://mail.example.org --user me --password-env PW --recipient me@example.org
  smtpgauge check localhost:2525 --recipient user@example.test --delivered 'maildir:/var/mail/%n' --all
  smtpgauge check mx.example.org --only '5321-4.1.1.5-*' --level must)";

/// Whether a run may leave more than a handful of messages. A server on this machine and a mailbox
/// that we may read belong to who tests; anything else may be somebody's inbox.
bool ManyMessages(const CheckOptions& options, const ResolvedTarget& resolved) {
  if (options.mail != "auto") return options.mail == "many";
  const bool disruptive =
      std::find(options.opt_in.begin(), options.opt_in.end(), "disruptive") != options.opt_in.end();
  return options.all || disruptive || resolved.on_this_machine ||
         !resolved.destination.maildir.empty();
}

std::set<Need> Supplied(const CheckOptions& options, const ResolvedTarget& resolved) {
  std::set<Need> supplied;
  const auto& bindings = resolved.bindings;
  if (!bindings.recipients.empty()) supplied.insert(Need::kRecipient);
  if (bindings.recipients.size() > 1) supplied.insert(Need::kSecondRecipient);
  if (resolved.many_recipients) supplied.insert(Need::kManyRecipients);
  if (!bindings.unknown_recipient.empty()) supplied.insert(Need::kUnknownRecipient);
  if (!bindings.foreign_recipient.empty()) supplied.insert(Need::kForeignRecipient);
  if (!bindings.user.empty()) supplied.insert(Need::kCredentials);
  if (!resolved.destination.maildir.empty()) supplied.insert(Need::kDelivery);
  const bool implicit = resolved.options.implicit_tls;
  if (!resolved.destination.tls_endpoints.empty() || implicit) {
    supplied.insert({Need::kTls, Need::kTlsPort});
  }
  for (const std::string& allowed : options.opt_in)
    supplied.insert(allowed == "slow" ? Need::kSlow : Need::kDisruptive);
  if (options.all) supplied.insert({Need::kSlow, Need::kDisruptive});
  if (ManyMessages(options, resolved)) supplied.insert(Need::kMail);
  return supplied;
}

/// The suite is every folder of the shipped scenarios but those with another purpose.
std::vector<std::filesystem::path> SuiteFolders(const std::filesystem::path& shipped) {
  std::vector<std::filesystem::path> folders;
  for (const auto& entry : std::filesystem::directory_iterator(shipped)) {
    const std::string name = entry.path().filename().string();
    const bool other = name == "probe" || name == "load" || name == "fragments" || name == "known";
    if (entry.is_directory() && !other) folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

CheckSetup MakeSetup(const CheckOptions& options, ResolvedTarget resolved) {
  CheckSetup setup;
  const std::filesystem::path shipped = ShippedScenarios();
  std::vector<std::filesystem::path> paths(options.scenarios.begin(), options.scenarios.end());
  if (paths.empty()) paths = SuiteFolders(shipped);
  setup.plan = Catalogue::Load(paths).Compile(resolved.bindings);
  setup.probes = Catalogue::Load({shipped / "probe"}).Compile(resolved.bindings);
  setup.selection.only = options.only;
  setup.selection.skip = options.skip;
  setup.selection.least = options.level == "must"     ? Level::kMust
                          : options.level == "should" ? Level::kShould
                                                      : Level::kMay;
  setup.selection.profile = resolved.bindings.profile;
  setup.selection.supplied = Supplied(options, resolved);
  setup.limits.jobs = options.gentle ? 1 : options.jobs;
  if (options.gentle) setup.limits.spacing = std::chrono::milliseconds(300);
  setup.destination = std::move(resolved.destination);
  setup.options = resolved.options;
  setup.options.timeout_scale = 1.0;
  const double scale =
      options.target.timeout_scale > 0 ? options.target.timeout_scale : kDefaultTimeoutScale;
  for (Duration& limit : setup.options.limits)
    limit = std::chrono::duration_cast<Duration>(limit * scale);
  if (options.target.timeout_scale > 0) {
    setup.options.timeout_scale = scale;
    setup.options.limits = DefaultLimits();
  }
  setup.info = std::move(resolved.info);
  setup.info.command = "check";
  setup.info.catalogue_hash = setup.plan.catalogue_hash;
  setup.info.started = std::chrono::system_clock::now();
  const auto now = setup.info.started.time_since_epoch();
  setup.token_prefix = fmt::format(
      "sg{:x}{:x}", static_cast<std::uint64_t>(now.count()) & 0xffffffffffffU, getpid());
  setup.sender = resolved.bindings.sender;
  if (!resolved.bindings.recipients.empty()) setup.recipient = resolved.bindings.recipients.front();
  setup.fail_fast = options.fail_fast;
  return setup;
}

/// Nothing was judged although something was tried: no reason to call the server conformant.
bool CouldNotTell(const CheckResult& result) {
  const auto any = [&result](std::initializer_list<Verdict> verdicts) {
    return std::any_of(result.results.begin(), result.results.end(), [&](const CaseResult& one) {
      return std::find(verdicts.begin(), verdicts.end(), one.verdict) != verdicts.end();
    });
  };
  return any({Verdict::kBlocked, Verdict::kError}) &&
         !any({Verdict::kPass, Verdict::kWarn, Verdict::kFail});
}

/// What makes the run fail: failures that no baseline explains, and whatever else was asked for.
int ExitOf(const CheckResult& result, const CheckOptions& options) {
  const auto asked = [&](const char* what) {
    return std::find(options.fail_on.begin(), options.fail_on.end(), what) != options.fail_on.end();
  };
  const bool warnings = options.strict || asked("warn");
  const bool fails =
      std::any_of(result.results.begin(), result.results.end(), [&](const CaseResult& one) {
        const bool accepted = one.baseline_reason.has_value();
        switch (one.verdict) {
          case Verdict::kFail:
            return !accepted && asked("fail");
          case Verdict::kWarn:
            return !accepted && warnings;
          case Verdict::kPass:
            return accepted && asked("xpass");
          case Verdict::kNotApplicable:
          case Verdict::kBlocked:
          case Verdict::kSkipped:
          case Verdict::kError:
            return false;
        }
        return false;
      });
  if (fails) return kConformance;
  return CouldNotTell(result) ? kUnreachable : kOk;
}

/// A bar on a terminal, a line every few seconds elsewhere, nothing when quiet.
class ProgressView {
 public:
  explicit ProgressView(bool quiet) : began_(std::chrono::steady_clock::now()) {
    if (quiet) return;
    display_.emplace(STDERR_FILENO, ProgressKind(STDERR_FILENO), TerminalStyle(STDERR_FILENO));
  }
  void Show(const RunProgress& progress) {
    if (progress.latest != nullptr)
      ++shown_.counts[static_cast<std::size_t>(progress.latest->verdict)];
    if (progress.latest != nullptr) shown_.current = progress.latest->id;
    shown_.done = static_cast<std::uint32_t>(progress.done);
    shown_.total = static_cast<std::uint32_t>(progress.total);
    if (display_) display_->Update(shown_, std::chrono::steady_clock::now() - began_);
  }

 private:
  std::chrono::steady_clock::time_point began_;
  CheckProgress shown_;
  std::optional<ProgressDisplay> display_;
};

int RunCheck(const CheckOptions& options) {
  CheckOutputOptions(options.output);
  std::optional<Baseline> baseline;
  if (!options.baseline.empty()) baseline = ReadBaseline(options.baseline);
  (void)RaiseDescriptorLimit();
  ResolvedTarget resolved = Resolve(options.target);
  TlsContext tls(resolved.tls);
  EventLoop loop;
  const auto began = std::chrono::steady_clock::now();
  CheckRun run(loop, tls, MakeSetup(options, std::move(resolved)));
  int signal = 0;
  asio::signal_set signals(loop.context(), SIGINT, SIGTERM);
  signals.async_wait([&](const std::error_code& error, int number) {
    if (error) return;
    signal = number;
    run.Stop("interrupted");
  });
  Report report;
  {
    ProgressView view(options.output.quiet);
    report = run.Run([&](const RunProgress& progress) { view.Show(progress); });
  }
  auto& result = std::get<CheckResult>(report);
  result.info.elapsed = std::chrono::steady_clock::now() - began;
  if (baseline) ApplyBaseline(*baseline, result);
  WriteReports(report, options.output);
  if (!options.write_baseline.empty())
    WriteFileWhole(options.write_baseline, WriteBaseline(result));
  return signal != 0 ? 128 + signal : ExitOf(result, options);
}

}  // namespace

void AddCheckCommand(CLI::App& app, RunFunction& run) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* check =
      app.add_subcommand("check", "Conformance: judges a mail server against the RFCs");
  check->footer(kCheckFooter);
  AddTargetOptions(*check, options->target);
  auto* group = check->add_option_group("Cases");
  group
      ->add_option("--scenario", options->scenarios,
                   "scenario file or folder instead of the shipped suite; repeatable")
      ->type_name("FILE|DIR")
      ->check(CLI::ExistingPath);
  group->add_option("--only", options->only, "only cases whose id matches; repeatable")
      ->type_name("GLOB");
  group->add_option("--skip", options->skip, "no cases whose id matches; repeatable")
      ->type_name("GLOB");
  group->add_option("--level", options->level, "must, should (and must), may (all)")
      ->check(CLI::IsMember({"must", "should", "may"}))
      ->capture_default_str();
  group
      ->add_option("--opt-in", options->opt_in,
                   "allow cases that are disruptive (may trip defences, get you banned, leave mail "
                   "behind) or slow")
      ->delimiter(',')
      ->check(CLI::IsMember({"disruptive", "slow"}));
  group->add_flag("--all", options->all, "opt into everything");
  group
      ->add_option(
          "--mail", options->mail,
          "how much mail the run may leave: few (a handful of messages), many (about a "
          "hundred), auto: many on this machine, with --delivered, --opt-in disruptive and "
          "--all")
      ->check(CLI::IsMember({"few", "many", "auto"}))
      ->capture_default_str();
  group
      ->add_option("--baseline", options->baseline,
                   "accepted deviations with their reasons; they do not fail the run")
      ->type_name("FILE.json")
      ->check(CLI::ExistingFile);
  group
      ->add_option(
          "--write-baseline", options->write_baseline,
          "write this run's failures and warnings as a baseline, for reasons to be filled in")
      ->type_name("FILE.json");
  group
      ->add_option(
          "--fail-on", options->fail_on,
          "what fails the run: fail, warn, xpass (a deviation of the baseline that is gone)")
      ->delimiter(',')
      ->check(CLI::IsMember({"fail", "warn", "xpass"}))
      ->capture_default_str();
  group->add_flag("--strict", options->strict, "warnings fail the run too");
  group->add_flag("--fail-fast", options->fail_fast, "stop behind the first failure");
  group->add_option("--jobs", options->jobs, "cases at once")
      ->type_name("N")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  group->add_flag("--gentle", options->gentle,
                  "one case at a time, about three connections a second");
  AddOutputOptions(*check, options->output);
  check->callback([options, &run] { run = [options] { return RunCheck(*options); }; });
}

}  // namespace smtpgauge
