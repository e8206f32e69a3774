#include "runner/sink/parameters.h"

#include <array>
#include <string>

#include "runner/sink/address.h"
#include "runner/sink/ascii.h"
#include "runner/sink/date_time.h"
#include "runner/sink/decimal.h"
#include "runner/sink/xtext.h"

namespace smtpgauge::sink {
namespace {

using Error = std::optional<Reply>;
constexpr Error kFine = std::nullopt;

// A parameter as written: `value` is missing where there is no equals sign.
struct Written {
  std::optional<std::string_view> value;
  const ParameterRules& rules;
  Parameters& parameters;
};

Error ParseSize(const Written& w) {
  const FaultSet& faults = w.rules.faults;
  if (!w.value) return Reply::kParameterValue;
  const auto size = ParseSaturating(*w.value, 20);
  if (!size) {
    if (faults.Has(Fault::kSizeBadValueAccepted)) return kFine;
    if (faults.Has(Fault::kSizeLongDigitsAccepted) && w.value->size() > 20) return kFine;
    return Reply::kParameterValue;
  }
  w.parameters.size = *size;
  if (faults.Has(Fault::kSizeIgnored)) return kFine;
  if (faults.Has(Fault::kSizeOverflows) && *size > 0x7fffffff) return kFine;
  const std::uint64_t limit = faults.Has(Fault::kSizeSmallRefused)   ? 500
                              : faults.Has(Fault::kSizeOneOverTaken) ? w.rules.size_limit + 1
                                                                     : w.rules.size_limit;
  return limit != 0 && *size > limit ? Error(Reply::kDeclaredTooBig) : kFine;
}

Error ParseBody(const Written& w) {
  const std::string_view value = w.value.value_or("");
  if (EqualsIgnoreCase(value, "7BIT")) {
    w.parameters.body = BodyType::kSevenBit;
  } else if (EqualsIgnoreCase(value, "8BITMIME")) {
    if (w.rules.faults.Has(Fault::kBodyEightBitRefused)) return Reply::kParameterValue;
    w.parameters.body = BodyType::kEightBitMime;
  } else if (EqualsIgnoreCase(value, "BINARYMIME")) {
    if (!w.rules.offered.Has(Extension::kBinaryMime) &&
        !w.rules.faults.Has(Fault::kUnofferedParameterAccepted))
      return Reply::kParameterUnknown;
    w.parameters.body = BodyType::kBinaryMime;
  } else if (!w.rules.faults.Has(Fault::kBodyBadValueAccepted)) {
    return Reply::kParameterValue;
  }
  return kFine;
}

Error ParseUtf8Flag(const Written& w) {
  if (w.rules.faults.Has(Fault::kUtf8FlagRefused)) return Reply::kParameterUnknown;
  if (w.value) return Reply::kParameterValue;
  w.parameters.smtputf8 = true;
  return kFine;
}

// RFC 4954 section 5: xtext of a mailbox, or "<>".
Error ParseAuth(const Written& w) {
  if (w.rules.faults.Has(Fault::kMailAuthRefused)) return Reply::kParameterUnknown;
  if (w.rules.faults.Has(Fault::kMailAuthUnchecked)) return kFine;
  const auto decoded = DecodeXtext(w.value.value_or(""));
  if (!decoded || decoded->empty()) return Reply::kParameterValue;
  if (*decoded == "<>") return kFine;
  const std::string bracketed = "<" + *decoded + ">";
  std::string_view rest = bracketed;
  if (!TakePath(rest, PathUse::kReverse, w.rules.faults) || !rest.empty())
    return Reply::kParameterValue;
  return kFine;
}

Error ParseRet(const Written& w) {
  const std::string_view value = w.value.value_or("");
  if (w.rules.faults.Has(Fault::kRetUnchecked)) return kFine;
  if (w.rules.faults.Has(Fault::kDsnCaseSensitive))
    return value == "FULL" || value == "HDRS" ? kFine : Error(Reply::kParameterValue);
  if (EqualsIgnoreCase(value, "FULL") || EqualsIgnoreCase(value, "HDRS")) return kFine;
  return Reply::kParameterValue;
}

Error ParseEnvid(const Written& w) {
  if (w.rules.faults.Has(Fault::kEnvidUnchecked)) return kFine;
  if (w.rules.faults.Has(Fault::kEnvid100Refused) && w.value && w.value->size() > 64)
    return Reply::kParameterValue;
  const auto decoded = DecodeXtext(w.value.value_or(""));
  if (!decoded || decoded->empty() || w.value->size() > 100) return Reply::kParameterValue;
  w.parameters.envelope_id = *decoded;
  return kFine;
}

Error ParseRequireTls(const Written& w) {
  if (w.value) return Reply::kParameterValue;
  w.parameters.require_tls = true;
  return kFine;
}

// RFC 2852 section 4: BY=[+-]digits;R|N[T].
Error ParseDeliverBy(const Written& w) {
  std::string_view value = w.value.value_or("");
  if (w.rules.faults.Has(Fault::kDeliverByRefused)) return Reply::kParameterUnknown;
  const bool negative = value.starts_with('-');
  if (negative || value.starts_with('+')) value.remove_prefix(1);
  const auto semicolon = value.find(';');
  if (semicolon == std::string_view::npos) return Reply::kParameterValue;
  const auto seconds = ParseSaturating(value.substr(0, semicolon), 9);
  std::string_view mode = value.substr(semicolon + 1);
  if (!seconds || mode.empty() || mode.size() > 2) return Reply::kParameterValue;
  if (mode.size() == 2 && Upper(mode[1]) != 'T') return Reply::kParameterValue;
  w.parameters.deliver_by = static_cast<std::int64_t>(*seconds) * (negative ? -1 : 1);
  if (Upper(mode[0]) == 'N') return kFine;
  if (Upper(mode[0]) != 'R' || *w.parameters.deliver_by <= 0) return Reply::kParameterValue;
  if (*w.parameters.deliver_by < kDeliverByMinimum &&
      !w.rules.faults.Has(Fault::kDeliverByMinimumIgnored))
    return Reply::kParameterBelowMinimum;
  return kFine;
}

Error CheckHold(const Written& w, std::int64_t seconds, std::int64_t maximum) {
  if (w.rules.faults.Has(Fault::kHoldUnchecked)) return kFine;
  if (w.parameters.hold_for || seconds <= 0 || seconds > maximum) return Reply::kParameterValue;
  w.parameters.hold_for = seconds;
  return kFine;
}

Error ParseHoldFor(const Written& w) {
  const auto seconds = ParseSaturating(w.value.value_or(""), 9);
  if (!seconds) return Reply::kParameterValue;
  return CheckHold(w, static_cast<std::int64_t>(*seconds), kHoldMaximum);
}

Error ParseHoldUntil(const Written& w) {
  const auto time = ParseDateTime(w.value.value_or(""));
  const bool zulu = w.value && w.value->ends_with('Z');
  if (!time || (!zulu && !w.rules.faults.Has(Fault::kHoldAnyZone))) return Reply::kParameterValue;
  return CheckHold(w, *time - w.rules.now, ParseDateTime(kHoldLatest).value_or(0) - w.rules.now);
}

// RFC 6710 section 7: -9 to 9 without plus sign.
Error ParsePriority(const Written& w) {
  std::string_view value = w.value.value_or("");
  if (w.rules.faults.Has(Fault::kPriorityUnchecked)) return kFine;
  const bool negative = value.starts_with('-');
  if (negative) value.remove_prefix(1);
  if (value.size() != 1 || !IsDigit(value[0]) || (negative && value[0] == '0'))
    return Reply::kPriorityValue;
  w.parameters.priority = (negative ? -1 : 1) * (value[0] - '0');
  return kFine;
}

// RFC 3865 section 2.4: a comma-separated list of class words.
Error ParseSolicit(const Written& w) {
  if (!w.value || w.value->empty() || w.value->size() > 1000) return Reply::kParameterValue;
  for (char c : *w.value)
    if (!IsAlnum(c) && std::string_view(".-_:,").find(c) == std::string_view::npos)
      return Reply::kParameterValue;
  return kFine;
}

// RFC 3461 section 4.1: NEVER alone, or a list of the others.
Error ParseNotify(const Written& w) {
  std::string_view list = w.value.value_or("");
  if (w.rules.faults.Has(Fault::kNotifyRefused)) return Reply::kParameterUnknown;
  if (w.rules.faults.Has(Fault::kNotifyUnchecked) || EqualsIgnoreCase(list, "NEVER")) return kFine;
  while (true) {
    const auto comma = list.find(',');
    const std::string_view word = list.substr(0, comma);
    const bool exact = w.rules.faults.Has(Fault::kDsnCaseSensitive);
    bool known = false;
    for (std::string_view name : {"SUCCESS", "FAILURE", "DELAY"})
      known = known || (exact ? word == name : EqualsIgnoreCase(word, name));
    if (!known) return Reply::kParameterValue;
    if (EqualsIgnoreCase(word, "SUCCESS")) w.parameters.notify_success = true;
    if (comma == std::string_view::npos) return kFine;
    list.remove_prefix(comma + 1);
  }
}

// RFC 3461 section 4.2: address type, semicolon, xtext; RFC 6533 section 3 for type utf-8.
Error ParseOrcpt(const Written& w) {
  if (!w.value) return Reply::kParameterValue;
  const auto semicolon = w.value->find(';');
  if (semicolon == std::string_view::npos || semicolon == 0) return Reply::kParameterValue;
  const std::string_view type = w.value->substr(0, semicolon);
  const std::string_view address = w.value->substr(semicolon + 1);
  if (w.rules.faults.Has(Fault::kOrcptLongRefused) && address.size() > 200)
    return Reply::kParameterValue;
  for (char c : type)
    if (!IsAlnum(c) && c != '-') return Reply::kParameterValue;
  w.parameters.original_recipient = *w.value;
  if (EqualsIgnoreCase(type, "utf-8") && !address.empty() && IsUtf8(address)) return kFine;
  const auto decoded = DecodeXtext(address);
  if (!decoded || decoded->empty()) return Reply::kParameterValue;
  return kFine;
}

// RFC 7293 section 3.1: an RFC 3339 date-time without fraction, then ";C" or ";R".
Error ParseRrvs(const Written& w) {
  std::string_view value = w.value.value_or("");
  if (w.rules.faults.Has(Fault::kRrvsUnchecked)) return kFine;
  const auto semicolon = value.find(';');
  if (semicolon != std::string_view::npos) {
    const std::string_view action = value.substr(semicolon + 1);
    if (action != "C" && action != "R") return Reply::kParameterValue;
    value = value.substr(0, semicolon);
  }
  const auto time = ParseDateTime(value);
  if (!time) return Reply::kParameterValue;
  w.parameters.rrvs = true;
  w.parameters.rrvs_time = *time;
  return kFine;
}

struct ParameterRow {
  std::string_view keyword;
  ParameterCommand command;
  Extension extension;
  Error (*parse)(const Written&);
};

constexpr std::array kParameterRows = {
    ParameterRow{"SIZE", ParameterCommand::kMail, Extension::kSize, ParseSize},
    ParameterRow{"BODY", ParameterCommand::kMail, Extension::kEightBitMime, ParseBody},
    ParameterRow{"SMTPUTF8", ParameterCommand::kMail, Extension::kSmtpUtf8, ParseUtf8Flag},
    ParameterRow{"AUTH", ParameterCommand::kMail, Extension::kAuth, ParseAuth},
    ParameterRow{"RET", ParameterCommand::kMail, Extension::kDsn, ParseRet},
    ParameterRow{"ENVID", ParameterCommand::kMail, Extension::kDsn, ParseEnvid},
    ParameterRow{"REQUIRETLS", ParameterCommand::kMail, Extension::kRequireTls, ParseRequireTls},
    ParameterRow{"BY", ParameterCommand::kMail, Extension::kDeliverBy, ParseDeliverBy},
    ParameterRow{"HOLDFOR", ParameterCommand::kMail, Extension::kFutureRelease, ParseHoldFor},
    ParameterRow{"HOLDUNTIL", ParameterCommand::kMail, Extension::kFutureRelease, ParseHoldUntil},
    ParameterRow{"MT-PRIORITY", ParameterCommand::kMail, Extension::kMtPriority, ParsePriority},
    ParameterRow{"SOLICIT", ParameterCommand::kMail, Extension::kNoSoliciting, ParseSolicit},
    ParameterRow{"NOTIFY", ParameterCommand::kRcpt, Extension::kDsn, ParseNotify},
    ParameterRow{"ORCPT", ParameterCommand::kRcpt, Extension::kDsn, ParseOrcpt},
    ParameterRow{"RRVS", ParameterCommand::kRcpt, Extension::kRrvs, ParseRrvs},
};

// esmtp-keyword and esmtp-value of RFC 5321 section 4.1.2, values widened by RFC 6531 section 3.3.
bool IsWellFormed(std::string_view keyword, const std::optional<std::string_view>& value) {
  if (keyword.empty() || !IsAlnum(keyword.front())) return false;
  for (char c : keyword)
    if (!IsAlnum(c) && c != '-') return false;
  if (!value) return true;
  for (char c : *value)
    if (IsControl(c) || c == '=') return false;
  return !value->empty();
}

Error ParseOne(std::string_view written, ParameterCommand command, const ParameterRules& rules,
               std::uint32_t& seen, Parameters& parameters) {
  const auto equals = written.find('=');
  const std::string_view keyword = written.substr(0, equals);
  std::optional<std::string_view> value;
  if (equals != std::string_view::npos) value = written.substr(equals + 1);
  for (std::size_t i = 0; i < kParameterRows.size(); ++i) {
    const ParameterRow& row = kParameterRows[i];
    const bool same = rules.faults.Has(Fault::kParameterCaseSensitive)
                          ? row.keyword == keyword
                          : EqualsIgnoreCase(row.keyword, keyword);
    if (!same || row.command != command) continue;
    if (!rules.offered.Has(row.extension)) {
      if (rules.faults.Has(Fault::kUnofferedParameterAccepted)) return kFine;
      return Reply::kParameterUnknown;
    }
    if (rules.faults.Has(Fault::kOfferedParametersRefused)) return Reply::kParameterUnknown;
    const bool repeatable = row.parse == ParseHoldFor && rules.faults.Has(Fault::kHoldUnchecked);
    if ((seen >> i & 1U) != 0 && !repeatable)
      return row.parse == ParsePriority ? Reply::kPriorityValue : Reply::kParameterValue;
    seen |= 1U << i;
    return row.parse(Written{value, rules, parameters});
  }
  if (!IsWellFormed(keyword, value))
    return rules.faults.Has(Fault::kParameterSyntaxUnchecked) ? kFine
                                                              : Error(Reply::kParameterSyntax);
  const Fault ignored = command == ParameterCommand::kMail ? Fault::kMailUnknownParameterAccepted
                                                           : Fault::kRcptUnknownParameterAccepted;
  return rules.faults.Has(ignored) ? kFine : Error(Reply::kParameterUnknown);
}

}  // namespace

std::optional<Reply> ParseParameters(std::string_view text, ParameterCommand command,
                                     const ParameterRules& rules, Parameters& parameters) {
  std::uint32_t seen = 0;
  while (text.ends_with(' '))
    text.remove_suffix(1);  // RFC 5321 section 4.1.1
  while (!text.empty()) {
    if (!text.starts_with(' ')) {
      if (!rules.faults.Has(Fault::kParameterWithoutSpaceAccepted)) return Reply::kPathSyntax;
    } else {
      text.remove_prefix(1);
    }
    const std::string_view written = text.substr(0, text.find(' '));
    text.remove_prefix(written.size());
    if (const Error error = ParseOne(written, command, rules, seen, parameters)) return error;
  }
  if (parameters.hold_for && parameters.deliver_by && *parameters.hold_for > *parameters.deliver_by)
    return Reply::kParameterValue;  // RFC 4865 section 5.2.2
  return std::nullopt;
}

}  // namespace smtpgauge::sink
