// MAIL and RCPT (RFC 5321 sections 4.1.1.2 and 4.1.1.3).
#include <chrono>

#include "runner/sink/ascii.h"
#include "runner/sink/dialogue.h"

namespace smtpgauge::sink {
namespace {

std::int64_t WallSeconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string AddressOf(const Path& path) {
  if (path.kind == PathKind::kNull) return {};
  std::string address(path.local);
  if (!path.domain.empty()) address.append("@").append(path.domain);
  return address;
}

}  // namespace

void Dialogue::OnMail(Connection& c, Line argument) {
  const FaultSet& faults = service_.faults();
  if (c.hello == Hello::kNone) {
    if (Has(Fault::kMailBeforeEhloCloses)) c.next = Next::kClose;
    return Say(c, Reply::kNeedHello);
  }
  const bool submission = service_.config().profile == Profile::kSubmission;
  if (submission && !c.authenticated && !Has(Fault::kSubmissionOpen))
    return Say(c, Reply::kAuthRequired);
  if (!c.tls && Has(Fault::kVariantWantsTls)) return Say(c, Reply::kAuthRequired);
  if (c.transaction.open) {
    if (Has(Fault::kNestedMailResets)) ResetTransaction(c);
    if (Has(Fault::kNestedMailChangesSender))
      c.Extra().envelope.sender = argument.substr(argument.find('<') + 1, argument.find('>') - 6);
    return Say(c, Reply::kNestedMail);
  }
  if (!StartsWithIgnoreCase(argument, "FROM:"))
    return Say(c, Has(Fault::kMailWithoutFromAccepted) || TakesAnyPath(c, argument)
                      ? Reply::kMailOk
                      : Reply::kPathSyntax);
  const bool takes_any = TakesAnyPath(c, argument);
  argument.remove_prefix(5);
  const auto path = TakePath(argument, PathUse::kReverse, faults);
  if (!path && takes_any) return Say(c, Reply::kMailOk);
  if (!path) {
    if (Has(Fault::kBadMailOpensTransaction)) c.transaction.open = true;
    return Say(c, Reply::kPathSyntax);
  }
  if (path->kind == PathKind::kNull && Has(Fault::kNullSenderRefused))
    return Say(c, Reply::kRelayDenied);
  Parameters parameters;
  if (!argument.empty()) {
    const bool extended = c.hello == Hello::kEhlo;
    const ParameterRules rules{extended ? service_.Offered(c.tls) : ExtensionSet(), faults,
                               service_.config().limits.message_octets, WallSeconds()};
    if (const auto error = ParseParameters(argument, ParameterCommand::kMail, rules, parameters)) {
      c.transaction.open = Has(Fault::kRefusedParameterOpens);
      return Say(c, *error);
    }
  }
  if (path->eight_bit && !parameters.smtputf8 && !Has(Fault::kUtf8SenderUnflagged) &&
      !TakesUtf8ByNow(c))
    return Say(c, Reply::kUtf8Sender);
  const std::uint32_t most = Has(Fault::kMailMaxNotHonoured) ? 10 : kMailMax;
  if (service_.Offered(c.tls).Has(Extension::kLimits) && ++c.Extra().messages > most)
    return Say(c, Reply::kTooManyMessages);
  if (!Has(Fault::kMailKeepsOldRecipients)) c.transaction = Transaction();
  c.transaction.open = true;
  c.transaction.smtputf8 = parameters.smtputf8;
  c.transaction.body = parameters.body;
  c.transaction.null_sender = path->kind == PathKind::kNull;
  c.transaction.local_sender =
      Has(Fault::kRelayLocalSender) && service_.mailboxes().IsLocalDomain(path->domain);
  if (service_.maildir() != nullptr) {
    c.Extra().envelope.sender = AddressOf(*path);
    c.rare->envelope.envelope_id = parameters.envelope_id;
    c.rare->envelope.hold_seconds = parameters.hold_for.value_or(0);
    if (Has(Fault::kSenderCaseFolded)) c.rare->envelope.sender = LowerCopy(c.rare->envelope.sender);
  }
  if (!faults.empty()) RecallFirst(c, parameters);
  Say(c, Reply::kMailOk);
}

void Dialogue::RefuseRecipient(Connection& c, Reply reply) {
  ++c.transaction.refused_recipients;
  if (Has(Fault::kRefusedRecipientVoidsOthers)) c.transaction.recipients = 0;
  if (Has(Fault::kSyntaxErrorResets)) ResetTransaction(c);
  Say(c, reply);
}

// The reply to a well-formed recipient; kRcptOk or kRcptRelayOk when it is accepted.
Reply Dialogue::JudgeRecipient(Connection& c, const Path& path, const Parameters& parameters) {
  const Config& config = service_.config();
  const std::string own = path.literal ? endpoints_.OwnLiteral(c) : std::string();
  const Whose whose = service_.mailboxes().Find(path, own);
  if (path.eight_bit && Has(Fault::kUtf8RecipientUnflagged)) return Reply::kRcptOk;
  if (whose == Whose::kUnknownUser) return Reply::kUnknownUser;
  if (whose == Whose::kForeign) {
    if (config.profile == Profile::kSubmission) {
      if (!path.literal && path.domain.find('.') == Line::npos && !Has(Fault::kUnqualifiedTaken))
        return Reply::kUnqualified;
      return Reply::kRcptRelayOk;
    }
    const bool relays = c.authenticated || Has(Fault::kOpenRelay) ||
                        (Has(Fault::kRelayLocalSender) && c.transaction.local_sender) ||
                        (Has(Fault::kRelayNullSender) && c.transaction.null_sender) ||
                        (Has(Fault::kRelayAfterFailedLogin) && c.errors > 0) || RelaysByNow(c);
    return relays ? Reply::kRcptRelayOk : Reply::kRelayDenied;
  }
  // Mailboxes here have had their owner since the first day of this century; role accounts have
  // none (RFC 7293 section 5.1).
  constexpr std::int64_t kOwnedSince = 946'684'800;
  const bool role = path.kind == PathKind::kPostmaster ||
                    EqualsIgnoreCase(path.local, "postmaster") ||
                    EqualsIgnoreCase(path.local, "abuse");
  if (parameters.rrvs && parameters.rrvs_time < kOwnedSince &&
      (!role || Has(Fault::kRrvsAppliesToRoles)))
    return Reply::kRrvsOwnerChanged;
  return Reply::kRcptOk;
}

void Dialogue::AcceptRecipient(Connection& c, const Path& path, const Parameters& parameters,
                               Reply reply) {
  ++c.transaction.recipients;
  if (service_.maildir() != nullptr && reply == Reply::kRcptOk)
    c.Extra().envelope.recipients.push_back(
        {path.kind == PathKind::kPostmaster ? "postmaster@" + service_.config().domains.front()
                                            : AddressOf(path),
         service_.mailboxes().Name(path), LowerCopy(path.domain),
         parameters.notify_success || Has(Fault::kReportUnasked), parameters.original_recipient});
  Say(c, reply);
}

void Dialogue::OnRcpt(Connection& c, Line argument) {
  const FaultSet& faults = service_.faults();
  if (!c.transaction.open && !Has(Fault::kRcptBeforeMailAccepted)) return Say(c, Reply::kNeedMail);
  if (c.transaction.chunks) return Say(c, Reply::kNotDuringChunks);
  if (!StartsWithIgnoreCase(argument, "TO:")) {
    if (Has(Fault::kRcptWithoutToAccepted)) return Say(c, Reply::kRcptOk);
    return RefuseRecipient(c, Reply::kPathSyntax);
  }
  const bool takes_any = TakesAnyPath(c, argument);
  argument.remove_prefix(3);
  if (Has(Fault::kRouteRelayed) && argument.starts_with("<@")) return Say(c, Reply::kRcptRelayOk);
  if (Has(Fault::kDomainlessTaken) && argument.size() > 2 && argument.find('@') == Line::npos &&
      !EqualsIgnoreCase(argument, "<postmaster>"))
    return Say(c, Reply::kRcptOk);
  const auto path = TakePath(argument, PathUse::kForward, faults);
  if (!path && takes_any) return Say(c, Reply::kRcptOk);
  if (!path) {
    if (Has(Fault::kOddRecipientCloses)) c.next = Next::kClose;
    return RefuseRecipient(c, Reply::kPathSyntax);
  }
  Parameters parameters;
  if (!argument.empty()) {
    const bool extended = c.hello == Hello::kEhlo;
    const ParameterRules rules{extended ? service_.Offered(c.tls) : ExtensionSet(), faults,
                               service_.config().limits.message_octets, WallSeconds()};
    if (const auto error = ParseParameters(argument, ParameterCommand::kRcpt, rules, parameters))
      return RefuseRecipient(c, *error);
  }
  if (path->eight_bit && !c.transaction.smtputf8 && !Has(Fault::kUtf8RecipientUnflagged))
    return RefuseRecipient(c, Reply::kUtf8Recipient);
  std::size_t limit = service_.config().limits.recipients;
  if (Has(Fault::kRecipientLimit50)) limit = 50;
  if (Has(Fault::kRecipientLimit10)) limit = 10;
  if (c.transaction.recipients >= limit) {
    if (Has(Fault::kRecipientLimitCloses)) c.next = Next::kClose;
    if (Has(Fault::kRecipientLimitVoidsOthers)) c.Extra().envelope.recipients.clear();
    return RefuseRecipient(c, Reply::kTooManyRecipients);
  }
  const Reply reply = JudgeRecipient(c, *path, parameters);
  if (reply == Reply::kRcptOk || reply == Reply::kRcptRelayOk)
    return AcceptRecipient(c, *path, parameters, reply);
  RefuseRecipient(c, reply);
}

}  // namespace smtpgauge::sink
