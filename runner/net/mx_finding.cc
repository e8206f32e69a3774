// Names and sentences of mx_plan.h.
#include <array>

#include <fmt/format.h>

#include "runner/net/mx_plan.h"

namespace smtpgauge {

namespace {

using Kind = MxFinding::Kind;
using Severity = MxFinding::Severity;

struct Row {
  Kind kind;
  std::string_view name;
  Severity severity;
  /// {0}: the host, {1}: the detail.
  std::string_view sentence;
};

constexpr std::array<Row, 13> kRows = {{
    {Kind::kNullMx, "null-mx", Severity::kNote,
     "the domain declares that it takes no mail (null MX, RFC 7505)"},
    {Kind::kNullMxWithOthers, "null-mx-with-others", Severity::kError,
     "a null MX stands beside other MX records; it must be the only one (RFC 7505 3)"},
    {Kind::kImplicitMx, "implicit-mx", Severity::kNote,
     "there is no MX record: the domain's own address takes the mail (RFC 5321 5.1)"},
    {Kind::kAlias, "alias", Severity::kNote, "the domain is an alias of {1}"},
    {Kind::kSingleMx, "single-mx", Severity::kNote,
     "{0} is the only MX host: no mail is taken while it is down"},
    {Kind::kDuplicateTarget, "duplicate-target", Severity::kWarning,
     "{0} is named by more than one MX record; the best preference counts"},
    {Kind::kAliasTarget, "alias-target", Severity::kError,
     "{0} is an alias of {1}; an MX record must not point to one (RFC 2181 10.3, RFC 5321 5.1)"},
    {Kind::kAddressTarget, "address-target", Severity::kError,
     "{0} is an address; an MX record must name a host (RFC 1035 3.3.9, RFC 5321 5.1)"},
    {Kind::kNoAddress, "no-address", Severity::kError,
     "{0} has no address: {1}; no mail can be sent to it (RFC 5321 5.1)"},
    {Kind::kLookupFailed, "lookup-failed", Severity::kWarning,
     "the addresses of {0} are not known: {1}"},
    {Kind::kLoopback, "loopback", Severity::kWarning,
     "{0} has the loopback address {1}: every sender would connect to itself"},
    {Kind::kPrivate, "private", Severity::kWarning,
     "{0} has the private address {1}, which cannot be reached from outside"},
    {Kind::kTooMany, "too-many", Severity::kWarning,
     "{1} MX hosts; only the first 128 are looked up"},
}};
static_assert(kMaxMxHosts == 128, "stands in a sentence above");

const Row& RowOf(Kind kind) {
  for (const Row& row : kRows) {
    if (row.kind == kind) return row;
  }
  return kRows[0];
}

}  // namespace

std::string_view MxFindingName(MxFinding::Kind kind) {
  return RowOf(kind).name;
}

MxFinding::Severity SeverityOf(MxFinding::Kind kind) {
  return RowOf(kind).severity;
}

std::string MxFindingText(const MxFinding& finding) {
  return fmt::format(fmt::runtime(RowOf(finding.kind).sentence), Printable(finding.host),
                     Printable(finding.detail));
}

std::string_view DnsStatusName(DnsStatus status) {
  switch (status) {
    case DnsStatus::kOk:
      return "ok";
    case DnsStatus::kNoData:
      return "no-data";
    case DnsStatus::kNoDomain:
      return "no-domain";
    case DnsStatus::kTimedOut:
      return "timed-out";
    case DnsStatus::kServerFailure:
      return "server-failure";
    case DnsStatus::kUnreachable:
      return "unreachable";
    case DnsStatus::kMalformed:
      return "malformed";
    case DnsStatus::kBadName:
      return "bad-name";
  }
  return "malformed";
}

std::string_view DnsStatusText(DnsStatus status) {
  switch (status) {
    case DnsStatus::kOk:
      return "found";
    case DnsStatus::kNoData:
      return "the name exists but has no such record";
    case DnsStatus::kNoDomain:
      return "no such domain (NXDOMAIN)";
    case DnsStatus::kTimedOut:
      return "no name server answered in time";
    case DnsStatus::kServerFailure:
      return "the name server could not or would not answer (SERVFAIL, REFUSED)";
    case DnsStatus::kUnreachable:
      return "no name server can be reached, or none is willing to answer";
    case DnsStatus::kMalformed:
      return "the name server's answer is malformed";
    case DnsStatus::kBadName:
      return "not a name that DNS can be asked for";
  }
  return "";
}

std::string Printable(std::string_view text) {
  std::string result(text);
  for (char& octet : result) {
    if (octet < ' ' || octet > '~') octet = '?';
  }
  return result;
}

}  // namespace smtpgauge
