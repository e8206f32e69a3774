// A delivered message against what the scenario expects of it. Pure: octets in, verdict out.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runner/judge/expectation.h"

namespace smtpgauge {

struct HeaderField {
  std::string name;   ///< as stored
  std::string value;  ///< unfolded (RFC 5322 section 2.2.3), leading white space removed
};

/// A stored message cut at its first empty line. Line ends are CRLF whatever the store wrote.
struct DeliveredMessage {
  std::vector<HeaderField> header;
  std::string body;
  std::string octets;
};

/// Folds LF line ends to CRLF when the store holds no CRLF at all (Maildir), then cuts.
[[nodiscard]] DeliveredMessage ParseDelivered(std::string_view stored);

/// Judges every part on every message; the worst verdict wins.
[[nodiscard]] Judgement JudgeDelivered(const Delivered& expected,
                                       std::span<const DeliveredMessage> messages,
                                       const Slots& slots);

}  // namespace smtpgauge
