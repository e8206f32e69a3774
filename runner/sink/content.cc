// DATA, BDAT (RFC 3030) and what happens to the content.
#include <algorithm>
#include <chrono>
#include <set>
#include <string>

#include "runner/sink/ascii.h"
#include "runner/sink/decimal.h"
#include "runner/sink/delivery_report.h"
#include "runner/sink/dialogue.h"

namespace smtpgauge::sink {
namespace {

// A chunk that is not worth reading to its end; its announcement is answered by closing.
constexpr std::uint64_t kHugeChunk = 1ULL << 31U;

}  // namespace

void Dialogue::StartContent(Connection& c) {
  c.scanner.Reset();
  const Maildir* maildir = service_.maildir();
  if (maildir != nullptr && !(c.Extra().spool && Has(Fault::kRsetKeepsChunks)))
    c.rare->spool = std::make_unique<Spool>(*maildir, service_.faults());
  if (!service_.faults().empty() && NeedsLooseScanner(service_.faults()))
    c.Extra().loose = std::make_unique<LooseScanner>(
        service_.faults(), service_.config().limits.message_octets,
        LooseScanner::Setting{.tls = c.tls, .later = c.rare && c.rare->memory.messages > 0});
}

// Content beyond the limit is read and dropped: it will be refused, and memory stays bounded.
void Dialogue::TakeContent(Connection& c, std::string_view content) {
  if (!c.rare || !c.rare->spool) return;
  if (Has(Fault::kEightBitContentRefused))
    c.transaction.eight_bit =
        c.transaction.eight_bit || std::any_of(content.begin(), content.end(), IsEightBit);
  if (c.tls && Has(Fault::kMessageCut16kInTls)) {
    constexpr std::uint64_t kRecord = 16 * 1024;
    const std::uint64_t before = c.scanner.findings().octets - content.size();
    content = content.substr(0, kRecord - std::min(kRecord, before));
  }
  const std::uint64_t limit = service_.config().limits.message_octets;
  if (limit == 0 || c.scanner.findings().octets <= limit) c.rare->spool->Append(content);
}

void Dialogue::OnData(Connection& c, Line argument) {
  while (argument.ends_with(' '))
    argument.remove_suffix(1);
  if (!argument.empty()) return Say(c, Reply::kDataArgument);
  const bool without_mail = !c.transaction.open && Has(Fault::kDataWithoutMail);
  if (!c.transaction.open && !without_mail) {
    if (Has(Fault::kSequenceErrorResets)) ResetTransaction(c);
    return Say(c, Reply::kNeedMail);
  }
  if (c.transaction.chunks && !Has(Fault::kDataAfterChunk)) return Say(c, Reply::kNotDuringChunks);
  if (Has(Fault::kLastRecipientDecides) && c.transaction.refused_recipients > 0)
    return Say(c, Reply::kNeedRcpt);
  if (c.transaction.recipients == 0 && !Has(Fault::kDataWithoutRecipient) && !without_mail) {
    if (Has(Fault::kSequenceErrorResets)) ResetTransaction(c);
    return Say(c, Reply::kNeedRcpt);
  }
  if (c.transaction.body == BodyType::kBinaryMime && !Has(Fault::kDataForBinary))
    return Say(c, Reply::kBinaryNeedsChunks);
  if (Has(Fault::kDataAfterChunkedRefused) && c.rare && c.rare->memory.chunked)
    return Say(c, Reply::kNotDuringChunks);
  StartContent(c);
  if (Has(Fault::kDataDeadline)) c.Extra().memory.data_started = now_;
  c.phase = Phase::kData;
  Say(c, Reply::kDataGo);
}

std::size_t Dialogue::ConsumeData(Connection& c, std::string_view input) {
  if (c.rare && c.rare->loose) {
    LooseScanner& loose = *c.rare->loose;
    const std::size_t taken = loose.Feed(input);
    if (!loose.ended()) return taken;
    const std::string content = loose.TakeContent();
    c.scanner.FeedChunk(content);
    TakeContent(c, content);
    EndMessage(c);
    return taken;
  }
  const std::size_t taken =
      c.rare && c.rare->spool
          ? c.scanner.Feed(input, [&](std::string_view content) { TakeContent(c, content); })
          : c.scanner.Feed(input, [](std::string_view) {});
  if (Has(Fault::kLongLineAnsweredEarly) && c.scanner.findings().long_line && !c.scanner.ended()) {
    Say(c, Reply::kLongTextLine);
    ResetTransaction(c);
    c.phase = Phase::kCommand;
    return taken;
  }
  if (Has(Fault::kOversizeCloses) &&
      c.scanner.findings().octets > service_.config().limits.message_octets) {
    c.next = Next::kClose;
    return taken;
  }
  if (Has(Fault::kEndlessLineHangs) && c.scanner.open_line() > 1'000'000) c.next = Next::kAbandon;
  if (IsDataOverdue(c)) {
    Farewell(c, Reply::kTimeout);
    return taken;
  }
  if (c.scanner.ended()) EndMessage(c);
  return taken;
}

void Dialogue::OnChunk(Connection& c, Line argument) {
  const bool listed = service_.Offered(c.tls).Has(Extension::kChunking);
  if (listed ? Has(Fault::kChunkingListed502) : !Has(Fault::kChunkUnofferedTaken))
    return Say(c, Reply::kNotImplemented);
  while (argument.ends_with(' '))
    argument.remove_suffix(1);
  const auto space = std::min(argument.find(' '), argument.size());
  const auto size = ParseSaturating(argument.substr(0, space), 100);
  if (!size) return Say(c, Reply::kChunkSyntax);
  const Line flag = argument.substr(space == argument.size() ? space : space + 1);
  const bool last =
      Has(Fault::kChunkCaseSensitive) ? flag == "LAST" : EqualsIgnoreCase(flag, "LAST");
  c.chunk_left = *size;
  if (Has(Fault::kChunkLeadingZerosRefused) && argument.starts_with('0') && space > 1)
    return Say(c, Reply::kChunkSyntax);
  if (Has(Fault::kChunkSizeWraps)) c.chunk_left = WrappingDecimal(argument.substr(0, space));
  if (c.chunk_left > kHugeChunk) {
    return SayLast(c, Reply::kChunkHuge);
  }
  c.chunk_last = last;
  c.chunk_refused = true;
  c.chunk_silent = false;
  if (!flag.empty() && !last && !Has(Fault::kChunkArgumentIgnored)) {
    c.chunk_reply = Reply::kChunkSyntax;
  } else if (!c.transaction.open) {
    c.chunk_reply = Reply::kNeedMail;
    if (Has(Fault::kChunkAfterLastTaken) && c.hello != Hello::kNone)
      c.chunk_reply = Reply::kChunkOk;
  } else if (c.transaction.recipients == 0) {
    c.chunk_reply = Reply::kNeedRcpt;
    c.chunk_silent = last && service_.config().profile == Profile::kLmtp;  // RFC 2033 section 4.3
  } else if (c.transaction.chunk_failed) {
    c.chunk_reply = Reply::kNeedMail;
  } else {
    c.chunk_refused = false;
    c.chunk_reply = Reply::kChunkOk;
    if (!c.transaction.chunks) StartContent(c);
    c.transaction.chunks = true;
  }
  if (c.chunk_refused && Has(Fault::kRefusedChunkNotRead)) return EndChunk(c);
  if (Has(Fault::kChunkAnsweredEarly)) Say(c, Reply::kChunkOk);
  if (c.chunk_refused && Has(Fault::kRefusedChunkAnsweredEarly)) {
    Say(c, c.chunk_reply);
    c.chunk_silent = true;
  }
  if (c.chunk_left == 0) {
    if (last && Has(Fault::kChunkZeroLastIgnored)) return;
    if (last && Has(Fault::kChunkZeroLastDrops)) StartContent(c);
    return EndChunk(c);
  }
  c.phase = Phase::kChunk;
}

std::size_t Dialogue::ConsumeChunk(Connection& c, std::string_view input) {
  const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(input.size(), c.chunk_left));
  c.chunk_left -= taken;
  if (!c.chunk_refused) {
    std::string_view content = input.substr(0, taken);
    if (Has(Fault::kChunkCutAtNul)) content = content.substr(0, content.find('\0'));
    if (Has(Fault::kChunkCut4k))
      content =
          content.substr(0, 4096 - std::min<std::uint64_t>(4096, c.scanner.findings().octets));
    const auto dot = content.find("\r\n.\r\n");
    if (dot != std::string_view::npos && Has(Fault::kChunkEndsAtDot)) {
      TakeContent(c, content.substr(0, dot + 2));
      EndMessage(c);
      return dot + 5;
    }
    c.scanner.FeedChunk(content);
    TakeContent(c, content);
  }
  if (c.chunk_left == 0) EndChunk(c);
  return taken;
}

void Dialogue::EndChunk(Connection& c) {
  c.phase = Phase::kCommand;
  c.chunk_left = 0;
  if (c.chunk_refused) {
    c.transaction.chunk_failed = true;
    const bool open = c.transaction.open;
    if (c.chunk_last && open) ResetTransaction(c);
    if (!c.chunk_silent) Say(c, c.chunk_reply);
    return;
  }
  const std::uint64_t limit = service_.config().limits.message_octets;
  const bool too_big = limit != 0 && c.scanner.findings().octets > limit;
  if (c.chunk_last) {
    return EndMessage(c);
  }
  if (too_big) {
    c.transaction.chunk_failed = true;
    return Say(c, Reply::kMessageTooBig);
  }
  if (Has(Fault::kChunkWithoutReply) || Has(Fault::kChunkAnsweredEarly)) return;
  Say(c, Reply::kChunkOk);
}

Reply Dialogue::JudgeContent(const Connection& c) const {
  const ContentFindings& findings = c.scanner.findings();
  const Limits& limits = service_.config().limits;
  std::uint64_t limit = limits.message_octets;
  if (Has(Fault::kMessageLimit32k)) limit = 32 * 1024;
  if (Has(Fault::kSizeLimitEarly)) limit -= 4096;
  if (limit != 0 && findings.octets > limit && !Has(Fault::kOversizeAccepted))
    return Reply::kMessageTooBig;
  if (IsLargerThanFirst(c)) return Reply::kMessageTooBig;
  if (c.transaction.eight_bit) return Reply::kBareLineEnd;
  if (c.transaction.body != BodyType::kBinaryMime) {
    // Who ends data at a bare line end does not refuse them either.
    const bool lax = (c.rare && c.rare->loose) || Has(Fault::kNulCutsLine);
    if (findings.bare_line_end && !lax) return Reply::kBareLineEnd;
    if (findings.long_line && !c.transaction.chunks && !Has(Fault::kLongLineCut))
      return Reply::kLongTextLine;
  }
  if (findings.received_fields > limits.received_fields && !Has(Fault::kLoopNotSeen))
    return Reply::kMailLoop;
  return Reply::kMessageOk;
}

Trace Dialogue::MakeTrace(const Connection& c) const {
  const bool lmtp = service_.config().profile == Profile::kLmtp;
  // RFC 3848 and RFC 6531 section 4.3, indexed by TLS and then by AUTH.
  static constexpr std::string_view kSmtp[] = {"ESMTP", "ESMTPA", "ESMTPS", "ESMTPSA"};
  static constexpr std::string_view kUtf8[] = {"UTF8SMTP", "UTF8SMTPA", "UTF8SMTPS", "UTF8SMTPSA"};
  static constexpr std::string_view kLmtp[] = {"LMTP", "LMTPA", "LMTPS", "LMTPSA"};
  static constexpr std::string_view kUtf8Lmtp[] = {"UTF8LMTP", "UTF8LMTPA", "UTF8LMTPS",
                                                   "UTF8LMTPSA"};
  const std::size_t row = (c.tls ? 2U : 0U) + (c.authenticated ? 1U : 0U);
  std::string_view protocol;
  if (c.transaction.smtputf8)
    protocol = lmtp ? kUtf8Lmtp[row] : kUtf8[row];
  else if (c.hello == Hello::kHelo)
    protocol = "SMTP";
  else
    protocol = lmtp ? kLmtp[row] : kSmtp[row];
  return Trace{.hello_name = c.rare ? std::string_view(c.rare->hello_name) : std::string_view(),
               .peer_literal = endpoints_.PeerLiteral(c),
               .hostname = service_.hostname(),
               .protocol = protocol,
               .time = std::chrono::duration_cast<std::chrono::seconds>(
                           std::chrono::system_clock::now().time_since_epoch())
                           .count(),
               .serial = counters_.messages.Get() + 1};
}

void Dialogue::AcceptMessage(Connection& c) {
  counters_.messages.Add(1);
  counters_.recipients.Add(c.transaction.recipients);
  counters_.bytes.Add(c.scanner.findings().octets);
  if (c.rare && c.rare->spool && WantsReport(c.rare->envelope))
    ReportDelivery(c.rare->envelope, MakeTrace(c), c.rare->spool->Header(),
                   endpoints_.OwnLiteral(c));
}

// Into the mailboxes, or on hold; false when the message cannot be kept.
bool Dialogue::Store(Connection& c) {
  Rare& rare = *c.rare;
  const std::int64_t seconds = rare.envelope.hold_seconds;
  if (seconds == 0 || Has(Fault::kHoldIgnored))
    return rare.spool->Deliver(rare.envelope, MakeTrace(c));
  const std::uint64_t octets = c.scanner.findings().octets;
  if (!held_.HasRoom(octets)) return false;
  held_.Add(HeldMessage{.due = now_ + seconds * 1'000'000'000,
                        .octets = octets,
                        .envelope = rare.envelope,
                        .spool = std::move(rare.spool),
                        .trace = MakeTrace(c),
                        .hello_name = rare.hello_name});
  return true;
}

void Dialogue::DeliverHeld() {
  constexpr std::int64_t kUntilNextTry = 60'000'000'000;  // as the disk may be full for a while
  while (auto held = held_.TakeDue(now_)) {
    held->trace.hello_name = held->hello_name;
    if (!held->spool->Deliver(held->envelope, held->trace)) {
      held->due = now_ + kUntilNextTry;
      held_.Add(std::move(*held));
    } else if (WantsReport(held->envelope)) {
      ReportDelivery(held->envelope, held->trace, held->spool->Header(), {});
    }
  }
}

// A sender that lives here gets the report that it asked for; there is no other way out.
void Dialogue::ReportDelivery(const Envelope& envelope, const Trace& trace, std::string_view header,
                              const std::string& own_literal) {
  const std::string bracketed = "<" + envelope.sender + ">";
  std::string_view rest = bracketed;
  const auto sender = TakePath(rest, PathUse::kForward, service_.faults());
  if (!sender || service_.mailboxes().Find(*sender, own_literal) != Whose::kLocal) return;
  Spool report(*service_.maildir(), service_.faults());
  report.Append(DeliveryReport(envelope, trace, header));
  Envelope back;
  if (Has(Fault::kReportWithSender)) back.sender = "postmaster@" + service_.hostname();
  back.recipients.push_back(
      {envelope.sender, service_.mailboxes().Name(*sender), LowerCopy(sender->domain)});
  (void)report.Deliver(back, trace);
}

// One reply, or in LMTP one for each accepted recipient (RFC 2033 section 4.2).
void Dialogue::EndMessage(Connection& c) {
  const std::size_t from = output_.size();
  c.phase = Phase::kCommand;
  const bool lmtp = service_.config().profile == Profile::kLmtp && !Has(Fault::kLmtpSingleReply);
  std::uint32_t replies = lmtp ? c.transaction.recipients : 1;
  if (lmtp && Has(Fault::kLmtpMergesDuplicates) && c.rare) {
    std::set<std::string> addresses;
    for (const Recipient& recipient : c.rare->envelope.recipients)
      addresses.insert(recipient.address);
    replies = static_cast<std::uint32_t>(addresses.size());
  }
  if (lmtp && Has(Fault::kLmtpRepliesForRefused)) replies += c.transaction.refused_recipients;
  bool delivers = false;
  if (!service_.config().rejections.empty() && Rejects(c, Verb::kEndOfData)) {
    counters_.rejected_messages.Add(1);
    for (std::uint32_t i = 1; i < replies; ++i)
      Say(c, Reply::kLocalError);
  } else {
    Reply reply = JudgeContent(c);
    delivers = reply == Reply::kMessageOk;
    if (c.rare && c.rare->spool && service_.config().profile == Profile::kSubmission)
      c.rare->spool->Complete(MakeTrace(c));
    if ((delivers || Has(Fault::kRefusedMessageDelivered)) && c.rare && c.rare->spool &&
        !c.rare->envelope.recipients.empty() && !Store(c))
      reply = Reply::kLocalError;
    delivers = reply == Reply::kMessageOk;
    if (delivers)
      AcceptMessage(c);
    else
      counters_.rejected_messages.Add(1);
    if (!service_.faults().empty()) RememberMessage(c, reply);
    for (std::uint32_t i = 0; i < replies; ++i)
      Say(c, reply);
  }
  if (delivers && Has(Fault::kVariantLeavesAfterMessage)) Farewell(c, Reply::kShutdown);
  if (Has(Fault::kMessageDropsLogin)) c.authenticated = false;
  const bool too_big = c.scanner.findings().octets > service_.config().limits.message_octets;
  const bool keeps = Has(Fault::kEndOfDataKeepsTransaction) ||
                     (too_big && Has(Fault::kOversizeKeepsTransaction)) ||
                     (!delivers && Has(Fault::kFailedDataKeepsTransaction));
  if (Has(Fault::kMailKeepsOldRecipients)) {
    c.transaction.open = false;
    if (c.rare) c.rare->spool.reset();
  } else if (!keeps) {
    ResetTransaction(c);
  } else if (c.rare) {
    c.rare->spool.reset();
    c.rare->loose.reset();
  }
  Hold(c, Verb::kEndOfData, from);
  AnswerLate(c, from);
  if (service_.config().capacity_per_s > 0) {
    if (c.hold_until == 0) held_from_ = from;
    c.hold_until = std::max(c.hold_until, service_.ServiceTime(now_));
  }
}

}  // namespace smtpgauge::sink
