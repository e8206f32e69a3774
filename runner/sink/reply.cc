#include "runner/sink/reply.h"

#include <utility>

namespace smtpgauge::sink {
namespace {

// "%h" stands for the server's name, which RFC 5321 section 4.2 wants first in 220, 221 and 421.
constexpr std::array<std::string_view, kReplyCount> kTexts = {
    "220 %h ESMTP smtpgauge sink",
    "421 %h Too many connections",
    "250 %h",
    "250 2.5.0 Sender accepted",
    "250 2.1.5 Recipient accepted",
    "250 2.1.5 Recipient accepted for relay",
    "354 Send the message, end with a line of one dot",
    "250 2.5.0 Message accepted",
    "250 2.5.0 Chunk received",
    "250 2.5.0 Transaction cleared",
    "250 2.5.0 Nothing done",
    "214-2.0.0 Commands: EHLO HELO MAIL RCPT DATA BDAT RSET NOOP\r\n"
    "214 2.0.0 Commands: HELP VRFY STARTTLS AUTH QUIT",
    "252 2.5.0 Not verified, try to deliver",
    "252 2.6.8 Not verified, a UTF-8 answer needs SMTPUTF8",
    "221 2.3.0 %h Closing the channel",
    "220 2.7.0 %h Ready to start TLS",
    "250 2.5.0 Queue started",
    "250-2.5.0 <user@example.test>\r\n"
    "250 2.5.0 <postmaster@example.test>",
    "500 5.5.2 Command not recognised",
    "502 5.5.2 Command not implemented",
    "500 5.5.2 Command line too long",
    "500 5.5.2 Control octet, bare CR or bare LF in the command line",
    "501 5.5.4 No argument allowed",
    "501 5.5.4 DATA takes no argument",
    "501 5.5.4 Argument missing",
    "501 5.5.2 Neither a domain name nor an address literal",
    "500 5.5.2 Use LHLO here",
    "501 5.5.2 Syntax error in the path",
    "501 5.5.4 Syntax error in the parameters",
    "501 5.5.4 Bad or repeated parameter value",
    "501 5.5.2 Priority is not -9 to 9",
    "555 5.5.4 Parameter not recognised",
    "555 5.5.4 Deliver-by time below the minimum",
    "503 5.5.1 Send EHLO first",
    "503 5.5.1 A transaction is already open",
    "503 5.5.1 Send MAIL first",
    "503 5.5.1 No recipient was accepted",
    "503 5.5.1 Not between chunks of a message",
    "503 5.5.1 BINARYMIME needs BDAT",
    "550 5.1.1 No such mailbox here",
    "550 5.7.1 Relaying denied",
    "554 5.5.0 Domain is not fully qualified",
    "452 4.5.3 Too many recipients",
    "452 4.5.3 Too many messages in this session",
    "552 5.3.4 Declared size exceeds the limit",
    "552 5.3.4 Message exceeds the size limit",
    "554 5.5.0 Bare CR, bare LF or NUL in the message",
    "554 5.5.0 Text line longer than 998 octets",
    "554 5.4.6 Mail loop, too many Received fields",
    "550 5.6.7 Non-ASCII sender without SMTPUTF8",
    "553 5.6.7 Non-ASCII recipient without SMTPUTF8",
    "451 4.3.0 Could not store the message",
    "550 5.7.17 Mailbox owner has changed",
    "501 5.5.4 Syntax: BDAT size [LAST]",
    "421 4.3.0 %h Chunk too large, closing",
    "235 2.7.0 Authentication succeeded",
    "535 5.7.8 Authentication credentials invalid",
    "501 5.7.0 Authentication cancelled",
    "501 5.5.2 Not base64",
    "501 5.5.2 Not a message of this mechanism",
    "504 5.5.4 Mechanism not supported",
    "501 5.5.4 Syntax: AUTH mechanism [initial-response]",
    "501 5.7.0 This mechanism takes no initial response",
    "500 5.5.6 Authentication exchange line too long",
    "503 5.5.1 Already authenticated",
    "503 5.5.1 AUTH is not allowed in a transaction",
    "538 5.7.11 Encryption required for this mechanism",
    "530 5.7.0 Authentication required",
    "334 ",
    "334 VXNlcm5hbWU6",
    "334 UGFzc3dvcmQ6",
    "503 5.5.1 TLS is already active",
    "503 5.5.1 STARTTLS is not allowed in a transaction",
    "459 4.5.0 Node not allowed",
    "503 5.5.1 ETRN is not allowed in a transaction",
    "421 4.4.2 %h Idle for too long, closing",
    "421 4.3.0 %h Too many errors, closing",
    "421 4.3.0 %h This is not a web server, closing",
    "421 4.3.0 %h Shutting down",
};
static_assert(!kTexts.back().empty(), "as many texts as replies");

std::string WithHost(std::string_view text, std::string_view host) {
  std::string rendered(text);
  for (auto at = rendered.find("%h"); at != std::string::npos; at = rendered.find("%h", at))
    rendered.replace(at, 2, host);
  return rendered;
}

}  // namespace

ReplyTable::ReplyTable(std::string_view host, const FaultSet& faults) {
  for (std::size_t i = 0; i < kReplyCount; ++i) {
    class_[i] = kTexts[i].front();
    text_[i] = DistortReply(WithHost(kTexts[i], host) + "\r\n", faults);
  }
  for (const ReplyFault* row : faults.replies()) {
    text_[Index(row->reply)] = WithHost(row->octets, host);
    if (!row->octets.empty()) class_[Index(row->reply)] = row->octets.front();
  }
}

}  // namespace smtpgauge::sink
