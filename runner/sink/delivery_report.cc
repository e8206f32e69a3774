#include "runner/sink/delivery_report.h"

#include <algorithm>

#include <fmt/format.h>

#include "runner/sink/date_time.h"

namespace smtpgauge::sink {

bool WantsReport(const Envelope& envelope) {
  return !envelope.sender.empty() &&
         std::any_of(envelope.recipients.begin(), envelope.recipients.end(),
                     [](const Recipient& recipient) { return recipient.notify_success; });
}

std::string DeliveryReport(const Envelope& envelope, const Trace& trace, std::string_view header) {
  const std::string boundary = fmt::format("report-{:x}-{:x}", trace.time, trace.serial);
  const std::string date = HeaderDate(trace.time);
  std::string report = fmt::format(
      "From: Mail delivery <postmaster@{0}>\r\nTo: <{1}>\r\nDate: {2}\r\n"
      "Message-ID: <{3}@{0}>\r\nSubject: Your message was delivered\r\nAuto-Submitted: "
      "auto-replied\r\n"
      "MIME-Version: 1.0\r\n"
      "Content-Type: multipart/report; report-type=delivery-status; boundary=\"{3}\"\r\n\r\n"
      "--{3}\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"
      "Your message was delivered.\r\n\r\n--{3}\r\nContent-Type: message/delivery-status\r\n\r\n",
      trace.hostname, envelope.sender, date, boundary);
  if (!envelope.envelope_id.empty())
    report += fmt::format("Original-Envelope-Id: {}\r\n", envelope.envelope_id);
  report += fmt::format("Reporting-MTA: dns; {}\r\n", trace.hostname);
  for (const Recipient& recipient : envelope.recipients) {
    if (!recipient.notify_success) continue;
    report += "\r\n";
    if (!recipient.original.empty())
      report += fmt::format("Original-Recipient: {}\r\n", recipient.original);
    report += fmt::format("Final-Recipient: rfc822; {}\r\nAction: delivered\r\nStatus: 2.1.5\r\n",
                          recipient.address);
  }
  return report +
         fmt::format("\r\n--{0}\r\nContent-Type: text/rfc822-headers\r\n\r\n{1}\r\n--{0}--\r\n",
                     boundary, header);
}

}  // namespace smtpgauge::sink
