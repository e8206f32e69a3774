// Who ran what against whom, and when. Wall time is read once, in main.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace smtpgauge {

struct RunInfo {
  std::string command;  ///< "check" or "load"
  std::string tool_version;
  std::string catalogue_hash;          ///< SHA-256 over the scenario files used, hex
  std::string target;                  ///< as the user wrote it
  std::vector<std::string> addresses;  ///< what it resolved to, "192.0.2.1:25"
  std::string profile;                 ///< mx, submission, relay, lmtp, sink
  std::string tls;                     ///< off, starttls, implicit, auto
  std::uint64_t seed = 0;
  std::chrono::system_clock::time_point started{};
  std::chrono::nanoseconds elapsed{};
};

}  // namespace smtpgauge
