// The AUTH command and the lines of its exchange (RFC 4954 section 4).
#include "runner/sink/ascii.h"
#include "runner/sink/base64.h"
#include "runner/sink/dialogue.h"

namespace smtpgauge::sink {

void Dialogue::OnAuth(Connection& c, Line argument) {
  if (!service_.Offered(c.tls).Has(Extension::kAuth) || Has(Fault::kAuthListed502))
    return Say(c, Reply::kNotImplemented);
  if (c.hello != Hello::kEhlo && !Has(Fault::kAuthBeforeEhlo)) return Say(c, Reply::kNeedHello);
  if (c.authenticated && !Has(Fault::kSecondAuthTaken)) return Say(c, Reply::kAuthAlready);
  if (c.transaction.open && !Has(Fault::kAuthInTransactionTaken)) {
    if (Has(Fault::kAuthEndsTransaction)) ResetTransaction(c);
    return Say(c, Reply::kAuthInTransaction);
  }
  while (argument.ends_with(' '))
    argument.remove_suffix(1);
  if (argument.empty()) return Say(c, Reply::kAuthArgument);
  const auto space = std::min(argument.find(' '), argument.size());
  const Line name = argument.substr(0, space);
  const Line initial = argument.substr(space == argument.size() ? space : space + 1);
  const Mechanism* mechanism = FindMechanism(name);
  if (mechanism != nullptr && Has(Fault::kMechanismCaseSensitive) && name != mechanism->name)
    mechanism = nullptr;
  if (mechanism == nullptr) return Say(c, Reply::kAuthMechanism);
  if (mechanism->clear_password && !Has(Fault::kClearPasswordTaken) &&
      service_.ClearPasswordAt(c.tls) == ClearPassword::kRefused)
    return Say(c, Reply::kAuthNeedsTls);
  if (mechanism->server_first && !initial.empty() && !Has(Fault::kInitialResponseUnchecked))
    return Say(c, Reply::kAuthUnexpectedInitial);
  c.Extra().memory.old_login = !mechanism->name.starts_with("SCRAM");
  c.rare->auth = mechanism->start({service_.accounts(), service_.faults(), service_.hostname()});
  const bool ignored = (mechanism->server_first && Has(Fault::kInitialResponseUnchecked)) ||
                       (initial == "=" && Has(Fault::kEqualsNotEmpty));
  if (!initial.empty() && !ignored) {
    if (initial == "=") return AuthReceive(c, "");
    const auto message = DecodeBase64(initial);
    if (message) return AuthReceive(c, *message);
    c.rare->auth.reset();
    return Say(c, Reply::kAuthBadBase64);
  }
  c.phase = Phase::kAuth;
  const auto challenge = c.rare->auth->FirstChallenge();
  if (!challenge) return Say(c, Reply::kAuthEmptyChallenge);
  AuthContinue(c, *challenge);
}

void Dialogue::AuthContinue(Connection& c, std::string_view challenge) {
  c.phase = Phase::kAuth;
  if (challenge == "Username:") return Say(c, Reply::kAuthUserPrompt);
  if (challenge == "Password:") return Say(c, Reply::kAuthPasswordPrompt);
  output_ += Has(Fault::kChallengeNotBase64) ? "334 Please respond to " : "334 ";
  output_ += EncodeBase64(challenge);
  output_ += "\r\n";
}

void Dialogue::OnAuthLine(Connection& c, Line line) {
  if (line == "*") {
    if (Has(Fault::kCancelNotSeen)) return Say(c, Reply::kAuthEmptyChallenge);
    c.phase = Phase::kCommand;
    c.rare->auth.reset();
    c.authenticated = Has(Fault::kCancelLogsIn);
    return Say(c, Reply::kAuthCancelled);
  }
  if (Has(Fault::kExchangeRunsCommands) &&
      VerbFromToken(line.substr(0, line.find(' '))) != Verb::kUnknown) {
    c.phase = Phase::kCommand;
    c.rare->auth.reset();
    return OnCommand(c, line);
  }
  if (line.size() > 600 && Has(Fault::kPlainLongRefused)) {
    c.phase = Phase::kCommand;
    c.rare->auth.reset();
    return Say(c, Reply::kAuthLineTooLong);
  }
  const auto message = DecodeBase64(line);
  if (!message) {
    if (Has(Fault::kBadBase64Tolerated)) return Say(c, Reply::kAuthEmptyChallenge);
    c.phase = Phase::kCommand;
    c.rare->auth.reset();
    return Say(c, Reply::kAuthBadBase64);
  }
  AuthReceive(c, *message);
}

void Dialogue::AuthReceive(Connection& c, std::string_view message) {
  const AuthStep step = c.rare->auth->Receive(message);
  c.phase = Phase::kCommand;
  switch (step.state) {
    case AuthState::kContinue:
      return AuthContinue(c, step.challenge);
    case AuthState::kSucceeded:
      c.login_pending = Has(Fault::kMailBeforeAuthResult);
      c.authenticated = !c.login_pending;
      if (Has(Fault::kLoginDropsHello) && c.rare->memory.old_login) c.hello = Hello::kNone;
      c.rare->user = c.rare->auth->user();
      c.rare->auth.reset();
      counters_.authentications.Add(1);
      return Say(c, Reply::kAuthOk);
    case AuthState::kFailed:
      c.rare->auth.reset();
      Say(c, Reply::kAuthFailed);
      if (Has(Fault::kFailedAuthCloses)) c.next = Next::kClose;
      // A password guess weighs as much as five other errors.
      c.errors = static_cast<std::uint16_t>(c.errors + 4);
      return;
    case AuthState::kMalformed:
      c.rare->auth.reset();
      return Say(c, Reply::kAuthBadMessage);
  }
}

}  // namespace smtpgauge::sink
