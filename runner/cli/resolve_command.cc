#include "runner/cli/resolve_command.h"

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "runner/cli/exit_code.h"
#include "runner/cli/mx_report.h"
#include "runner/net/route.h"

namespace smtpgauge {

namespace {

constexpr const char* kResolveFooter =
    "The MX hosts of a domain in the order to try them (RFC 5321 5.1), their addresses and TTLs,\n"
    "and what is wrong with them: a null MX, aliases, hosts without address, private addresses.\n\n"
    "Examples:\n"
    "  smtpgauge resolve example.org\n"
    "  smtpgauge resolve user@example.org --json\n"
    "  smtpgauge resolve example.test --dns 127.0.0.1:5353\n\n"
    "Exit status: 0 there is an address to deliver to, 2 usage, 3 there is none (no such domain,\n"
    "null MX, no host with an address, no answer).";

struct ResolveOptions {
  std::string domain;
  std::string dns;
  std::uint64_t seed = 0;
  bool json = false;
};

int Resolve(const ResolveOptions& options) {
  std::string domain = options.domain;
  // An address is what one has at hand when mail does not arrive.
  if (const std::size_t at = domain.rfind('@'); at != std::string::npos) domain.erase(0, at + 1);
  Target target;
  std::string error;
  if (!ParseTarget(domain.starts_with("mx:") ? domain : "mx:" + domain, target, error) ||
      target.kind != Target::Kind::kMx) {
    throw UsageError(
        fmt::format("resolve: '{}' is not a mail domain: expected a name such as "
                    "example.org",
                    Printable(options.domain)));
  }
  ResolverOptions resolver;
  resolver.seed = options.seed;
  if (!options.dns.empty()) {
    resolver.server = ParseNameServer(options.dns);
    if (!resolver.server) {
      throw UsageError(
          fmt::format("--dns '{}': expected an address with an optional port, such as "
                      "127.0.0.1:5353 or [::1]",
                      Printable(options.dns)));
    }
  }
  const MxPlan plan = FindMx(target.host, target.port, resolver);
  fmt::print("{}", options.json ? MxPlanJson(plan) : MxPlanText(plan));
  return plan.has_address() ? kOk : kUnreachable;
}

}  // namespace

void AddResolveCommand(CLI::App& app, RunFunction& run) {
  CLI::App* command = app.add_subcommand("resolve", "Show where mail for a domain goes");
  command->footer(kResolveFooter);
  auto options = std::make_shared<ResolveOptions>();
  command->add_option("DOMAIN", options->domain, "Mail domain, or an address in it")->required();
  command->add_option("--dns", options->dns, "Name server to ask instead of the system's")
      ->type_name("HOST:PORT");
  command->add_option("--seed", options->seed, "Of the order among equal preferences")
      ->type_name("N")
      ->capture_default_str();
  command->add_flag("--json", options->json, "Machine-readable");
  command->callback([&run, options] { run = [options] { return Resolve(*options); }; });
}

}  // namespace smtpgauge
