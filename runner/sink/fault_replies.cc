#include "runner/sink/fault_rows.h"

namespace smtpgauge::sink {
namespace {

using namespace std::literals;

// clang-format off
constexpr ReplyFault kReplies[] = {
    {"greeting-250", Reply::kGreeting,
     "250 %h ESMTP\r\n"sv},
    {"greeting-stars", Reply::kGreeting,
     "220 ********\r\n"sv},
    {"greeting-nul", Reply::kGreeting,
     "220 %h \0ESMTP\r\n"sv},
    {"greeting-mixed-codes", Reply::kGreeting,
     "220-%h\r\n250 ESMTP\r\n"sv},
    {"greeting-status-code", Reply::kGreeting,
     "220 2.0.0 %h ESMTP\r\n"sv},
    {"greeting-silent", Reply::kGreeting,
     ""sv},
    {"helo-502", Reply::kHelo,
     "502 5.5.2 Use EHLO\r\n"sv},
    {"ehlo-refusal-450", Reply::kHelloSyntax,
     "450 4.7.0 Try later\r\n"sv},
    {"ehlo-refusal-450", Reply::kArgumentMissing,
     "450 4.7.0 Try later\r\n"sv},
    {"noop-code-650", Reply::kNoopOk,
     "650 2.0.0 Fine\r\n"sv},
    {"noop-two-replies", Reply::kNoopOk,
     "250 2.5.0 Fine\r\n250 2.5.0 Fine\r\n"sv},
    {"noop-no-reply", Reply::kNoopOk,
     ""sv},
    {"help-code-changes", Reply::kHelpText,
     "214-2.0.0 Commands\r\n250 2.0.0 End\r\n"sv},
    {"help-last-line-hyphen", Reply::kHelpText,
     "214-2.0.0 Commands\r\n214-2.0.0 End\r\n"sv},
    {"help-status-codes-differ", Reply::kHelpText,
     "214-2.0.0 Commands\r\n214 2.5.0 End\r\n"sv},
    {"help-without-status-code-line", Reply::kHelpText,
     "214-Commands\r\n214 2.0.0 End\r\n"sv},
    {"unknown-command-200", Reply::kUnknownCommand,
     "250 2.5.0 Fine\r\n"sv},
    {"unknown-command-450", Reply::kUnknownCommand,
     "450 4.7.0 What\r\n"sv},
    {"unknown-command-silent", Reply::kUnknownCommand,
     ""sv},
    {"unknown-command-silent", Reply::kLineSyntax,
     ""sv},
    {"noop-503", Reply::kNoopOk,
     "503 5.5.1 Not now\r\n"sv},
    {"rset-503", Reply::kRsetOk,
     "503 5.5.1 Not now\r\n"sv},
    {"help-503", Reply::kHelpText,
     "503 5.5.1 Not now\r\n"sv},
    {"vrfy-500", Reply::kVrfyUnverified,
     "500 5.5.2 What\r\n"sv},
    {"vrfy-500", Reply::kVrfyUtf8,
     "500 5.5.2 What\r\n"sv},
    {"vrfy-503", Reply::kVrfyUnverified,
     "503 5.5.1 Not now\r\n"sv},
    {"vrfy-503", Reply::kVrfyUtf8,
     "503 5.5.1 Not now\r\n"sv},
    {"vrfy-blind-250", Reply::kVrfyUnverified,
     "250 2.1.5 Yes\r\n"sv},
    {"vrfy-550", Reply::kVrfyUnverified,
     "550 5.1.1 No such user\r\n"sv},
    {"quit-silent", Reply::kQuitBye,
     ""sv},
    {"quit-250", Reply::kQuitBye,
     "250 2.0.0 Bye\r\n"sv},
    {"turn-accepted", Reply::kNotImplemented,
     "250 2.0.0 Fine\r\n"sv},
    {"line-too-long-silent", Reply::kLineTooLong,
     ""sv},
    {"line-too-long-twice", Reply::kLineTooLong,
     "500 5.5.2 Too long\r\n500 5.5.2 Still too long\r\n"sv},
    {"mail-251", Reply::kMailOk,
     "251 2.1.0 Fine\r\n"sv},
    {"mail-354", Reply::kMailOk,
     "354 Fine\r\n"sv},
    {"rcpt-354", Reply::kRcptOk,
     "354 Fine\r\n"sv},
    {"recipient-limit-421", Reply::kTooManyRecipients,
     "421 4.3.0 %h Too many recipients\r\n"sv},
    {"need-mail-450", Reply::kNeedMail,
     "450 4.7.0 Later\r\n"sv},
    {"data-250", Reply::kDataGo,
     "250 2.5.0 Send it\r\n"sv},
    {"data-silent", Reply::kDataGo,
     ""sv},
    {"data-argument-250", Reply::kDataArgument,
     "250 2.5.0 Fine\r\n"sv},
    {"end-of-data-silent", Reply::kMessageOk,
     ""sv},
    {"end-of-data-twice", Reply::kMessageOk,
     "250 2.5.0 Received\r\n250 2.5.0 Queued\r\n"sv},
    {"end-of-data-354", Reply::kMessageOk,
     "354 More\r\n"sv},
    {"end-of-data-long-line", Reply::kMessageOk,
     "250 2.5.0 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n"sv},
    {"end-of-data-8bit", Reply::kMessageOk,
     "250 2.5.0 Angenommen, sch\xf6" "n\r\n"sv},
    {"need-rcpt-250", Reply::kNeedRcpt,
     "250 2.5.0 Fine\r\n"sv},
    {"starttls-argument-450", Reply::kNoArgumentAllowed,
     "450 4.7.0 Later\r\n"sv},
    {"starttls-250", Reply::kStartTlsGo,
     "250 2.0.0 Go ahead\r\n"sv},
    {"chunk-354", Reply::kChunkOk,
     "354 Go ahead\r\n"sv},
    {"chunk-354", Reply::kMessageOk,
     "354 Go ahead\r\n"sv},
    {"chunk-twice", Reply::kChunkOk,
     "250 2.5.0 Fine\r\n250 2.5.0 Fine\r\n"sv},
    {"chunk-syntax-250", Reply::kChunkSyntax,
     "250 2.5.0 Fine\r\n"sv},
    {"auth-success-250", Reply::kAuthOk,
     "250 2.7.0 Welcome\r\n"sv},
    {"auth-right-refused", Reply::kAuthOk,
     "535 5.7.8 No\r\n"sv},
    {"auth-wrong-accepted", Reply::kAuthFailed,
     "235 2.7.0 Welcome\r\n"sv},
    {"auth-doubled-code", Reply::kAuthFailed,
     "535 5.7.8 No\r\n535 5.7.8 No\r\n"sv},
    {"auth-mechanism-334", Reply::kAuthMechanism,
     "334 \r\n"sv},
    {"auth-cancel-250", Reply::kAuthCancelled,
     "250 2.0.0 Fine\r\n"sv},
    {"auth-bad-base64-235", Reply::kAuthBadBase64,
     "235 2.7.0 Welcome\r\n"sv},
    {"auth-challenge-text", Reply::kAuthEmptyChallenge,
     "334 Go ahead\r\n"sv},
    {"auth-already-235", Reply::kAuthAlready,
     "235 2.7.0 Welcome\r\n"sv},
    {"auth-required-250", Reply::kAuthRequired,
     "250 2.1.0 Fine\r\n"sv},
    {"auth-line-too-long-silent", Reply::kAuthLineTooLong,
     ""sv},
    {"nested-mail-354", Reply::kNestedMail,
     "354 Go ahead\r\n"sv},
};
// clang-format on

}  // namespace

std::span<const ReplyFault> ReplyFaults() {
  return kReplies;
}

}  // namespace smtpgauge::sink
