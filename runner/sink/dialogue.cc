#include "runner/sink/dialogue.h"

#include <cstring>

#include <fmt/format.h>

#include "runner/sink/ascii.h"

namespace smtpgauge::sink {
namespace {

constexpr std::size_t kOutputEnough = 32 * 1024;  // then send before taking more commands
constexpr std::size_t kShortLine = 512;           // RFC 5321 section 4.5.3.1.4

// Index behind the CRLF that ends the first line; npos when there is none yet.
std::size_t LineEnd(std::string_view input) {
  std::size_t from = 0;
  while (true) {
    const void* lf = std::memchr(input.data() + from, '\n', input.size() - from);
    if (lf == nullptr) return std::string_view::npos;
    const auto at = static_cast<std::size_t>(static_cast<const char*>(lf) - input.data());
    if (at > 0 && input[at - 1] == '\r') return at + 1;
    from = at + 1;
  }
}

// Where a faulty server sees the end of a line; npos where it agrees with the others.
std::size_t FaultyLineEnd(std::string_view input, const FaultSet& faults, std::size_t& line) {
  const auto stop = [&](std::size_t at) {
    line = at;
    return at + 1;
  };
  if (faults.Has(Fault::kBareLfEndsCommand))
    if (const auto lf = input.find('\n'); lf != std::string_view::npos)
      if (lf == 0 || input[lf - 1] != '\r') return stop(lf);
  if (faults.Has(Fault::kBareCrEndsCommand))
    if (const auto cr = input.find('\r'); cr != std::string_view::npos)
      if (cr + 1 == input.size() || input[cr + 1] != '\n') return stop(cr);
  if (faults.Has(Fault::kSplitCrLfIsTwo) && input.ends_with('\r') &&
      LineEnd(input) == std::string_view::npos)
    return stop(input.size() - 1);
  if (faults.Has(Fault::kLongCommandSplit) && input.size() > kShortLine &&
      LineEnd(input) > kShortLine) {
    line = kShortLine;
    return kShortLine;
  }
  return std::string_view::npos;
}

}  // namespace

Dialogue::Dialogue(Service& service, WorkerCounters& counters, const Endpoints& endpoints,
                   std::uint64_t seed)
    : service_(service), counters_(counters), endpoints_(endpoints), random_(seed) {
  output_.reserve(2 * kOutputEnough);
}

void Dialogue::SayText(Connection& c, std::string_view text, char reply_class) {
  output_ += text;
  if (c.hello == Hello::kHelo && text.size() > 10 && text[5] == '.' &&
      Has(Fault::kHeloWithoutStatusCodes))
    output_.erase(output_.size() - text.size() + 4, text.find(' ', 4) - 3);
  if (reply_class < '4') return;
  counters_.rejected_commands.Add(1);
  if (reply_class == '5' && Has(Fault::kAnyErrorResets)) ResetTransaction(c);
  if (reply_class == '5' && Has(Fault::kAnyErrorForgetsHello)) c.hello = Hello::kNone;
  if (reply_class == '5' && ++c.errors > service_.config().limits.errors && c.next == Next::kRead) {
    if (Has(Fault::kErrorLimitSilent)) {
      c.next = Next::kClose;
      return;
    }
    Farewell(c, Reply::kTooManyErrors);
  }
}

void Dialogue::Say(Connection& c, Reply reply) {
  SayText(c, service_.replies().Text(reply), service_.replies().Class(reply));
}

void Dialogue::Hold(Connection& c, Verb moment, std::size_t from) {
  const auto& latency = service_.config().latency[static_cast<std::size_t>(moment)];
  if (!latency) return;
  if (c.hold_until == 0) held_from_ = from;
  c.hold_until = std::max(c.hold_until, now_) + latency->Draw(random_).count();
}

bool Dialogue::Rejects(Connection& c, Verb moment) {
  for (const Rejection& rejection : service_.config().rejections) {
    if (rejection.moment != moment) continue;
    if (std::uniform_real_distribution<double>(0, 1)(random_) >= rejection.probability) continue;
    const char reply_class = static_cast<char>('0' + rejection.code / 100);
    if (moment == Verb::kGreeting)
      SayText(c, fmt::format("{} {} Not now\r\n", rejection.code, service_.hostname()),
              reply_class);
    else if (rejection.code == 421)
      SayText(c, fmt::format("421 4.3.0 {} Not now\r\n", service_.hostname()), reply_class);
    else
      SayText(c,
              fmt::format("{} {}.{} Not now\r\n", rejection.code, reply_class,
                          rejection.code == 450   ? "7.0"
                          : rejection.code == 452 ? "3.1"
                                                  : "3.0"),
              reply_class);
    if (rejection.code == 421) c.next = Next::kCloseLinger;
    return true;
  }
  return false;
}

void Dialogue::Greet(Connection& c) {
  const std::size_t from = output_.size();
  if (!Rejects(c, Verb::kGreeting)) Say(c, Reply::kGreeting);
  Hold(c, Verb::kGreeting, from);
}

void Dialogue::Farewell(Connection& c, Reply reply) {
  output_ += service_.replies().Text(reply);
  c.next = Has(Fault::kOpenAfter421) ? Next::kAbandon : Next::kCloseLinger;
}

void Dialogue::SayLast(Connection& c, Reply reply) {
  counters_.rejected_commands.Add(1);
  Farewell(c, reply);
}

void Dialogue::Dropped(Connection& c) {
  if (!c.rare || !c.rare->spool) return;
  const bool content = c.phase == Phase::kData || c.phase == Phase::kChunk || c.transaction.chunks;
  if (content && Has(Fault::kDeliversOnDrop) && !c.rare->envelope.recipients.empty())
    (void)c.rare->spool->Deliver(c.rare->envelope, MakeTrace(c));
  c.rare->spool.reset();
}

void Dialogue::ResetTransaction(Connection& c) {
  c.transaction = Transaction();
  if (!c.rare) return;
  c.rare->envelope.Clear();
  c.rare->spool.reset();
  c.rare->loose.reset();
}

void Dialogue::ResetSession(Connection& c) {
  if (!Has(Fault::kTlsKeepsTransaction)) ResetTransaction(c);
  if (!Has(Fault::kTlsKeepsHello)) c.hello = Hello::kNone;
  if (!Has(Fault::kTlsKeepsLogin)) c.authenticated = false;
  c.phase = Phase::kCommand;
  c.errors = 0;
  if (c.rare) {
    if (!Has(Fault::kTlsKeepsHelloName)) c.rare->hello_name.clear();
    c.rare->auth.reset();
  }
}

std::size_t Dialogue::LineLimit(const Connection& c, std::string_view start) const {
  const LineLimits& limits = service_.line_limits();
  if (c.phase == Phase::kAuth) return limits.auth;
  const auto verb = VerbFromToken(start.substr(0, std::min<std::size_t>(4, start.find(' '))));
  if (verb == Verb::kAuth) return limits.auth;
  return verb == Verb::kMail ? limits.mail : verb == Verb::kRcpt ? limits.rcpt : limits.other;
}

std::size_t Dialogue::SkipLine(Connection& c, std::string_view input) {
  std::size_t from = 0;
  if (c.skip_cr && input.front() == '\n') {
    from = 1;
  } else {
    from = LineEnd(input);
    c.skip_cr = input.ends_with('\r');
    if (from == std::string_view::npos) return input.size();
  }
  c.phase = c.rare && c.rare->auth ? Phase::kAuth : Phase::kCommand;
  if (c.phase == Phase::kAuth) {
    c.rare->auth.reset();
    c.phase = Phase::kCommand;
  }
  counters_.commands.Add(1);
  Say(c, c.skip_reply);
  return from;
}

std::size_t Dialogue::ConsumeLine(Connection& c, std::string_view input) {
  std::size_t line = 0;
  std::size_t end = std::string_view::npos;
  if (!service_.faults().empty()) end = FaultyLineEnd(input, service_.faults(), line);
  if (end == std::string_view::npos) {
    end = LineEnd(input);
    line = end - 2;
  }
  const std::size_t length = end == std::string_view::npos ? input.size() : end;
  const bool runs_rest =
      Has(c.phase == Phase::kAuth ? Fault::kAuthLineRunsRest : Fault::kLineTooLongRunsRest);
  if (runs_rest && length > LineLimit(c, input)) {
    const std::size_t limit = LineLimit(c, input);
    Say(c, c.phase == Phase::kAuth ? Reply::kAuthLineTooLong : Reply::kLineTooLong);
    c.phase = Phase::kCommand;
    return limit;
  }
  if (length > kShortLine / 2 && length > LineLimit(c, input)) {
    c.skip_reply = c.phase == Phase::kAuth || VerbFromToken(input.substr(0, 4)) == Verb::kAuth
                       ? Reply::kAuthLineTooLong
                       : Reply::kLineTooLong;
    c.skip_cr = false;
    c.phase = Phase::kSkipLine;
    return SkipLine(c, input);
  }
  if (end == std::string_view::npos) return 0;
  OnLine(c, input.substr(0, line));
  return end;
}

std::size_t Dialogue::Consume(Connection& c, std::string_view input) {
  std::size_t taken = 0;
  if (c.login_pending) c.authenticated = true;
  while (taken < input.size() && c.next == Next::kRead && c.hold_until == 0 &&
         output_.size() < kOutputEnough) {
    const std::string_view rest = input.substr(taken);
    std::size_t step = 0;
    switch (c.phase) {
      case Phase::kCommand:
      case Phase::kAuth:
        step = ConsumeLine(c, rest);
        if (step == 0) return taken;
        if (Has(Fault::kExtraInputDropped) || (c.tls && Has(Fault::kExtraInputDroppedInTls)))
          return input.size();
        break;
      case Phase::kSkipLine:
        step = SkipLine(c, rest);
        break;
      case Phase::kData:
        step = ConsumeData(c, rest);
        break;
      case Phase::kChunk:
        step = ConsumeChunk(c, rest);
        break;
    }
    taken += step;
  }
  return taken;
}

void Dialogue::OnLine(Connection& c, Line line) {
  counters_.commands.Add(1);
  if (c.phase == Phase::kAuth)
    OnAuthLine(c, line);
  else
    OnCommand(c, line);
}

void Dialogue::OnCommand(Connection& c, Line line) {
  const std::size_t space = std::min(line.find(' '), line.size());
  Line token = line.substr(0, space);
  Line argument = line.substr(space == line.size() ? space : space + 1);
  Verb verb = VerbFromToken(token);
  if (!service_.faults().empty()) {
    if (Has(Fault::kVerbPrefixMatches) && verb == Verb::kUnknown && token.size() > 4) {
      verb = VerbFromToken(token.substr(0, 4));
      if (verb != Verb::kUnknown) argument = verb == Verb::kMail ? line.substr(4) : Line{};
    }
    if (Has(Fault::kVerbCaseSensitive) || KnowsUpperCaseByNow(c))
      for (char ch : token)
        if (Upper(ch) != ch) verb = Verb::kUnknown;
    if (c.tls && Has(Fault::kWeakTls454) && c.rare->tls && !c.rare->tls->Encrypts())
      return SayText(c, "454 4.7.0 Not in this cipher suite\r\n", '4');
    if (Has(Fault::kNulEndsCommand))
      if (const auto nul = line.find('\0'); nul != Line::npos)
        return OnCommand(c, line.substr(0, nul));
    if (Has(Fault::kErrorBlocksReset) && c.errors > 0 &&
        (verb == Verb::kEhlo || verb == Verb::kRset))
      return Say(c, Reply::kNestedMail);
  }
  c.last_verb = verb;
  const std::size_t from = output_.size();
  if (service_.config().rejections.empty() || !Rejects(c, verb)) Dispatch(c, verb, argument);
  if (verb == Verb::kUnknown) OnUnknown(c, line);
  Hold(c, verb, from);
  if (!service_.faults().empty()) CorruptOrder(c, verb, from);
}

void Dialogue::Dispatch(Connection& c, Verb verb, Line argument) {
  switch (verb) {
    case Verb::kEhlo:
    case Verb::kHelo:
    case Verb::kLhlo:
      return OnHello(c, verb, argument);
    case Verb::kMail:
      return OnMail(c, argument);
    case Verb::kRcpt:
      return OnRcpt(c, argument);
    case Verb::kData:
      return OnData(c, argument);
    case Verb::kBdat:
      return OnChunk(c, argument);
    case Verb::kRset:
      return OnReset(c, argument);
    case Verb::kNoop:
      return OnNoop(c, argument);
    case Verb::kHelp:
      return OnHelp(c, argument);
    case Verb::kVrfy:
      return OnVerify(c, argument);
    case Verb::kQuit:
      return OnQuit(c, argument);
    case Verb::kStartTls:
      return OnStartTls(c, argument);
    case Verb::kAuth:
      return OnAuth(c, argument);
    case Verb::kEtrn:
      return OnEtrn(c, argument);
    case Verb::kExpn:
      return Say(c, Has(Fault::kExpnListsMembers) ? Reply::kExpnMembers : Reply::kNotImplemented);
    case Verb::kUnimplemented:
      return Say(c, Reply::kNotImplemented);
    case Verb::kHttp:
      if (Has(Fault::kHttpTolerated)) return Say(c, Reply::kUnknownCommand);
      return SayLast(c, Reply::kHttpSpoken);
    case Verb::kUnknown:
    case Verb::kGreeting:
    case Verb::kEndOfData:
      return;
  }
}

// Replies that overtake each other, and replies that wait for the next one (RFC 2920 section 3.2).
void Dialogue::CorruptOrder(Connection& c, Verb verb, std::size_t from) {
  if (c.rare && !c.rare->withheld.empty()) {
    output_.insert(from, c.rare->withheld);
    c.rare->withheld.clear();
  }
  if ((verb == Verb::kNoop && Has(Fault::kNoopWithheld)) ||
      (verb == Verb::kRset && Has(Fault::kRsetWithheld)) ||
      (verb == Verb::kUnknown && Has(Fault::kUnknownWithheld))) {
    c.Extra().withheld = output_.substr(from);
    output_.resize(from);
  }
  if (!Has(Fault::kRepliesOvertake) || from < 3 || output_.compare(from, 1, "5") != 0) return;
  const auto before = output_.rfind("\r\n", from - 3);
  const std::size_t start = before == std::string::npos ? 0 : before + 2;
  const std::string late = output_.substr(start, from - start);
  output_.erase(start, from - start);
  output_ += late;
}

}  // namespace smtpgauge::sink
