// Where mail for a domain goes (RFC 5321 5.1): hosts in the order to try, and what is odd about
// them. Pure: from DNS answers to a plan.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runner/net/dns_message.h"
#include "runner/net/endpoint.h"

namespace smtpgauge {

enum class DnsStatus : std::uint8_t {
  kOk,
  kNoData,         ///< the name exists, but has no record of this type
  kNoDomain,       ///< NXDOMAIN
  kTimedOut,       ///< no name server answered in time
  kServerFailure,  ///< SERVFAIL, REFUSED, NOTIMP, FORMERR
  kUnreachable,    ///< nobody listens at the name server's address; of several, none would answer
  kMalformed,      ///< the answer is no valid DNS message
  kBadName         ///< the name cannot be asked for
};
/// "ok", "no-data", "no-domain", "timed-out", "server-failure", "unreachable", "malformed",
/// "bad-name".
[[nodiscard]] std::string_view DnsStatusName(DnsStatus status);
/// "no such domain (NXDOMAIN)" and the like, for people.
[[nodiscard]] std::string_view DnsStatusText(DnsStatus status);

struct HostAddress {
  Endpoint endpoint;
  std::uint32_t ttl = 0;  ///< seconds; 0 for literals and the hosts file
};

struct HostAnswer {
  DnsStatus status = DnsStatus::kOk;
  std::vector<HostAddress> addresses;  ///< in the order to try (RFC 6724)
  std::vector<std::string> aliases;    ///< what the name is an alias of, in order
};

struct MxHost {
  std::uint16_t preference = 0;
  std::uint32_t ttl = 0;  ///< of the MX record, seconds
  std::string name;
  HostAnswer answer;
};

/// Something about the plan that its owner may want to know.
struct MxFinding {
  enum class Kind : std::uint8_t {
    kNullMx,            ///< the domain says that it takes no mail (RFC 7505)
    kNullMxWithOthers,  ///< and contradicts itself (RFC 7505 3)
    kImplicitMx,        ///< no MX: the domain's own address is used (RFC 5321 5.1)
    kAlias,             ///< the domain itself is an alias
    kSingleMx,
    kDuplicateTarget,
    kAliasTarget,    ///< RFC 2181 10.3, RFC 5321 5.1
    kAddressTarget,  ///< an address where a name must stand (RFC 5321 5.1, RFC 1035 3.3.9)
    kNoAddress,      ///< a target that has no address, or does not exist
    kLookupFailed,   ///< a target about which nothing could be learnt
    kLoopback,
    kPrivate,
    kTooMany  ///< more targets than are looked up
  };
  enum class Severity : std::uint8_t { kNote, kWarning, kError };
  Kind kind = Kind::kNullMx;
  std::string host;    ///< which target; empty: the domain
  std::string detail;  ///< an alias's target, an address; hostile text
};
/// "null-mx", "null-mx-with-others", "implicit-mx", "alias", "single-mx", "duplicate-target",
/// "alias-target", "address-target", "no-address", "lookup-failed", "loopback", "private",
/// "too-many".
[[nodiscard]] std::string_view MxFindingName(MxFinding::Kind kind);
[[nodiscard]] MxFinding::Severity SeverityOf(MxFinding::Kind kind);
/// A sentence with the RFC section. Hostile octets are replaced by '?'.
[[nodiscard]] std::string MxFindingText(const MxFinding& finding);

struct MxPlan {
  std::string domain;
  DnsStatus status = DnsStatus::kOk;  ///< of the MX question; kNoData when `implicit`
  bool implicit = false;
  bool null_mx = false;
  std::vector<MxHost> hosts;  ///< in the order to try
  std::vector<MxFinding> findings;
  [[nodiscard]] bool has_address() const;
};

/// Targets looked up at most: an answer can hold thousands.
inline constexpr std::size_t kMaxMxHosts = 128;

/// Sorts by preference, mixes equal ones by `seed` (RFC 5321 5.1 wants them spread), sets null MX
/// apart. The hosts' addresses are still to be looked up.
[[nodiscard]] MxPlan OrderMx(std::string domain, const MxAnswer& answer, std::uint64_t seed);
/// Adds the findings that the looked-up addresses show.
void JudgeMx(MxPlan& plan);

/// `text` with every octet outside printable ASCII replaced by '?': for terminals.
[[nodiscard]] std::string Printable(std::string_view text);

}  // namespace smtpgauge
