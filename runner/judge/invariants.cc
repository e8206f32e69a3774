#include "runner/judge/invariants.h"

#include <algorithm>

#include <fmt/format.h>

namespace smtpgauge {
namespace {

using smtp::ReplyFault;

Finding Fine() {
  return {Finding::Kind::kFine, {}};
}
Finding Fail(std::string what) {
  return {Finding::Kind::kFail, std::move(what)};
}
Finding Warn(std::string what) {
  return {Finding::Kind::kWarn, std::move(what)};
}

Finding Absent(const Exhibit& exhibit, ReplyFault fault, std::string_view what) {
  return exhibit.reply->faults.Has(fault) ? Fail(std::string(what)) : Fine();
}

Finding CodeSyntax(const Exhibit& exhibit) {
  return Absent(exhibit, ReplyFault::kBadCode, "the code is not three digits in 2-5, 0-5, 0-9");
}
Finding FirstDigit(const Exhibit& exhibit) {
  const std::string_view raw = exhibit.reply->raw;
  const bool digit = !raw.empty() && raw[0] >= '0' && raw[0] <= '9';
  return digit && (raw[0] < '2' || raw[0] > '5')
             ? Fail(fmt::format("the reply starts with {}", raw[0]))
             : Fine();
}
Finding Separator(const Exhibit& exhibit) {
  if (exhibit.reply->faults.Has(ReplyFault::kBadSeparator))
    return Fail("neither SP nor hyphen behind the code");
  return exhibit.reply->faults.Has(ReplyFault::kNoText) ? Warn("a bare code without SP") : Fine();
}
Finding TextPresent(const Exhibit& exhibit) {
  return exhibit.reply->faults.Has(ReplyFault::kNoText) ? Warn("a bare code without text") : Fine();
}
Finding Crlf(const Exhibit& exhibit) {
  if (exhibit.reply->faults.Has(ReplyFault::kBareLineFeed)) return Fail("a line ends in LF alone");
  return Absent(exhibit, ReplyFault::kBareCarriageReturn, "CR inside a line");
}
Finding SameCode(const Exhibit& exhibit) {
  if (exhibit.reply->lines < 2 && !exhibit.reply->faults.Has(ReplyFault::kCodeChanged)) return {};
  return Absent(exhibit, ReplyFault::kCodeChanged, "lines of one reply carry different codes");
}
Finding LineLength(const Exhibit& exhibit) {
  std::size_t longest = 0;
  for (std::uint32_t i = 0; i < exhibit.reply->lines; ++i) {
    longest = std::max(longest, smtp::ReplyLine(*exhibit.reply, i).size() + 6);
  }
  if (longest <= 512) return Fine();
  const std::string what = fmt::format("a reply line of {} octets (limit 512)", longest);
  return longest <= 1000 ? Warn(what) : Fail(what);
}
/// Octets of the UTF-8 character at the front, 0 when there is none. Surrogates and over-long forms
/// are for the delivered message's judge; a reply only has to be text.
std::size_t Utf8Length(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const std::size_t length = first < 0x80   ? 1
                             : first < 0xc2 ? 0
                             : first < 0xe0 ? 2
                             : first < 0xf0 ? 3
                             : first < 0xf5 ? 4
                                            : 0;
  if (length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xc0U) != 0x80U) return 0;
  }
  return length;
}
bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = Utf8Length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

/// Whether the client may have said SMTPUTF8 for this reply (RFC 6531 section 3.7.4.2).
bool MayBeUtf8(const Exhibit& exhibit) {
  static constexpr std::array<std::string_view, 7> kVerbs = {"MAIL", "RCPT", "DATA", "BDAT",
                                                             ".",    "VRFY", "EXPN"};
  return exhibit.extensions != nullptr && exhibit.extensions->Has("SMTPUTF8") &&
         std::find(kVerbs.begin(), kVerbs.end(), exhibit.verb) != kVerbs.end() &&
         IsUtf8(exhibit.reply->raw);
}
Finding Ascii(const Exhibit& exhibit) {
  if (exhibit.reply->faults.Has(ReplyFault::kEightBit) && MayBeUtf8(exhibit)) return {};
  return Absent(exhibit, ReplyFault::kEightBit, "octets above 127 in a reply");
}
Finding Controls(const Exhibit& exhibit) {
  return exhibit.reply->faults.Has(ReplyFault::kControl) ? Warn("control octets in a reply")
                                                         : Fine();
}

/// Codes that RFC 5321 section 4.2.3 or an extension's RFC names (requirements, section 1).
constexpr std::array kKnownCodes = {211, 214, 220, 221, 235, 250, 251, 252, 253, 334, 354,
                                    421, 432, 450, 451, 452, 453, 454, 455, 458, 459, 500,
                                    501, 502, 503, 504, 521, 523, 524, 525, 530, 534, 535,
                                    538, 550, 551, 552, 553, 554, 555, 556};
Finding ListedCode(const Exhibit& exhibit) {
  const int code = exhibit.reply->code;
  if (code == 0) return {};
  return std::find(kKnownCodes.begin(), kKnownCodes.end(), code) != kKnownCodes.end()
             ? Fine()
             : Warn(fmt::format("{} is not a code of RFC 5321 or of a known extension", code));
}

bool CarriesEnhanced(const Exhibit& exhibit) {
  if (exhibit.extensions == nullptr || !exhibit.extensions->Has("ENHANCEDSTATUSCODES"))
    return false;
  const int code_class = exhibit.reply->code / 100;
  if (code_class != 2 && code_class != 4 && code_class != 5) return false;
  return exhibit.phase != Phase::kGreeting && exhibit.verb != "EHLO" && exhibit.verb != "HELO" &&
         exhibit.verb != "LHLO";
}

bool DigitsDotDigits(std::string_view text) {
  return text.size() >= 5 && text[0] >= '0' && text[0] <= '9' && text[1] == '.' && text[2] >= '0' &&
         text[2] <= '9';
}

Finding EnhancedPresent(const Exhibit& exhibit) {
  if (!CarriesEnhanced(exhibit)) return {};
  const std::string_view text = smtp::ReplyLine(*exhibit.reply, 0);
  if (smtp::ParseEnhancedCode(text).present() || DigitsDotDigits(text)) return Fine();
  return Warn(fmt::format("no enhanced code in the reply to {}", exhibit.verb));
}
Finding EnhancedClass(const Exhibit& exhibit) {
  if (!CarriesEnhanced(exhibit)) return {};
  const auto code = smtp::EnhancedCodeOf(*exhibit.reply);
  if (!code.present()) return {};
  return code.status_class == exhibit.reply->code / 100
             ? Fine()
             : Fail(fmt::format("class {} in a {} reply", code.status_class, exhibit.reply->code));
}
Finding EnhancedSyntax(const Exhibit& exhibit) {
  if (!CarriesEnhanced(exhibit)) return {};
  const std::string_view text = smtp::ReplyLine(*exhibit.reply, 0);
  if (smtp::ParseEnhancedCode(text).present()) return Fine();
  return DigitsDotDigits(text) ? Fail("an enhanced code that RFC 3463 section 2 does not allow")
                               : Finding{};
}
Finding EnhancedEveryLine(const Exhibit& exhibit) {
  if (!CarriesEnhanced(exhibit) || exhibit.reply->lines < 2) return {};
  const auto first = smtp::EnhancedCodeOf(*exhibit.reply);
  for (std::uint32_t i = 1; i < exhibit.reply->lines; ++i) {
    if (smtp::ParseEnhancedCode(smtp::ReplyLine(*exhibit.reply, i)) != first) {
      return Fail("lines of one reply carry different enhanced codes, or only some carry one");
    }
  }
  return first.present() ? Fine() : Finding{};
}
Finding EnhancedSpace(const Exhibit& exhibit) {
  if (!CarriesEnhanced(exhibit)) return {};
  const std::string_view text = smtp::ReplyLine(*exhibit.reply, 0);
  if (!DigitsDotDigits(text)) return {};
  const std::size_t end = text.find_first_not_of("0123456789.");
  if (end == std::string_view::npos) return Warn("the enhanced code ends the line");
  return text[end] == ' ' ? Fine() : Fail("no SP behind the enhanced code");
}
Finding EnhancedNotOnEhlo(const Exhibit& exhibit) {
  const bool concerned = exhibit.phase == Phase::kGreeting || exhibit.verb == "EHLO" ||
                         exhibit.verb == "HELO" || exhibit.verb == "LHLO";
  if (!concerned || exhibit.reply->code / 100 != 2) return {};
  for (std::uint32_t i = 0; i < exhibit.reply->lines; ++i) {
    if (smtp::ParseEnhancedCode(smtp::ReplyLine(*exhibit.reply, i)).present()) {
      return Fail("an enhanced code in the greeting or in a reply to EHLO or HELO");
    }
  }
  return Fine();
}
Finding EnhancedNotOn3yz(const Exhibit& exhibit) {
  if (exhibit.reply->code / 100 != 3) return {};
  return DigitsDotDigits(smtp::ReplyLine(*exhibit.reply, 0))
             ? Warn("an enhanced code in a 3yz reply")
             : Fine();
}
Finding ReplyTime(const Exhibit& exhibit) {
  // What nobody asked for, such as the 421 of an idle session, has waited for no command.
  const bool asked = !exhibit.verb.empty() && exhibit.verb != "?";
  if (exhibit.phase == Phase::kGreeting || !asked || exhibit.took == Duration{}) return {};
  const double seconds = std::chrono::duration<double>(exhibit.took).count();
  const double limit = exhibit.phase == Phase::kData  ? 120
                       : exhibit.phase == Phase::kEod ? 600
                                                      : 300;
  if (seconds > limit) return Fail(fmt::format("{} took {:.0f} s", exhibit.verb, seconds));
  return seconds > 10 ? Warn(fmt::format("{} took {:.0f} s", exhibit.verb, seconds)) : Fine();
}
Finding NoInternals(const Exhibit& exhibit) {
  static constexpr std::array<std::string_view, 8> kTraces = {
      "Traceback", "Exception",   "SQLSTATE", "stack trace",
      "at java.",  ".py\", line", "panic:",   "SELECT "};
  const std::string text = smtp::ReplyText(*exhibit.reply);
  for (const std::string_view trace : kTraces) {
    if (text.find(trace) != std::string::npos)
      return Warn(fmt::format("the text shows internals: {}", trace));
  }
  return Fine();
}
Finding Challenge(const Exhibit& exhibit) {
  if (exhibit.reply->code != 334) return {};
  const std::string_view text = smtp::ReplyLine(*exhibit.reply, 0);
  const bool base64 = std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/' || c == '=';
  });
  return base64 && text.size() % 4 == 0 ? Fine() : Fail("a 334 with something else than base64");
}
Finding Bdat354(const Exhibit& exhibit) {
  if (exhibit.verb != "BDAT") return {};
  return exhibit.reply->code == 354 ? Fail("354 in reply to BDAT") : Fine();
}
Finding ClosingTextNamesHost(const Exhibit& exhibit) {
  const int code = exhibit.reply->code;
  if (code != 221 && code != 421) return {};
  std::string_view text = smtp::ReplyLine(*exhibit.reply, 0);
  if (smtp::ParseEnhancedCode(text).present()) {
    text.remove_prefix(std::min(text.find(' '), text.size() - 1) + 1);
  }
  const std::string_view word = text.substr(0, text.find(' '));
  return word.find('.') != std::string_view::npos || word.starts_with('[')
             ? Fine()
             : Warn(fmt::format("the text of {} does not start with the server's domain", code));
}

/// Judged by whoever sees connections end; no reply concerns it.
Finding OfClosings(const Exhibit&) {
  return {};
}

constexpr std::array kObservations = {
    Observation{"code-syntax", "reply codes are three digits in 2-5, 0-5, 0-9", CodeSyntax},
    Observation{"first-digit", "no reply starts with 0, 1, 6, 7, 8 or 9", FirstDigit},
    Observation{"separator", "SP or hyphen stands behind the code", Separator},
    Observation{"text-present", "a text, at least a SP, follows the code", TextPresent},
    Observation{"crlf", "reply lines end in CRLF and hold no other CR", Crlf},
    Observation{"same-code", "all lines of a reply carry the same code", SameCode},
    Observation{"line-length", "reply lines have at most 512 octets", LineLength},
    Observation{"ascii", "replies are ASCII", Ascii},
    Observation{"no-controls", "replies hold no control octets", Controls},
    Observation{"listed-code", "codes are those of RFC 5321 or of a known extension", ListedCode},
    Observation{"enhanced-present", "replies carry enhanced codes when they are advertised",
                EnhancedPresent},
    Observation{"enhanced-class", "the enhanced code's class is the reply's", EnhancedClass},
    Observation{"enhanced-syntax", "enhanced codes follow RFC 3463 section 2", EnhancedSyntax},
    Observation{"enhanced-every-line", "every line of a reply carries the same enhanced code",
                EnhancedEveryLine},
    Observation{"enhanced-space", "SP stands behind the enhanced code", EnhancedSpace},
    Observation{"enhanced-not-on-ehlo", "greeting, EHLO and HELO replies carry no enhanced code",
                EnhancedNotOnEhlo},
    Observation{"enhanced-not-on-3yz", "334 and 354 carry no enhanced code", EnhancedNotOn3yz},
    Observation{"reply-time", "replies come within the limits of RFC 5321 section 4.5.3.2",
                ReplyTime},
    Observation{"no-internals", "texts show no stack traces, SQL or the like", NoInternals},
    Observation{"challenge-base64", "334 carries only base64", Challenge},
    Observation{"bdat-no-354", "BDAT is never answered with 354", Bdat354},
    Observation{"closing-names-host", "221 and 421 start with the server's domain",
                ClosingTextNamesHost},
    Observation{kCloseAnnounced, "the server closes only after QUIT or 421", OfClosings},
};

}  // namespace

std::span<const Observation> Observations() {
  return kObservations;
}

}  // namespace smtpgauge
