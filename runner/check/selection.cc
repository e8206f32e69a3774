#include "runner/check/selection.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "scenarios/glob.h"

namespace smtpgauge {
namespace {

/// Security and de-facto rows are judged at every level but MUST-only: they are no RFC's MUST.
bool ReachesLevel(Level level, Level least) {
  switch (least) {
    case Level::kMust:
      return level == Level::kMust || level == Level::kSecurity;
    case Level::kShould:
      return level != Level::kMay && level != Level::kDeFacto;
    case Level::kMay:
    case Level::kSecurity:
    case Level::kDeFacto:
      return true;
  }
  return true;
}

std::string_view HowToSupply(Need need) {
  switch (need) {
    case Need::kRecipient:
      return "--recipient ADDR";
    case Need::kSecondRecipient:
      return "--recipient twice";
    case Need::kManyRecipients:
      return "--recipient 'user+%d@example.org'";
    case Need::kUnknownRecipient:
      return "--unknown-recipient ADDR";
    case Need::kForeignRecipient:
      return "--foreign-recipient ADDR";
    case Need::kCredentials:
      return "--user NAME --password-env VAR";
    case Need::kTls:
      return "a target with TLS (--tls, --tls-port)";
    case Need::kDelivery:
      return "--delivered maildir:PATH";
    case Need::kSlow:
      return "--opt-in slow";
    case Need::kTlsPort:
      return "--tls-port PORT";
    case Need::kDisruptive:
      return "--opt-in disruptive";
    case Need::kMail:
      return "--mail many";
  }
  return {};
}

}  // namespace

bool IsSelected(const Script& script, const Selection& selection) {
  if (!selection.only.empty() && !AnyGlobMatches(selection.only, script.id)) return false;
  return !AnyGlobMatches(selection.skip, script.id) && ReachesLevel(script.level, selection.least);
}

std::string WhySkipped(const Script& script, const Selection& selection) {
  std::vector<std::string_view> missing;
  for (const Need need : script.needs) {
    if (selection.supplied.contains(need)) continue;
    // A mailbox that can be read takes many messages without further word.
    const bool implied =
        need == Need::kMail && !selection.supplied.contains(Need::kDelivery) &&
        std::find(script.needs.begin(), script.needs.end(), Need::kDelivery) != script.needs.end();
    if (!implied) missing.push_back(HowToSupply(need));
  }
  return missing.empty() ? std::string() : fmt::format("needs {}", fmt::join(missing, ", "));
}

std::string WhyForeign(const ScenarioHeader& header, const Selection& selection) {
  const auto& profiles = header.profiles;
  if (profiles.empty() ||
      std::find(profiles.begin(), profiles.end(), selection.profile) != profiles.end())
    return {};
  return fmt::format("applies to the profile {} only", fmt::join(profiles, ", "));
}

}  // namespace smtpgauge
