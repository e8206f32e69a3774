// The report of a successful delivery that a sender may ask for (RFC 3461 section 5.2.3), in the
// format of RFC 3464 and RFC 6522.
#pragma once

#include <string>
#include <string_view>

#include "runner/sink/maildir.h"

namespace smtpgauge::sink {

/// Whether anybody asked for a report, and somebody is there to get it.
[[nodiscard]] bool WantsReport(const Envelope& envelope);

/// The report, header and body, about the recipients that asked for it. `header` is the header
/// section of the delivered message.
[[nodiscard]] std::string DeliveryReport(const Envelope& envelope, const Trace& trace,
                                         std::string_view header);

}  // namespace smtpgauge::sink
