// Every command that neither opens nor fills a transaction.
#include <fmt/format.h>

#include "runner/sink/ascii.h"
#include "runner/sink/dialogue.h"

namespace smtpgauge::sink {
namespace {

bool IsPrintableAscii(std::string_view text) {
  for (char c : text)
    if (IsControl(c) || IsEightBit(c)) return false;
  return true;
}

}  // namespace

void Dialogue::OnHello(Connection& c, Verb verb, Line argument) {
  const bool lmtp = service_.config().profile == Profile::kLmtp;
  if (lmtp != (verb == Verb::kLhlo) && !(lmtp && Has(Fault::kLmtpTakesEhlo)))
    return Say(c, lmtp ? Reply::kHelloRefused : Reply::kUnknownCommand);
  if (c.hello != Hello::kNone && Has(Fault::kSecondEhloRefused)) return Say(c, Reply::kNestedMail);
  if (c.hello != Hello::kNone && IsTooExempt(c)) return Say(c, Reply::kAuthRequired);
  if (verb == Verb::kHelo && c.tls && Has(Fault::kHeloRefusedInTls))
    return Say(c, Reply::kNeedHello);
  argument = Trimmed(argument);
  if (argument.empty() || !IsHelloName(argument, service_.faults())) {
    if (Has(Fault::kRefusedEhloResets)) ResetTransaction(c);
    if (Has(Fault::kRefusedEhloForgetsHello)) c.hello = Hello::kNone;
    if (Has(Fault::kBadEhloCloses) ||
        (argument.starts_with('[') && Has(Fault::kBadLiteralCloses)) ||
        (argument.size() > kMaxDomain && Has(Fault::kLongEhloCloses))) {
      c.next = Next::kClose;
      return;
    }
    return Say(c, argument.empty() ? Reply::kArgumentMissing : Reply::kHelloSyntax);
  }
  const Fault keeps =
      verb == Verb::kHelo ? Fault::kHeloKeepsTransaction : Fault::kEhloKeepsTransaction;
  const bool again = c.hello != Hello::kNone;
  if (Has(Fault::kResetKeepsRecipients)) c.Extra().memory.recipients = c.transaction.recipients;
  if (!Has(keeps)) ResetTransaction(c);
  c.hello = verb == Verb::kHelo ? Hello::kHelo : Hello::kEhlo;
  if (Has(Fault::kEhloDropsLogin)) c.authenticated = false;
  if (service_.maildir() != nullptr &&
      (c.Extra().hello_name.empty() || !Has(Fault::kTlsKeepsHelloName)))
    c.rare->hello_name = argument;
  if (verb == Verb::kHelo && !Has(Fault::kHeloListsExtensions)) return Say(c, Reply::kHelo);
  if (Has(Fault::kEhloNotImplemented)) return Say(c, Reply::kNotImplemented);
  if (again && c.tls && Has(Fault::kSecondEhloInTlsBare)) return Say(c, Reply::kHelo);
  output_ += service_.EhloReply(c.tls);
}

// Whether a faulty server asks for a login where RFC 4954 section 6 has none asked for.
bool Dialogue::IsTooExempt(const Connection& c) const {
  return Has(Fault::kExempt530) && !c.authenticated &&
         service_.config().profile == Profile::kSubmission;
}

void Dialogue::OnReset(Connection& c, Line argument) {
  if (!Trimmed(argument).empty()) return Say(c, Reply::kNoArgumentAllowed);
  if (IsTooExempt(c)) return Say(c, Reply::kAuthRequired);
  if (Has(Fault::kRsetKeepsRecipients) || (c.tls && Has(Fault::kRsetKeepsInTls)))
    return Say(c, Reply::kRsetOk);
  if (Has(Fault::kResetKeepsRecipients)) c.Extra().memory.recipients = c.transaction.recipients;
  if (Has(Fault::kRsetKeepsChunks) && c.transaction.chunks && c.rare && c.rare->spool) {
    auto spool = std::move(c.rare->spool);
    ResetTransaction(c);
    c.rare->spool = std::move(spool);
  } else {
    ResetTransaction(c);
  }
  if (Has(Fault::kRsetNeedsEhlo)) c.hello = Hello::kNone;
  if (Has(Fault::kRsetDropsLogin)) c.authenticated = false;
  if (Has(Fault::kRsetLimitCloses) && ++c.errors > 10) c.next = Next::kClose;
  Say(c, Reply::kRsetOk);
}

void Dialogue::OnNoop(Connection& c, Line argument) {
  if (!IsPrintableAscii(argument)) return Say(c, Reply::kLineSyntax);
  if (IsTooExempt(c)) return Say(c, Reply::kAuthRequired);
  if (Has(Fault::kNoopResets)) ResetTransaction(c);
  Say(c, Reply::kNoopOk);
}

void Dialogue::OnHelp(Connection& c, Line) {
  // An optional command that works has to be listed (RFC 5321 section 4.1.1.1).
  if (!service_.Offered(c.tls).Has(Extension::kHelp)) return Say(c, Reply::kNotImplemented);
  if (Has(Fault::kHelpResets)) ResetTransaction(c);
  Say(c, Reply::kHelpText);
}

// Nothing is verified, so that VRFY tells a spammer no more than RCPT does (RFC 5321 section 7.3).
void Dialogue::OnVerify(Connection& c, Line argument) {
  argument = Trimmed(argument);
  const auto flag = argument.rfind(' ');
  bool utf8 = false;
  if (flag != Line::npos && StartsWithIgnoreCase(argument.substr(flag + 1), "SMTPUTF8")) {
    if (argument.size() - flag - 1 != 8) return Say(c, Reply::kParameterValue);
    if (!service_.Offered(c.tls).Has(Extension::kSmtpUtf8)) return Say(c, Reply::kParameterUnknown);
    utf8 = true;
    argument = Trimmed(argument.substr(0, flag));
  }
  if (argument.empty()) return Say(c, Reply::kArgumentMissing);
  bool eight_bit = false;
  for (char ch : argument) {
    if (IsControl(ch)) return Say(c, Reply::kLineSyntax);
    eight_bit = eight_bit || IsEightBit(ch);
  }
  if (Has(Fault::kVrfyTellsUsers))
    return Say(c, service_.mailboxes().Exists(argument.substr(0, argument.find('@')))
                      ? Reply::kVrfyUnverified
                      : Reply::kUnknownUser);
  if (eight_bit && Has(Fault::kVrfyUtf8Unasked))
    return SayText(c, fmt::format("252 2.5.0 <{}>\r\n", argument), '2');
  Say(c, eight_bit && !utf8 ? Reply::kVrfyUtf8 : Reply::kVrfyUnverified);
}

void Dialogue::OnQuit(Connection& c, Line argument) {
  if (!Trimmed(argument).empty()) return Say(c, Reply::kNoArgumentAllowed);
  if (c.hello == Hello::kNone && Has(Fault::kQuitNeedsEhlo)) return Say(c, Reply::kNeedHello);
  if (c.transaction.chunks && Has(Fault::kHalfMessageAtQuit) && c.rare && c.rare->spool)
    (void)c.rare->spool->Deliver(c.rare->envelope, MakeTrace(c));
  Say(c, Reply::kQuitBye);
  c.next = Has(Fault::kOpenAfterQuit) ? Next::kAbandon : Next::kClose;
}

void Dialogue::OnStartTls(Connection& c, Line argument) {
  if (c.tls && !Has(Fault::kSecondStartTlsTaken)) return Say(c, Reply::kTlsActive);
  if (Has(Fault::kStartTlsListed502)) return Say(c, Reply::kNotImplemented);
  if (!c.tls && !service_.Offered(false).Has(Extension::kStartTls))
    return Say(c, Reply::kNotImplemented);
  if (!Trimmed(argument).empty()) return Say(c, Reply::kNoArgumentAllowed);
  if (c.hello == Hello::kNone) return Say(c, Reply::kNeedHello);
  if (c.transaction.open && !Has(Fault::kTlsKeepsTransaction))
    return Say(c, Reply::kTlsInTransaction);
  Say(c, Reply::kStartTlsGo);
  if (!Has(Fault::kStartTlsWithoutHandshake)) c.next = Next::kStartTls;
}

void Dialogue::OnEtrn(Connection& c, Line argument) {
  if (!service_.Offered(c.tls).Has(Extension::kEtrn)) return Say(c, Reply::kNotImplemented);
  if (c.hello == Hello::kNone) return Say(c, Reply::kNeedHello);
  if (c.transaction.open) return Say(c, Reply::kEtrnInTransaction);
  argument = Trimmed(argument);
  if (argument.empty())
    return Say(c, Has(Fault::kEtrnWithoutName) ? Reply::kEtrnStarted : Reply::kArgumentMissing);
  if (argument.starts_with('#')) return Say(c, Reply::kEtrnRefused);
  if (argument.starts_with('@')) argument.remove_prefix(1);
  if (!IsDomain(argument, nullptr)) return Say(c, Reply::kParameterValue);
  Say(c, service_.mailboxes().IsLocalDomain(argument) ? Reply::kEtrnStarted : Reply::kEtrnRefused);
}

void Dialogue::OnUnknown(Connection& c, Line line) {
  if (Has(Fault::kUnknownCommandCloses)) {
    c.next = Next::kClose;
    return;
  }
  if (Has(Fault::kEmptyLineCloses) && line.empty()) {
    c.next = Next::kClose;
    return;
  }
  if (Has(Fault::kLeadingSpaceCloses) && line.starts_with(' ')) {
    c.next = Next::kClose;
    return;
  }
  if (Has(Fault::kProxyLineBelieved) && line.starts_with("PROXY ")) return;
  if (Has(Fault::kXclientListed) || Has(Fault::kXclientBelieved)) {
    if (line.starts_with("XFORWARD ")) return Say(c, Reply::kNoopOk);
    if (line.starts_with("XCLIENT ")) {
      ResetSession(c);
      return Say(c, Reply::kGreeting);
    }
  }
  if (Has(Fault::kUnknownCommandEchoed))
    return SayText(c, fmt::format("500 5.5.2 Unknown command: {}\r\n", line), '5');
  if (Has(Fault::kSyntaxErrorResets)) ResetTransaction(c);
  const bool clean = IsPrintableAscii(line);
  Say(c, clean ? Reply::kUnknownCommand : Reply::kLineSyntax);
}

}  // namespace smtpgauge::sink
