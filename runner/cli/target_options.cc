#include "runner/cli/target_options.h"

#include <cstdlib>
#include <fstream>
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include "runner/cli/command.h"
#include "runner/cli/version.h"
#include "runner/net/route.h"

namespace smtpgauge {

namespace {

std::string FirstLine(std::istream& in) {
  std::string line;
  std::getline(in, line);
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

std::string PromptForPassword(const std::string& user) {
  if (isatty(STDIN_FILENO) == 0) {
    throw UsageError(fmt::format(
        "--user {}: its password is missing; give --password-env VAR or --password-file FILE",
        user));
  }
  std::cerr << "password of " << user << ": " << std::flush;
  termios saved{};
  tcgetattr(STDIN_FILENO, &saved);
  termios silent = saved;
  silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  tcsetattr(STDIN_FILENO, TCSANOW, &silent);
  std::string password = FirstLine(std::cin);
  tcsetattr(STDIN_FILENO, TCSANOW, &saved);
  std::cerr << '\n';
  return password;
}

std::string ReadPassword(const TargetOptions& options) {
  if (options.user.empty()) return {};
  if (!options.password_env.empty()) {
    const char* value = std::getenv(
        options.password_env.c_str());  // NOLINT(concurrency-mt-unsafe): before any thread
    if (value == nullptr)
      throw UsageError(
          fmt::format("--password-env {}: no such variable is set", options.password_env));
    return value;
  }
  if (options.password_file.empty()) return PromptForPassword(options.user);
  std::ifstream in(options.password_file);
  if (!in)
    throw UsageError(fmt::format("--password-file {}: cannot be read", options.password_file));
  return FirstLine(in);
}

std::string ProfileOf(const TargetOptions& options, const Target& target) {
  if (!options.profile.empty()) return options.profile;
  switch (target.protocol) {
    case Target::Protocol::kLmtp:
      return "lmtp";
    case Target::Protocol::kSubmission:
    case Target::Protocol::kSubmissions:
      return "submission";
    case Target::Protocol::kSmtp:
    case Target::Protocol::kSmtps:
      return "mx";
  }
  return "mx";
}

bool OnThisMachine(const Destination& destination) {
  return std::all_of(destination.endpoints.begin(), destination.endpoints.end(),
                     [](const Endpoint& endpoint) { return endpoint.is_loopback(); });
}

std::string TlsOf(const TargetOptions& options, const Target& target,
                  const Destination& destination) {
  if (!options.tls.empty()) return options.tls;
  if (target.implicit_tls()) return "implicit";
  // In clear credentials would travel to anyone.
  const bool secrets = target.protocol == Target::Protocol::kSubmission ||
                       (!options.user.empty() && !OnThisMachine(destination));
  return secrets ? "auto" : "off";
}

std::vector<std::string> Recipients(const std::vector<std::string>& written, bool* many) {
  std::vector<std::string> all;
  for (const std::string& recipient : written) {
    if (recipient.find('@') == std::string::npos)
      throw UsageError(fmt::format("--recipient {}: expected local@domain", recipient));
    const std::size_t at = recipient.find("%d");
    if (at == std::string::npos) {
      all.push_back(recipient);
      continue;
    }
    *many = true;
    for (int i = 1; i <= kManyRecipients; ++i)
      all.push_back(recipient.substr(0, at) + std::to_string(i) + recipient.substr(at + 2));
  }
  *many = *many || all.size() >= 100;
  return all;
}

ResolverOptions DnsOptions(const TargetOptions& options) {
  ResolverOptions dns;
  dns.seed = options.seed;
  if (options.dns.empty()) return dns;
  dns.server = ParseNameServer(options.dns);
  // Who names a server wants its answers, not those of /etc/hosts.
  dns.scope = ResolverOptions::Scope::kDns;
  if (!dns.server) {
    throw UsageError(fmt::format(
        "--dns {}: expected ADDRESS[:PORT] of a name server, such as 127.0.0.1:5353", options.dns));
  }
  return dns;
}

std::string MaildirPattern(const std::string& delivered) {
  if (delivered.empty()) return {};
  if (!delivered.starts_with("maildir:"))
    throw UsageError(
        fmt::format("--delivered {}: expected maildir:PATH, with %n, %d, %u for a recipient's "
                    "local part, domain, address",
                    delivered));
  return delivered.substr(8);
}

}  // namespace

void AddTargetOptions(CLI::App& app, TargetOptions& options) {
  app.add_option("TARGET", options.target,
                 "host[:port], [v6]:port, mx:domain, or smtp:// smtps:// submission:// "
                 "submissions:// lmtp:// URL")
      ->required();
  app.add_option("--target",
                 "JSON file with any of these options by their long names; the command line wins")
      ->type_name("FILE.json");
  auto* group = app.add_option_group("Target");
  group
      ->add_option("--profile", options.profile,
                   "what kind of server it is: mx, submission, relay, lmtp, sink (default: by the "
                   "URL's scheme, else mx)")
      ->check(CLI::IsMember({"mx", "submission", "relay", "lmtp", "sink"}));
  group
      ->add_option(
          "--recipient", options.recipients,
          "address that the target accepts; repeatable; user+%d@example.org stands for 200 of them")
      ->type_name("ADDR");
  group
      ->add_option("--unknown-recipient", options.unknown_recipient,
                   "address in a domain of the target that does not exist")
      ->type_name("ADDR");
  group
      ->add_option("--foreign-recipient", options.foreign_recipient,
                   "address in a domain that the target does not serve")
      ->type_name("ADDR")
      ->capture_default_str();
  group->add_option("--sender", options.sender, "envelope sender")
      ->type_name("ADDR")
      ->capture_default_str();
  group->add_option("--helo-name", options.helo_name, "our name in EHLO, HELO, LHLO")
      ->type_name("NAME")
      ->capture_default_str();
  group->add_option("--user", options.user, "user name for AUTH")->type_name("NAME");
  group
      ->add_option("--password-env", options.password_env,
                   "environment variable that holds the password")
      ->type_name("VAR");
  group
      ->add_option("--password-file", options.password_file,
                   "file whose first line is the password")
      ->type_name("FILE");
  group
      ->add_option("--tls", options.tls,
                   "off, starttls, implicit, or auto: STARTTLS when it is offered (default: by the "
                   "URL's scheme; off for smtp, but auto with --user on another machine)")
      ->check(CLI::IsMember({"off", "starttls", "implicit", "auto"}));
  group
      ->add_option("--tls-port", options.tls_port,
                   "where implicit TLS listens, for the cases that need it")
      ->type_name("PORT");
  group
      ->add_option("--ca-file", options.ca_file,
                   "PEM file of trusted certificates; with it certificates must be valid")
      ->type_name("FILE");
  group->add_flag("--insecure", options.insecure, "accept any certificate");
  group
      ->add_option("--delivered", options.delivered,
                   "where delivered mail can be read: maildir:PATH, with %n %d %u for local part, "
                   "domain, address")
      ->type_name("maildir:PATH");
  group->add_option("--dns", options.dns, "name server to ask instead of the system's")
      ->type_name("HOST:PORT");
  group
      ->add_option("--timeout-scale", options.timeout_scale,
                   "the reply limits of RFC 5321 4.5.3.2 (5 min, DATA 2 min, its end 10 min) and "
                   "every pause, times X (default: check 0.1 for the limits, load 1)")
      ->type_name("X")
      ->check(CLI::PositiveNumber);
  group->add_option("--seed", options.seed, "of everything random")
      ->type_name("N")
      ->capture_default_str();
}

ResolvedTarget Resolve(const TargetOptions& options) {
  ResolvedTarget resolved;
  std::string error;
  if (!ParseTarget(options.target, resolved.target, error)) throw UsageError(error);
  const Target& target = resolved.target;
  Bindings& bindings = resolved.bindings;
  bindings.host = target.host;
  bindings.port = std::to_string(target.port);
  bindings.profile = ProfileOf(options, target);
  bindings.recipients = Recipients(options.recipients, &resolved.many_recipients);
  bindings.unknown_recipient = options.unknown_recipient;
  bindings.foreign_recipient = options.foreign_recipient;
  bindings.sender = options.sender;
  bindings.helo_name = options.helo_name;
  bindings.user = options.user;
  bindings.password = ReadPassword(options);

  Destination& destination = resolved.destination;
  const Route route = FindRoute(target, DnsOptions(options));
  if (!route.error.empty()) throw std::runtime_error(route.error);
  for (const Hop& hop : route.hops) {
    destination.endpoints.push_back(hop.endpoint);
    destination.server_names.push_back(target.kind == Target::Kind::kUnix ? "localhost" : hop.host);
  }
  bindings.host = destination.server_names.front();
  bindings.tls = TlsOf(options, target, destination);
  resolved.stays_local = StaysLocal(route);
  destination.maildir = MaildirPattern(options.delivered);
  bindings.address = destination.endpoints.front().AddressText();
  if (options.tls_port != 0) {
    destination.tls_endpoints = destination.endpoints;
    for (Endpoint& endpoint : destination.tls_endpoints)
      endpoint.set_port(options.tls_port);
  }

  resolved.options.limits = DefaultLimits();
  resolved.options.lmtp = bindings.profile == "lmtp";
  resolved.on_this_machine = OnThisMachine(destination);
  resolved.options.password_in_clear = options.tls == "off" || resolved.on_this_machine;
  resolved.options.implicit_tls = bindings.tls == "implicit";
  resolved.tls = {options.ca_file.empty() || options.insecure ? TlsVerify::kNone : TlsVerify::kPeer,
                  options.ca_file};
  RunInfo& info = resolved.info;
  info.tool_version = kVersion;
  info.target = options.target;
  info.profile = bindings.profile;
  info.tls = bindings.tls;
  info.seed = options.seed;
  for (const Endpoint& endpoint : destination.endpoints)
    info.addresses.push_back(endpoint.ToString());
  return resolved;
}

}  // namespace smtpgauge
