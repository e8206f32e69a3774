// From the options of `load` to the settings of a run.
#include <algorithm>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <unistd.h>

#include "runner/cli/command.h"
#include "runner/cli/load_options.h"
#include "runner/load/feeder.h"
#include "runner/load/safety.h"
#include "runner/load/source_pool.h"
#include "runner/record/units.h"
#include "scenarios/catalogue.h"

namespace smtpgauge {
namespace {

constexpr std::string_view kDefaultDuration = "10s";
constexpr std::string_view kDefaultRecipient = "user@example.test";

/// An error in an option's value, with the option's name in front.
template <typename Parse>
auto Read(std::string_view option, std::string_view text, Parse parse) {
  try {
    return parse(text);
  } catch (const UnitError& error) {
    throw UsageError(fmt::format("{}: {}", option, error.what()));
  }
}

Threshold ThresholdOf(std::string_view option, const std::string& text) {
  try {
    return Threshold::Parse(text);
  } catch (const ThresholdError& error) {
    throw UsageError(fmt::format("{}: {}", option, error.what()));
  }
}

Duration TimeOf(std::string_view option, const std::string& text) {
  return text.empty() || text == "0" ? Duration{} : Read(option, text, ParseDuration);
}

const std::string& Or(const std::string& given, const std::string& otherwise) {
  return given.empty() ? otherwise : given;
}

Switch SwitchOf(std::string_view text) {
  return text == "on" ? Switch::kOn : text == "off" ? Switch::kOff : Switch::kAuto;
}

Plan LoadPlan(const std::string& scenario, const Bindings& bindings) {
  if (!scenario.ends_with(".json"))
    return Catalogue::Load({ShippedScenarios() / "load"}).CompileLoad(bindings, scenario);
  const std::filesystem::path file(scenario);
  const Catalogue catalogue = Catalogue::Load({file});
  const Plan all = catalogue.Compile(bindings);
  const auto load = std::find_if(all.headers.begin(), all.headers.end(),
                                 [](const ScenarioHeader& header) { return header.load; });
  if (load == all.headers.end())
    throw UsageError(fmt::format("--scenario {}: no load scenario in it (no \"load\")", scenario));
  return catalogue.CompileLoad(bindings, load->id);
}

std::optional<LoadShape> ShapeOf(const LoadOptions& options, const LoadSpec& spec) {
  // What the command line says about the load's shape replaces all that the scenario says.
  const bool own = !options.rate.empty() || !options.stages.empty() || !options.arrivals.empty();
  const std::string& rate = own ? options.rate : spec.rate;
  const std::string& stages = own ? options.stages : spec.stages;
  const std::string& arrivals = own ? options.arrivals : spec.arrivals;
  if (!rate.empty() && !stages.empty())
    throw UsageError("--rate and --stages both say how many messages per second; give one");
  if (arrivals.starts_with("trace:")) {
    if (!rate.empty() || !stages.empty())
      throw UsageError("--arrivals trace:FILE says all: no --rate, no --stages");
    const std::string file = arrivals.substr(6);
    std::ifstream in(file);
    if (!in) throw UsageError(fmt::format("--arrivals trace:{}: cannot be read", file));
    const std::string lines{std::istreambuf_iterator<char>(in), {}};
    return Read("--arrivals", lines, LoadShape::Trace);
  }
  if (rate.empty() && stages.empty()) {
    if (!arrivals.empty()) throw UsageError("--arrivals needs --rate or --stages");
    return std::nullopt;
  }
  const LoadShape shape = stages.empty() ? LoadShape::Constant(Read("--rate", rate, ParseRate))
                                         : Read("--stages", stages, LoadShape::Stages);
  if (arrivals.empty()) return shape;
  return Read("--arrivals", arrivals, [&](std::string_view text) { return shape.Arriving(text); });
}

std::unique_ptr<ContentStore> ContentsOf(const std::string& size) {
  if (size.starts_with("file:"))
    return std::make_unique<ContentStore>(std::filesystem::path(size.substr(5)));
  return std::make_unique<ContentStore>(
      Read("--size", size.empty() ? "1k" : size, Distribution::OfSizes));
}

void SetAddresses(const LoadOptions& options, const LoadSpec& spec, const Bindings& bindings,
                  LoadSettings& settings) {
  const std::string& recipients = Or(options.recipients_csv, spec.recipients_csv);
  const std::string& senders = Or(options.senders_csv, spec.senders_csv);
  settings.recipients = recipients.empty() ? bindings.recipients : ReadAddresses(recipients);
  settings.senders =
      senders.empty() ? std::vector<std::string>{bindings.sender} : ReadAddresses(senders);
  if (settings.recipients.empty()) settings.recipients = {std::string(kDefaultRecipient)};
}

void SetAmount(const LoadOptions& options, LoadSettings& settings) {
  settings.ramp = TimeOf("--ramp", options.ramp);
  settings.warmup = TimeOf("--warmup", options.warmup);
  settings.graceful_stop = TimeOf("--graceful-stop", options.graceful_stop);
  settings.messages = options.messages;
  const bool ends_itself =
      options.messages || (settings.shape && settings.shape->end().has_value());
  if (!options.duration.empty()) {
    settings.duration = TimeOf("--duration", options.duration);
  } else if (!ends_itself) {
    settings.duration = ParseDuration(kDefaultDuration);
  }
  if (options.max_messages)
    settings.messages =
        std::min(settings.messages.value_or(~std::uint64_t{0}), *options.max_messages);
}

}  // namespace

std::unique_ptr<LoadSetup> MakeLoadSetup(const LoadOptions& options, ResolvedTarget resolved) {
  auto setup = std::make_unique<LoadSetup>();
  LoadSettings& settings = setup->settings;
  if (resolved.bindings.recipients.empty())
    resolved.bindings.recipients = {std::string(kDefaultRecipient)};
  setup->plan = LoadPlan(options.scenario, resolved.bindings);
  const LoadSpec& spec = setup->plan.load;
  settings.plan = &setup->plan;
  settings.shape = ShapeOf(options, spec);
  setup->contents = ContentsOf(Or(options.size, spec.size));
  settings.contents = setup->contents.get();
  SetAddresses(options, spec, resolved.bindings, settings);
  SetAmount(options, settings);
  CheckLoadIsAllowed({resolved.target.host, resolved.destination.endpoints, settings.recipients,
                      options.may_load});

  settings.sessions = options.sessions;
  settings.max_in_flight = options.max_in_flight;
  settings.messages_per_connection =
      options.messages_per_connection.value_or(spec.messages_per_connection.value_or(1));
  settings.recipients_per_message =
      options.recipients_per_message.value_or(spec.recipients_per_message.value_or(1));
  const std::string& think = Or(options.think, spec.think);
  if (!think.empty()) settings.think = Read("--think", think, Distribution::OfDurations);
  settings.workers = options.jobs;
  settings.seed = options.target.seed;
  settings.run_id = fmt::format(
      "{:08x}", static_cast<std::uint32_t>(
                    std::chrono::system_clock::now().time_since_epoch().count() ^ ::getpid()));

  settings.destination = std::move(resolved.destination);
  if (!options.source.empty())
    settings.destination.sources = Read("--source", options.source, ParseSources);
  if (options.tls_resume == "on") settings.destination.resumption = TlsResumption::kOffer;
  settings.tls = resolved.tls;
  settings.tls.trust = TlsTrust::kForPeer;  // no report of load tells who signed the certificate
  settings.session = resolved.options;
  settings.session.load = true;
  settings.session.transcripts = false;
  settings.session.pipelining = SwitchOf(options.pipelining);
  settings.session.chunking = SwitchOf(options.chunking);
  settings.session.bdat_group = options.bdat_group;
  settings.session.close = options.close == "rst" ? Close::How::kReset : Close::How::kFin;
  if (options.target.timeout_scale > 0)
    settings.session.timeout_scale = options.target.timeout_scale;
  const auto& thresholds = options.thresholds.empty() ? spec.thresholds : options.thresholds;
  for (const std::string& text : thresholds)
    settings.thresholds.push_back(ThresholdOf("--threshold", text));
  for (const std::string& text : options.abort_on)
    settings.aborting.push_back(ThresholdOf("--abort-on", text));
  setup->notes.push_back(
      fmt::format("pipelining: {}, chunking: {}", options.pipelining, options.chunking));
  return setup;
}

}  // namespace smtpgauge
