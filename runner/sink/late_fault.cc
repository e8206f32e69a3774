// The faults that show in a second transaction only: what the first one leaves behind.
#include <algorithm>

#include "runner/sink/dialogue.h"

namespace smtpgauge::sink {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

}  // namespace

// Behind an accepted MAIL.
void Dialogue::RecallFirst(Connection& c, const Parameters& parameters) {
  Memory& memory = c.Extra().memory;
  if (++memory.transactions == 1) {
    memory.size = parameters.size;
    memory.body = parameters.body;
    memory.smtputf8 = parameters.smtputf8;
    memory.sender = c.rare->envelope.sender;
    return;
  }
  if (Has(Fault::kResetKeepsRecipients)) c.transaction.recipients = memory.recipients;
  if (Has(Fault::kBodyOfFirstKept)) c.transaction.body = memory.body;
  if (TakesUtf8ByNow(c)) c.transaction.smtputf8 = true;
  if (Has(Fault::kSenderOfFirstKept)) c.rare->envelope.sender = memory.sender;
  if (Has(Fault::kRecipientsOfRefusedKept) || Has(Fault::kRecipientsOfLastKept))
    c.rare->envelope.recipients = memory.refused;
}

void Dialogue::RememberMessage(Connection& c, Reply reply) {
  Memory& memory = c.Extra().memory;
  memory.refused.clear();
  const bool refused = reply != Reply::kMessageOk;
  if (refused || Has(Fault::kRecipientsOfLastKept)) memory.refused = c.rare->envelope.recipients;
  if (refused) return;
  ++memory.messages;
  memory.chunked = memory.chunked || c.transaction.chunks;
}

// Whether the content is larger than a size that was declared for another message.
bool Dialogue::IsLargerThanFirst(const Connection& c) const {
  if (!Has(Fault::kSizeOfFirstKept) || !c.rare) return false;
  const Memory& memory = c.rare->memory;
  return memory.transactions > 1 && memory.size > 0 && c.scanner.findings().octets > memory.size;
}

bool Dialogue::TakesUtf8ByNow(const Connection& c) const {
  return Has(Fault::kUtf8OfFirstKept) && c.rare && c.rare->memory.smtputf8;
}

bool Dialogue::KnowsUpperCaseByNow(const Connection& c) const {
  return Has(Fault::kLaterVerbsCaseSensitive) && c.rare && c.rare->memory.messages > 0;
}

// Whether this session has seen what a faulty server takes for a permission to relay.
bool Dialogue::RelaysByNow(const Connection& c) const {
  const bool other = c.transaction.recipients + c.transaction.refused_recipients > 0;
  if (Has(Fault::kRelayBehindAnother) && other) return true;
  return Has(Fault::kRelayAfterMessage) && c.rare && c.rare->memory.messages > 0;
}

// Whether a faulty server does not look at the path any more: not the first transaction, recipient
// or kind of session that it was tried with.
bool Dialogue::TakesAnyPath(const Connection& c, Line argument) const {
  if (!Has(Fault::kPathsCheckedOnce)) return false;
  const std::uint32_t current = c.transaction.open ? 1 : 0;
  const bool later = c.rare && c.rare->memory.transactions > current;
  const bool lower_case = argument.starts_with('t') || argument.starts_with('f');
  return later || lower_case || c.hello == Hello::kHelo || c.transaction.recipients > 0 ||
         c.transaction.null_sender;
}

bool Dialogue::IsDataOverdue(const Connection& c) const {
  return Has(Fault::kDataDeadline) && now_ - c.rare->memory.data_started > kSecond;
}

void Dialogue::AnswerLate(Connection& c, std::size_t from) {
  if (!Has(Fault::kEndOfDataReplyLate)) return;
  if (c.hold_until == 0) held_from_ = from;
  c.hold_until = std::max(c.hold_until, now_) + 10'500'000'000;
}

}  // namespace smtpgauge::sink
