#include "runner/cli/mx_report.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "runner/net/mx_plan.h"

namespace smtpgauge {

namespace {

std::string_view SeverityName(MxFinding::Severity severity) {
  switch (severity) {
    case MxFinding::Severity::kNote:
      return "note";
    case MxFinding::Severity::kWarning:
      return "warning";
    case MxFinding::Severity::kError:
      return "error";
  }
  return "error";
}

std::string Summary(const MxPlan& plan) {
  if (plan.null_mx) return "takes no mail (null MX, RFC 7505)";
  if (plan.implicit) {
    return plan.has_address() ? "no MX; the domain's own address takes the mail"
                              : "neither MX nor address: no mail can be sent there";
  }
  if (plan.status != DnsStatus::kOk) return std::string(DnsStatusText(plan.status));
  return fmt::format("{} MX host{}{}", plan.hosts.size(), plan.hosts.size() == 1 ? "" : "s",
                     plan.has_address() ? "" : ", none with an address");
}

/// One row for each address, the host's own columns only in the first.
void AppendHost(const MxHost& host, std::size_t width, std::string& text) {
  auto out = std::back_inserter(text);
  std::string first = fmt::format("  {:>10}  {:>7}  {:<{}}", host.preference, host.ttl,
                                  Printable(host.name), width);
  const std::string blank(first.size(), ' ');
  for (const std::string& alias : host.answer.aliases) {
    fmt::format_to(out, "{}  alias of {}\n", first, Printable(alias));
    first = blank;
  }
  for (const HostAddress& address : host.answer.addresses) {
    fmt::format_to(out, "{}  {:<39}  {:>7}\n", first, address.endpoint.AddressText(), address.ttl);
    first = blank;
  }
  if (host.answer.addresses.empty()) {
    fmt::format_to(out, "{}  - ({})\n", first, DnsStatusName(host.answer.status));
  }
}

// Replies of name servers are octets, not text: what is no UTF-8 must not make the writer throw.
nlohmann::ordered_json HostJson(const MxHost& host) {
  nlohmann::ordered_json addresses = nlohmann::ordered_json::array();
  for (const HostAddress& address : host.answer.addresses) {
    addresses.push_back({{"address", address.endpoint.AddressText()}, {"ttl_s", address.ttl}});
  }
  nlohmann::ordered_json aliases = nlohmann::ordered_json::array();
  for (const std::string& alias : host.answer.aliases)
    aliases.push_back(Printable(alias));
  return {{"preference", host.preference}, {"ttl_s", host.ttl},
          {"host", Printable(host.name)},  {"status", DnsStatusName(host.answer.status)},
          {"aliases", std::move(aliases)}, {"addresses", std::move(addresses)}};
}

}  // namespace

std::string MxPlanText(const MxPlan& plan) {
  std::string text = fmt::format("{}: {}\n", Printable(plan.domain), Summary(plan));
  std::size_t width = 4;
  for (const MxHost& host : plan.hosts)
    width = std::max(width, host.name.size());
  if (!plan.hosts.empty()) {
    text += fmt::format("\n  {:>10}  {:>7}  {:<{}}  {:<39}  {:>7}\n", "preference", "ttl", "host",
                        width, "address", "ttl");
  }
  for (const MxHost& host : plan.hosts)
    AppendHost(host, width, text);
  if (!plan.findings.empty()) text += "\nfindings\n";
  for (const MxFinding& finding : plan.findings) {
    text += fmt::format("  {:<7}  {}\n", SeverityName(SeverityOf(finding.kind)),
                        MxFindingText(finding));
  }
  return text;
}

std::string MxPlanJson(const MxPlan& plan) {
  nlohmann::ordered_json hosts = nlohmann::ordered_json::array();
  for (const MxHost& host : plan.hosts)
    hosts.push_back(HostJson(host));
  nlohmann::ordered_json findings = nlohmann::ordered_json::array();
  for (const MxFinding& finding : plan.findings) {
    findings.push_back({{"id", MxFindingName(finding.kind)},
                        {"severity", SeverityName(SeverityOf(finding.kind))},
                        {"host", Printable(finding.host)},
                        {"text", MxFindingText(finding)}});
  }
  const nlohmann::ordered_json root = {
      {"domain", Printable(plan.domain)}, {"status", DnsStatusName(plan.status)},
      {"implicit", plan.implicit},        {"null_mx", plan.null_mx},
      {"hosts", std::move(hosts)},        {"findings", std::move(findings)}};
  return root.dump(2) + "\n";
}

}  // namespace smtpgauge
