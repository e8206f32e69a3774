#include "runner/net/mx_plan.h"

#include <algorithm>
#include <random>
#include <utility>

#include <fmt/format.h>
namespace smtpgauge {

namespace {

using Kind = MxFinding::Kind;

void Shuffle(std::vector<MxHost>& hosts, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  for (auto first = hosts.begin(); first != hosts.end();) {
    const auto last = std::find_if(first, hosts.end(), [&first](const MxHost& host) {
      return host.preference != first->preference;
    });
    // Not std::shuffle: its result for a seed may differ between libraries.
    for (auto left = last - first; left > 1; --left) {
      const auto pick = random() % static_cast<std::uint64_t>(left);
      std::iter_swap(first + (left - 1), first + static_cast<std::ptrdiff_t>(pick));
    }
    first = last;
  }
}

bool Precedes(const MxHost& left, const MxHost& right) {
  if (left.preference != right.preference) return left.preference < right.preference;
  return CompareDnsNames(left.name, right.name) < 0;
}

void DropDuplicates(MxPlan& plan) {
  std::vector<MxHost> kept;
  for (MxHost& host : plan.hosts) {
    const bool seen = std::any_of(kept.begin(), kept.end(), [&host](const MxHost& other) {
      return CompareDnsNames(other.name, host.name) == 0;
    });
    if (seen) {
      plan.findings.push_back({Kind::kDuplicateTarget, host.name, ""});
    } else {
      kept.push_back(std::move(host));
    }
  }
  plan.hosts = std::move(kept);
}

void JudgeHost(const MxHost& host, MxPlan& plan) {
  const auto add = [&plan, &host](Kind kind, std::string detail) {
    plan.findings.push_back({kind, host.name, std::move(detail)});
  };
  if (Endpoint::FromAddress(host.name, 0)) {
    add(Kind::kAddressTarget, "");
    return;
  }
  if (!host.answer.aliases.empty() && !plan.implicit) {
    add(Kind::kAliasTarget, host.answer.aliases.back());
  }
  const DnsStatus status = host.answer.status;
  if (status == DnsStatus::kNoData || status == DnsStatus::kNoDomain) {
    add(Kind::kNoAddress, std::string(DnsStatusText(status)));
  } else if (status != DnsStatus::kOk) {
    add(Kind::kLookupFailed, std::string(DnsStatusText(status)));
  }
  for (const HostAddress& address : host.answer.addresses) {
    if (address.endpoint.is_loopback()) add(Kind::kLoopback, address.endpoint.AddressText());
    if (address.endpoint.is_private()) add(Kind::kPrivate, address.endpoint.AddressText());
  }
}

}  // namespace

bool MxPlan::has_address() const {
  return std::any_of(hosts.begin(), hosts.end(),
                     [](const MxHost& host) { return !host.answer.addresses.empty(); });
}

MxPlan OrderMx(std::string domain, const MxAnswer& answer, std::uint64_t seed) {
  MxPlan plan;
  plan.domain = std::move(domain);
  if (!answer.aliases.empty()) plan.findings.push_back({Kind::kAlias, "", answer.aliases.back()});
  bool null_mx = false;
  for (const MxRecord& record : answer.records) {
    if (record.host.empty()) {
      null_mx = true;
    } else {
      plan.hosts.push_back({record.preference, record.ttl, record.host, {}});
    }
  }
  if (null_mx) {
    plan.null_mx = plan.hosts.empty();
    plan.findings.push_back({plan.null_mx ? Kind::kNullMx : Kind::kNullMxWithOthers, "", ""});
  }
  std::sort(plan.hosts.begin(), plan.hosts.end(), Precedes);
  DropDuplicates(plan);
  if (plan.hosts.size() > kMaxMxHosts) {
    plan.findings.push_back({Kind::kTooMany, "", fmt::format("{}", plan.hosts.size())});
    plan.hosts.resize(kMaxMxHosts);
  }
  if (plan.hosts.size() == 1) plan.findings.push_back({Kind::kSingleMx, plan.hosts[0].name, ""});
  Shuffle(plan.hosts, seed);
  return plan;
}

void JudgeMx(MxPlan& plan) {
  if (plan.implicit) plan.findings.push_back({Kind::kImplicitMx, "", ""});
  for (const MxHost& host : plan.hosts)
    JudgeHost(host, plan);
}

}  // namespace smtpgauge
