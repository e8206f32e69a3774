#include "runner/sink/fault_rows.h"

namespace smtpgauge::sink {
namespace {

using Level = FaultLevel;

// clang-format off
constexpr FaultRow kVariantsRows[] = {
    {"variant-multiline-replies", "variant", Level::kNone,
     "sends every reply in several lines", Fault::kVariantMultiline},
    {"variant-long-texts", "variant", Level::kNone,
     "fills every reply to 512 octets", Fault::kVariantLongTexts},
    {"variant-other-codes", "variant", Level::kNone,
     "uses other codes that the RFCs allow", Fault::kReplyText},
    {"variant-octet-by-octet", "variant", Level::kNone,
     "sends every octet in a segment of its own", Fault::kVariantOctetByOctet},
    {"variant-greeting-lines", "variant", Level::kNone,
     "greets in several lines", Fault::kReplyText},
    {"variant-keyword-case", "variant", Level::kNone,
     "writes EHLO keywords in mixed case", Fault::kVariantKeywordCase},
    {"variant-unknown-keywords", "variant", Level::kNone,
     "lists keywords that nobody knows", Fault::kVariantUnknownKeywords},
    {"variant-small-limits", "variant", Level::kNone,
     "has the smallest limits that are allowed", Fault::kVariantSmallLimits},
    {"variant-few-errors", "variant", Level::kNone,
     "says 421 after three errors", Fault::kVariantFewErrors},
    {"variant-greylists", "variant", Level::kNone,
     "greylists every recipient", Fault::kReplyText},
    {"variant-refuses-content", "variant", Level::kNone,
     "takes every message for spam", Fault::kReplyText},
    {"variant-refuses-senders", "variant", Level::kNone,
     "refuses every sender for policy", Fault::kReplyText},
    {"variant-wants-tls", "variant", Level::kNone,
     "answers MAIL in clear with 530", Fault::kVariantWantsTls},
    {"variant-leaves-after-message", "variant", Level::kNone,
     "says 421 right behind the 250 of every message", Fault::kVariantLeavesAfterMessage},
};
// clang-format on

}  // namespace

std::span<const FaultRow> VariantRows() {
  return kVariantsRows;
}

}  // namespace smtpgauge::sink
