#pragma once

namespace smtpgauge {

inline constexpr const char* kVersion = SMTPGAUGE_VERSION;  ///< the project's, from CMake

}  // namespace smtpgauge
