// What servers were seen to do to the content of a message between the end of data and the mailbox.
#pragma once

#include <string>

#include "runner/sink/fault.h"

namespace smtpgauge::sink {

/// The content as a server with these faults stores it; unchanged without any.
[[nodiscard]] std::string CorruptContent(std::string content, const FaultSet& faults);

}  // namespace smtpgauge::sink
