// Golden files: tests/golden/<name>, compared octet for octet. After a wanted change run the test
// binary with SMTPGAUGE_WRITE_GOLDEN=1 in its environment and read the difference before
// committing.
#pragma once

#include <string_view>

namespace smtpgauge {

/// Fails the running test at the first line that differs.
void ExpectGolden(std::string_view name, std::string_view actual);

}  // namespace smtpgauge
