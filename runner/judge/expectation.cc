#include "runner/judge/expectation.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

namespace smtpgauge {
namespace {

int Severity(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass:
      return 0;
    case Verdict::kWarn:
      return 1;
    case Verdict::kBlocked:
      return 2;
    case Verdict::kNotApplicable:
      return 3;
    case Verdict::kSkipped:
      return 4;
    case Verdict::kError:
      return 5;
    case Verdict::kFail:
      return 6;
  }
  return 6;
}

std::string_view FirstWord(std::string_view text) {
  return text.substr(0, text.find(' '));
}

bool IsLetDigHyphen(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

/// RFC 5321 section 4.1.2 Domain or 4.1.3 address-literal, as far as a reader can tell.
bool NamesHost(std::string_view word) {
  if (word.size() > 2 && word.front() == '[' && word.back() == ']') return true;
  if (word.empty() || word.size() > 255) return false;
  bool label_open = false;
  for (const char c : word) {
    if (c == '.') {
      if (!label_open) return false;
      label_open = false;
    } else if (IsLetDigHyphen(c)) {
      label_open = true;
    } else {
      return false;
    }
  }
  return label_open && word.front() != '-' && word.back() != '-';
}

std::string EnhancedText(const smtp::Reply& reply) {
  const auto code = smtp::EnhancedCodeOf(reply);
  if (!code.present()) return {};
  return fmt::format("{}.{}.{}", code.status_class, code.subject, code.detail);
}

bool EachLineMatches(const Predicate& predicate, const smtp::Reply& reply) {
  for (std::uint32_t line = predicate.from; line < reply.lines; ++line) {
    if (!predicate.pattern->Matches(smtp::ReplyLine(reply, line))) return false;
  }
  return true;
}

bool KeywordHolds(const Predicate& predicate, const ReplyContext& context) {
  if (context.extensions == nullptr) return false;
  const auto parameters = context.extensions->Parameters(predicate.name);
  if (!parameters) return false;
  return !predicate.pattern || predicate.pattern->Matches(*parameters);
}

bool Contains(const Predicate& predicate, const smtp::Reply& reply, const ReplyContext& context) {
  static const Slots kNone(kFirstFreeSlot);
  std::string value;
  Render(predicate.value, context.slots != nullptr ? *context.slots : kNone, 0, value);
  return smtp::ReplyText(reply).find(value) != std::string::npos;
}

}  // namespace

Verdict Worse(Verdict a, Verdict b) {
  return Severity(a) >= Severity(b) ? a : b;
}

bool Holds(const Predicate& predicate, const smtp::Reply& reply, const ReplyContext& context) {
  switch (predicate.kind) {
    case Predicate::Kind::kText:
      return predicate.pattern->Matches(smtp::ReplyText(reply));
    case Predicate::Kind::kNotText:
      return !predicate.pattern->Matches(smtp::ReplyText(reply));
    case Predicate::Kind::kEachLine:
      return EachLineMatches(predicate, reply);
    case Predicate::Kind::kOctets:
      return predicate.pattern->Matches(reply.raw);
    case Predicate::Kind::kContains:
      return Contains(predicate, reply, context);
    case Predicate::Kind::kNotContains:
      return !Contains(predicate, reply, context);
    case Predicate::Kind::kEnhanced:
      return predicate.pattern->Matches(EnhancedText(reply));
    case Predicate::Kind::kLines:
      return reply.lines >= predicate.least && reply.lines <= predicate.most;
    case Predicate::Kind::kKeyword:
      return KeywordHolds(predicate, context);
    case Predicate::Kind::kNoKeyword:
      return context.extensions == nullptr || !context.extensions->Has(predicate.name);
    case Predicate::Kind::kWithin:
      return context.took <= predicate.time;
    case Predicate::Kind::kWellFormed:
      return reply.faults.empty();
    case Predicate::Kind::kFirstWordNamesHost:
      return NamesHost(FirstWord(smtp::ReplyLine(reply, 0)));
  }
  return false;
}

Judgement Judge(const Expectation& expectation, const smtp::Reply& reply,
                const ReplyContext& context) {
  Judgement judgement{JudgeCode(expectation, reply.code), {}};
  if (judgement.verdict != Verdict::kPass && judgement.verdict != Verdict::kWarn) return judgement;
  for (const Predicate& predicate : expectation.also) {
    if (Worse(predicate.otherwise, judgement.verdict) == judgement.verdict) continue;
    if (Holds(predicate, reply, context)) continue;
    judgement.verdict = predicate.otherwise;
    judgement.note = predicate.note;
  }
  return judgement;
}

}  // namespace smtpgauge
