#include "runner/cli/sink_options.h"

#include <charconv>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace smtpgauge {
namespace {

[[noreturn]] void Reject(std::string_view option, std::string_view value, std::string_view wanted) {
  throw std::invalid_argument(fmt::format("{}: \"{}\" is not {}", option, value, wanted));
}

template <typename Number>
Number ParseNumber(std::string_view option, std::string_view text, std::string_view wanted) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) Reject(option, text, wanted);
  return number;
}

struct HostPort {
  std::string host;
  std::uint16_t port;
};

HostPort ParseListen(std::string_view option, const std::string& text) {
  constexpr std::string_view kWanted = "ADDRESS:PORT, [V6ADDRESS]:PORT or PORT";
  const auto colon = text.rfind(':');
  std::string host = colon == std::string::npos ? "127.0.0.1" : text.substr(0, colon);
  const std::string port = colon == std::string::npos ? text : text.substr(colon + 1);
  if (host == "localhost") host = "127.0.0.1";
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  return {host, ParseNumber<std::uint16_t>(option, port, kWanted)};
}

sink::Profile ParseProfile(const std::string& name) {
  if (name == "mx") return sink::Profile::kMx;
  if (name == "submission") return sink::Profile::kSubmission;
  if (name == "lmtp") return sink::Profile::kLmtp;
  Reject("--profile", name, "mx, submission or lmtp");
}

sink::ExtensionSet ParseOffer(const std::string& text) {
  if (text.empty()) return sink::DefaultOffer();
  if (text == "all") return sink::FullOffer();
  sink::ExtensionSet offer;
  if (text == "none") return offer;
  for (const std::string& keyword : CLI::detail::split(text, ',')) {
    const auto extension = sink::ExtensionByKeyword(keyword);
    if (!extension)
      Reject("--offer", keyword, "an EHLO keyword that the sink knows, \"all\" or \"none\"");
    offer.Add(*extension);
  }
  return offer;
}

std::string FirstLineOf(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line))
    throw std::invalid_argument(
        fmt::format("--password-file: {}: cannot read a line from it", path));
  return line;
}

std::vector<sink::User> ParseUsers(const SinkOptions& options) {
  if (options.users.size() != options.password_variables.size() + options.password_files.size())
    throw std::invalid_argument("--user: give one --password-env or --password-file for each user");
  std::vector<sink::User> users;
  for (std::size_t i = 0; i < options.users.size(); ++i) {
    std::string password;
    if (i < options.password_variables.size()) {
      const char* value = std::getenv(options.password_variables[i].c_str());
      if (value == nullptr)
        throw std::invalid_argument(fmt::format("--password-env: the variable {} is not set",
                                                options.password_variables[i]));
      password = value;
    } else {
      password = FirstLineOf(options.password_files[i - options.password_variables.size()]);
    }
    users.push_back({options.users[i], password});
  }
  return users;
}

void ParseLatency(const std::string& text, sink::Config& config) {
  const auto equals = text.find('=');
  const auto moment = equals == std::string::npos
                          ? sink::Verb::kEndOfData
                          : sink::VerbFromMomentName(text.substr(0, equals));
  const auto latency =
      sink::Latency::Parse(equals == std::string::npos ? text : text.substr(equals + 1));
  if (!moment || !latency)
    Reject("--latency", text, "[VERB=]TIME, uniform:TIME-TIME, exp:TIME or lognormal:TIME:SIGMA");
  config.latency[static_cast<std::size_t>(*moment)] = *latency;
}

sink::Rejection ParseRejection(const std::string& text) {
  constexpr std::string_view kWanted = "VERB=CODE[:PROBABILITY] with a code from 400 to 559";
  const auto equals = text.find('=');
  if (equals == std::string::npos) Reject("--reject", text, kWanted);
  const auto moment = sink::VerbFromMomentName(text.substr(0, equals));
  if (!moment) Reject("--reject", text, kWanted);
  const auto colon = std::min(text.find(':', equals), text.size());
  const std::string code = text.substr(equals + 1, colon - equals - 1);
  sink::Rejection rejection{*moment, ParseNumber<int>("--reject", code, kWanted), 1};
  if (colon < text.size())
    rejection.probability = ParseNumber<double>("--reject", text.substr(colon + 1), kWanted);
  if (rejection.code < 400 || rejection.code > 559 || rejection.probability < 0 ||
      rejection.probability > 1)
    Reject("--reject", text, kWanted);
  return rejection;
}

double ParseCapacity(const std::string& text) {
  constexpr std::string_view kWanted = "MESSAGES/s";
  const std::string number = text.ends_with("/s") ? text.substr(0, text.size() - 2) : text;
  const double capacity = ParseNumber<double>("--capacity", number, kWanted);
  if (capacity <= 0) Reject("--capacity", text, kWanted);
  return capacity;
}

void AddMailOptions(CLI::App& command, SinkOptions& o) {
  command.add_option("--domain", o.domains, "A domain served here (default example.test)");
  command.add_option("--mailbox", o.mailboxes,
                     "A mailbox of these domains beside postmaster and abuse (default user)");
  command.add_flag("--accept-all", o.accept_all, "Accept every recipient of every domain");
  command.add_option("--hostname", o.hostname, "The server's own name (default mx.DOMAIN)");
  command.add_option("--maildir", o.maildir,
                     "Deliver into this Maildir; %n, %d, %u for mailbox, domain, address "
                     "(default: discard)");
  command.add_option("--user", o.users, "A user who may authenticate");
  command.add_option("--password-env", o.password_variables,
                     "The variable with the user's password");
  command.add_option("--password-file", o.password_files, "The file with the user's password");
  command.add_flag("--auth-in-clear", o.auth_in_clear, "Offer PLAIN and LOGIN without TLS too");
  command.add_option("--size-limit", o.size_limit, "Largest message in octets")
      ->check(CLI::Range(65536ULL, 1ULL << 40U));
  command.add_option("--recipient-limit", o.recipient_limit, "Recipients per message")
      ->check(CLI::Range(100U, 999999U));
}

void AddBehaviourOptions(CLI::App& command, SinkOptions& o) {
  command.add_option("--latency", o.latencies,
                     "Wait before the reply to the end of data, or to VERB: 5ms, mail=1ms, "
                     "uniform:1ms-9ms, exp:5ms, lognormal:5ms:0.5");
  command.add_option("--stall", o.stall, "Be asleep: 1s/10s is one second in every ten");
  command.add_option("--reject", o.rejections, "Refuse by chance: rcpt=450:0.1");
  command.add_option("--capacity", o.capacity, "Serve exactly this many messages: 400/s");
  command.add_option("--max-connections", o.max_connections, "Say 421 above so many");
  command.add_option("--error-limit", o.error_limit, "Say 421 after so many errors");
  command.add_option("--idle-timeout", o.idle_timeout_s, "Say 421 after so many seconds")
      ->check(CLI::PositiveNumber);
  command.add_option("--threads", o.threads, "Threads to serve with")->check(CLI::Range(1, 256));
  command.add_option("--seed", o.seed, "Seed of all chance");
  command.add_option("--fault", o.faults, "Have this fault");
  command.add_flag("--list-faults", o.list_faults,
                   "Name all faults: id, level, group, description");
  command.add_option("--json-counters", o.json_counters, "Write the counters to this file as well");
}

}  // namespace

void AddSinkOptions(CLI::App& command, SinkOptions& o) {
  command.add_option("--listen", o.listen, "ADDRESS:PORT; port 0 picks one and says which");
  command.add_option("--tls-listen", o.tls_listen, "ADDRESS:PORT for implicit TLS");
  command.add_option("--profile", o.profile, "mx, submission or lmtp");
  command.add_option("--offer", o.offer, "EHLO keywords to offer, \"all\" or \"none\"");
  command.add_option("--cert", o.certificate_file, "PEM certificate chain (default: self-signed)");
  command.add_option("--key", o.key_file, "PEM key (default: in the certificate's file)");
  AddMailOptions(command, o);
  AddBehaviourOptions(command, o);
}

sink::Config MakeSinkConfig(const SinkOptions& o) {
  sink::Config config;
  const HostPort clear = ParseListen("--listen", o.listen);
  config.host = clear.host;
  config.port = clear.port;
  if (!o.tls_listen.empty()) {
    const HostPort tls = ParseListen("--tls-listen", o.tls_listen);
    if (tls.host != clear.host) Reject("--tls-listen", o.tls_listen, "on the address of --listen");
    config.tls_port = tls.port;
  }
  config.profile = ParseProfile(o.profile);
  config.hostname = o.hostname;
  if (!o.domains.empty()) config.domains = o.domains;
  if (!o.mailboxes.empty()) config.mailboxes = o.mailboxes;
  config.acceptance = o.accept_all ? sink::Acceptance::kEverything : sink::Acceptance::kMailboxes;
  config.offer = ParseOffer(o.offer);
  config.certificate_file = o.certificate_file;
  config.key_file = o.key_file;
  config.users = ParseUsers(o);
  config.clear_password =
      o.auth_in_clear ? sink::ClearPassword::kAllowed : sink::ClearPassword::kRefused;
  config.maildir = o.maildir;
  config.limits.message_octets = o.size_limit;
  config.limits.recipients = o.recipient_limit;
  config.limits.errors = o.error_limit;
  config.limits.connections = o.max_connections;
  config.limits.idle =
      std::chrono::milliseconds(static_cast<std::int64_t>(o.idle_timeout_s * 1000));
  for (const std::string& latency : o.latencies)
    ParseLatency(latency, config);
  if (!o.stall.empty()) {
    config.stall = sink::Stall::Parse(o.stall);
    if (!config.stall) Reject("--stall", o.stall, "LENGTH/PERIOD with a length below the period");
  }
  for (const std::string& rejection : o.rejections)
    config.rejections.push_back(ParseRejection(rejection));
  if (!o.capacity.empty()) config.capacity_per_s = ParseCapacity(o.capacity);
  config.threads = o.threads;
  config.seed = o.seed;
  config.faults = o.faults;
  return config;
}

}  // namespace smtpgauge
