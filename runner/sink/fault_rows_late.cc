#include "runner/sink/fault_rows.h"

namespace smtpgauge::sink {
namespace {

using Level = FaultLevel;

// clang-format off
constexpr FaultRow kRows[] = {
    // Service
    {"endless-line-hangs", "service", Level::kSecurity,
     "stops reading at a text line of a megabyte", Fault::kEndlessLineHangs},
    {"error-limit-ends-service", "service", Level::kSecurity,
     "takes no more clients once one has made too many errors", Fault::kErrorLimitEndsService},
    {"error-limit-silent", "service", Level::kShould,
     "closes without a word at one error too many", Fault::kErrorLimitSilent},
    {"connection-slots-leak", "service", Level::kShould,
     "does not give back the slots of connections that have ended", Fault::kConnectionSlotsLeak},
    {"drop-in-command-ends-service", "service", Level::kShould,
     "takes no more clients when one has gone within a command line", Fault::kDropInCommandEndsService},
    {"drop-in-transaction-ends-service", "service", Level::kShould,
     "takes no more clients when one has gone behind MAIL", Fault::kDropInTransactionEndsService},
    {"drop-in-data-ends-service", "service", Level::kShould,
     "takes no more clients when one has gone within the data", Fault::kDropInDataEndsService},
    {"end-of-data-late", "service", Level::kShould,
     "takes ten seconds to answer the end of data", Fault::kEndOfDataReplyLate},
    {"data-deadline", "service", Level::kShould,
     "gives a message a second in all, however steadily it comes", Fault::kDataDeadline},
    {"xclient-listed", "service", Level::kShould,
     "lists XCLIENT and XFORWARD to anybody and obeys them", Fault::kXclientListed},
    {"xclient-believed", "service", Level::kSecurity,
     "obeys anybody's XCLIENT and XFORWARD without listing them", Fault::kXclientBelieved},
    {"ipv6-tag-case-sensitive", "hello", Level::kMust,
     "knows the tag IPv6: in this spelling only", Fault::kIpv6TagCaseSensitive},
    {"rcpt-without-domain-taken", "envelope", Level::kShould,
     "takes any recipient without a domain", Fault::kDomainlessTaken},
    {"chunk-argument-ignored", "chunking", Level::kShould,
     "takes any word behind the size of a chunk", Fault::kChunkArgumentIgnored},
    {"chunk-zero-last-drops", "chunking", Level::kMust,
     "loses all chunks before a last one of no octets", Fault::kChunkZeroLastDrops},
    {"password-part-accepted", "auth", Level::kSecurity,
     "accepts any beginning of the right password, and none", Fault::kPasswordPartAccepted},
    {"cram-digest-part-accepted", "auth", Level::kMust,
     "accepts any beginning of the right CRAM-MD5 digest", Fault::kCramDigestPartAccepted},
    {"hold-ignored", "dsn", Level::kMust,
     "delivers at once what HOLDFOR and HOLDUNTIL defer", Fault::kHoldIgnored},
    // The second transaction, the last recipient
    {"size-of-first-kept", "memory", Level::kMust,
     "limits later messages to the size that the first declared", Fault::kSizeOfFirstKept},
    {"body-of-first-kept", "memory", Level::kMust,
     "takes the BODY of the first transaction for that of the next", Fault::kBodyOfFirstKept},
    {"smtputf8-of-first-kept", "memory", Level::kMust,
     "takes SMTPUTF8 for granted once it was said", Fault::kUtf8OfFirstKept},
    {"sender-of-first-kept", "memory", Level::kMust,
     "writes the sender of the first message into the Return-Path of later ones", Fault::kSenderOfFirstKept},
    {"recipients-of-refused-kept", "memory", Level::kMust,
     "delivers the next message to the recipients of a refused one too", Fault::kRecipientsOfRefusedKept},
    {"relay-after-message", "memory", Level::kSecurity,
     "relays for anybody behind an accepted message", Fault::kRelayAfterMessage},
    {"relay-behind-another", "memory", Level::kSecurity,
     "relays for anybody behind another recipient, accepted or not", Fault::kRelayBehindAnother},
    {"reset-keeps-recipients", "memory", Level::kMust,
     "keeps the recipients, but not the sender, at EHLO and RSET", Fault::kResetKeepsRecipients},
    {"login-drops-hello", "auth", Level::kMust,
     "wants a new EHLO behind AUTH with an older mechanism than SCRAM", Fault::kLoginDropsHello},
    {"second-message-keeps-dots", "memory", Level::kMust,
     "does not remove stuffing dots from the second message on", Fault::kDotsOfSecondKept},
    {"data-after-chunked-refused", "memory", Level::kMust,
     "refuses DATA once a message has come in chunks", Fault::kDataAfterChunkedRefused},
    {"half-message-at-quit", "memory", Level::kMust,
     "delivers the chunks it has at a QUIT between two of them", Fault::kHalfMessageAtQuit},
    {"last-recipient-lost", "memory", Level::kMust,
     "does not deliver to the last of three or more recipients", Fault::kLastRecipientLost},
    {"eleventh-recipient-lost", "memory", Level::kMust,
     "delivers to ten recipients and forgets the others", Fault::kEleventhRecipientLost},
    {"header-limit-64k", "memory", Level::kShould,
     "drops header fields behind the first 64 K octets", Fault::kHeaderLimit64k},
    {"cr-lost-at-block-edge", "memory", Level::kMust,
     "loses CR that is the last octet of a block of 1023", Fault::kCrLostAtBlockEdge},
    {"eod-cr-at-edge-of-read", "memory", Level::kMust,
     "takes CR that is the last octet of a read for CRLF", Fault::kEodCrAtEdgeOfRead},
    {"eod-missed-after-bare-cr", "memory", Level::kMust,
     "misses the end of data behind a bare CR", Fault::kEodMissedAfterBareCr},
    // TLS
    {"rset-keeps-in-tls", "in-tls", Level::kMust,
     "does not clear the transaction at RSET in TLS", Fault::kRsetKeepsInTls},
    {"second-ehlo-in-tls-bare", "in-tls", Level::kMust,
     "lists nothing at a second EHLO in TLS", Fault::kSecondEhloInTlsBare},
    {"extra-input-dropped-in-tls", "in-tls", Level::kMust,
     "throws away what comes behind a command in one TLS record", Fault::kExtraInputDroppedInTls},
    {"eod-in-one-read-in-tls", "in-tls", Level::kMust,
     "misses an end of data that comes in several TLS records", Fault::kEodInOneReadInTls},
    {"message-cut-16k-in-tls", "in-tls", Level::kMust,
     "keeps the first 16 K octets of a message that comes in TLS", Fault::kMessageCut16kInTls},
    {"tls-anonymous-taken", "in-tls", Level::kShould,
     "takes cipher suites without authentication", Fault::kAnonymousCipherTaken},
    {"tls-static-rsa-taken", "in-tls", Level::kShould,
     "takes cipher suites without forward secrecy", Fault::kStaticRsaTaken},
    {"tls-unknown-name-hangs", "in-tls", Level::kShould,
     "does not go on with a handshake for a name that it does not have", Fault::kUnknownNameHangs},
    {"tls-weak-454", "in-tls", Level::kShould,
     "takes a cipher suite without encryption and answers every command in it with 454", Fault::kWeakTls454},
};
// clang-format on

}  // namespace

std::span<const FaultRow> LateFaultRows() {
  return kRows;
}

}  // namespace smtpgauge::sink
