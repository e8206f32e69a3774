#include "runner/sink/verb.h"

#include <array>

#include "runner/sink/ascii.h"

namespace smtpgauge::sink {
namespace {

// Clearing bit 5 folds letters only onto letters, so two tokens are equal exactly when their folds
// are.
constexpr std::uint64_t Fold(std::string_view token) {
  std::uint64_t folded = 0;
  for (char c : token)
    folded = folded << 8 | (static_cast<unsigned char>(c) & 0xdfU);
  return folded;
}

struct Moment {
  std::string_view name;
  Verb verb;
};

constexpr std::array kMoments = {
    Moment{"greeting", Verb::kGreeting}, Moment{"ehlo", Verb::kEhlo},
    Moment{"helo", Verb::kHelo},         Moment{"lhlo", Verb::kLhlo},
    Moment{"mail", Verb::kMail},         Moment{"rcpt", Verb::kRcpt},
    Moment{"data", Verb::kData},         Moment{"bdat", Verb::kBdat},
    Moment{"rset", Verb::kRset},         Moment{"noop", Verb::kNoop},
    Moment{"help", Verb::kHelp},         Moment{"vrfy", Verb::kVrfy},
    Moment{"quit", Verb::kQuit},         Moment{"starttls", Verb::kStartTls},
    Moment{"auth", Verb::kAuth},         Moment{"eod", Verb::kEndOfData},
};

}  // namespace

Verb VerbFromToken(std::string_view token) {
  if (token.empty() || token.size() > 8) return Verb::kUnknown;
  switch (Fold(token)) {
    case Fold("EHLO"):
      return Verb::kEhlo;
    case Fold("HELO"):
      return Verb::kHelo;
    case Fold("LHLO"):
      return Verb::kLhlo;
    case Fold("MAIL"):
      return Verb::kMail;
    case Fold("RCPT"):
      return Verb::kRcpt;
    case Fold("DATA"):
      return Verb::kData;
    case Fold("BDAT"):
      return Verb::kBdat;
    case Fold("RSET"):
      return Verb::kRset;
    case Fold("NOOP"):
      return Verb::kNoop;
    case Fold("HELP"):
      return Verb::kHelp;
    case Fold("VRFY"):
      return Verb::kVrfy;
    case Fold("EXPN"):
      return Verb::kExpn;
    case Fold("QUIT"):
      return Verb::kQuit;
    case Fold("STARTTLS"):
      return Verb::kStartTls;
    case Fold("AUTH"):
      return Verb::kAuth;
    case Fold("ETRN"):
      return Verb::kEtrn;
    case Fold("SEND"):
    case Fold("SOML"):
    case Fold("SAML"):
    case Fold("TURN"):
    case Fold("ATRN"):
    case Fold("BURL"):
      return Verb::kUnimplemented;
    case Fold("GET"):
    case Fold("POST"):
    case Fold("PUT"):
    case Fold("HEAD"):
    case Fold("OPTIONS"):
    case Fold("CONNECT"):
      return Verb::kHttp;
    default:
      return Verb::kUnknown;
  }
}

std::optional<Verb> VerbFromMomentName(std::string_view name) {
  for (const Moment& moment : kMoments)
    if (EqualsIgnoreCase(moment.name, name)) return moment.verb;
  return std::nullopt;
}

}  // namespace smtpgauge::sink
