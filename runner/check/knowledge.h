// What the first, sane conversations taught about the target.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "runner/record/check_result.h"
#include "runner/session/host.h"
#include "runner/smtp/extension.h"

namespace smtpgauge {

struct Knowledge {
  std::string greeting;                       ///< text of the greeting
  std::optional<smtp::ExtensionSet> clear;    ///< EHLO before TLS
  std::optional<smtp::ExtensionSet> tls;      ///< EHLO after TLS
  std::optional<smtp::ExtensionSet> session;  ///< the last EHLO of an ordinary session
  std::string tls_facts;
  int noop_code = 0;  ///< 0: no reply was seen
  int quit_code = 0;
  std::array<int, kPhaseCount> refusals{};  ///< 4yz or 5yz of the plain transaction, by Phase
  std::string recipient_reply;              ///< what RCPT of the first recipient got
  std::string message_reply;                ///< what a plain message got
  std::string refusal;  ///< the reply that ended the plain transaction: "RCPT: 450 Later"
  bool takes_mail = false;

  /// Keeps what a reply of a sane conversation shows.
  void Learn(const ObservedReply& observed);
  /// For the head of a report.
  [[nodiscard]] std::vector<TargetFact> Facts() const;
};

/// Why a case does not apply to this target; empty when it does. Only EHLO evidence and the profile
/// count; without the evidence (the conversation failed) everything applies.
[[nodiscard]] std::string WhyNotApplicable(const Condition& condition, const Knowledge& knowledge);

}  // namespace smtpgauge
