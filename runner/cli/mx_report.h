// An MX plan for people and for programs.
#pragma once

#include <string>

namespace smtpgauge {

struct MxPlan;

/// A table of hosts and addresses with their TTLs, then the findings. Printable ASCII only.
[[nodiscard]] std::string MxPlanText(const MxPlan& plan);
/// {domain, status, implicit, null_mx, hosts: [{preference, ttl_s, host, status, aliases: [...],
/// addresses: [{address, ttl_s}]}], findings: [{id, severity, host, text}]}
[[nodiscard]] std::string MxPlanJson(const MxPlan& plan);

}  // namespace smtpgauge
