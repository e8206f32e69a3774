// The fault table in its parts, by what the faults break.
#pragma once

#include <span>

#include "runner/sink/fault.h"

namespace smtpgauge::sink {

/// Replies, greeting, command lines.
[[nodiscard]] std::span<const FaultRow> SessionFaultRows();
/// MAIL and RCPT.
[[nodiscard]] std::span<const FaultRow> EnvelopeFaultRows();
/// Content, trace fields, end of data, parameters, chunks.
[[nodiscard]] std::span<const FaultRow> ContentFaultRows();
/// TLS, AUTH, relay, LMTP.
[[nodiscard]] std::span<const FaultRow> SecurityFaultRows();
/// What shows late: to other clients, in a second transaction, with the last recipient, in TLS.
[[nodiscard]] std::span<const FaultRow> LateFaultRows();
/// No faults: what a server may do although few do it. No case may fail on them.
[[nodiscard]] std::span<const FaultRow> VariantRows();

}  // namespace smtpgauge::sink
