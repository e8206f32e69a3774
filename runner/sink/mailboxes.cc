#include "runner/sink/mailboxes.h"

#include <algorithm>

#include "runner/sink/ascii.h"
#include "runner/sink/maildir.h"
#include "runner/sink/punycode.h"

namespace smtpgauge::sink {

Mailboxes::Mailboxes(const Config& config, const FaultSet& faults)
    : acceptance_(config.acceptance), faults_(faults) {
  for (const std::string& domain : config.domains)
    domains_.push_back(LowerCopy(domain));
  for (const std::string& name : config.mailboxes)
    names_.insert(LowerCopy(name));
  names_.insert("postmaster");  // RFC 5321 section 4.5.1
  names_.insert("abuse");       // RFC 2142 section 2
}

bool Mailboxes::IsLocalDomain(std::string_view domain) const {
  for (const std::string& local : domains_) {
    const bool same = faults_.Has(Fault::kDomainCaseSensitive) ? local == domain
                                                               : EqualsIgnoreCase(local, domain);
    if (same) return true;
    if (faults_.Has(Fault::kRelaySuffixMatch) && StartsWithIgnoreCase(domain, local)) return true;
  }
  for (char c : domain)
    if (IsEightBit(c)) return IsLocalDomain(ToALabels(domain));  // RFC 6531 section 3.2
  return false;
}

bool Mailboxes::Exists(std::string_view name) const {
  if (name.size() > kMaxLocalPart) return false;
  if (names_.contains(LowerCopy(name))) return true;
  const auto plus = name.find('+');
  return plus != std::string_view::npos && plus > 0 &&
         names_.contains(LowerCopy(name.substr(0, plus)));
}

Whose Mailboxes::Find(const Path& path, std::string_view own_address) const {
  if (acceptance_ == Acceptance::kEverything) return Whose::kLocal;
  if (path.kind == PathKind::kPostmaster)
    return faults_.Has(Fault::kBarePostmasterRefused) ? Whose::kUnknownUser : Whose::kLocal;
  const bool local =
      path.literal ? EqualsIgnoreCase(path.domain, own_address) : IsLocalDomain(path.domain);
  if (!local) return Whose::kForeign;
  if (faults_.Has(Fault::kRelaySuffixMatch) && !path.literal &&
      std::none_of(domains_.begin(), domains_.end(), [&](const std::string& domain) {
        return EqualsIgnoreCase(domain, path.domain);
      }))
    return Whose::kLocal;
  const std::string name = Unquote(path.local);
  if (path.quoted && faults_.Has(Fault::kQuotedIsOther)) return Whose::kUnknownUser;
  if (EqualsIgnoreCase(name, "postmaster")) {
    if (faults_.Has(Fault::kPostmasterRefused)) return Whose::kUnknownUser;
    if (faults_.Has(Fault::kPostmasterCaseSensitive) && name != "postmaster" &&
        name != "Postmaster")
      return Whose::kUnknownUser;
  }
  if (faults_.Has(Fault::kRelayPercent) && name.find('%') != std::string::npos)
    return Whose::kLocal;
  if (faults_.Has(Fault::kRelayBang) && name.find('!') != std::string::npos) return Whose::kLocal;
  if (faults_.Has(Fault::kRelayQuotedAt) && name.find('@') != std::string::npos)
    return Whose::kLocal;
  return Exists(name) ? Whose::kLocal : Whose::kUnknownUser;
}

std::string Mailboxes::Name(const Path& path) const {
  if (path.kind == PathKind::kPostmaster) return "postmaster";
  const std::string name = Unquote(path.local);
  const auto plus = name.find('+');
  if (plus != std::string::npos && plus > 0 && names_.contains(LowerCopy(name.substr(0, plus))))
    return SafeMailboxName(name.substr(0, plus));
  return SafeMailboxName(name);
}

}  // namespace smtpgauge::sink
