// A tour through the whole protocol: one connection after another, each a list of reads.
#pragma once

#include <string>
#include <vector>

namespace smtpgauge::sink {

enum class Where { kMx, kTls, kSubmission, kLmtp };

/// One connection of the tour. Each string is one read; lines end in CRLF already.
struct Leg {
  Where where;
  std::vector<std::string> sends;
};

/// EHLO, MAIL and one RCPT.
[[nodiscard]] std::string OpenEnvelope();

[[nodiscard]] std::vector<Leg> Tour();

}  // namespace smtpgauge::sink
