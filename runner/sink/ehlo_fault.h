// What faulty servers do to the list of EHLO keywords.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runner/sink/fault.h"

namespace smtpgauge::sink {

inline constexpr std::uint32_t kMailMax = 1000;  // as LIMITS announces it

/// `lines` starts with the host line; each is without code and line end.
void CorruptEhlo(std::vector<std::string>& lines, bool tls, const FaultSet& faults);

}  // namespace smtpgauge::sink
