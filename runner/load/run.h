// A whole load run: workers on threads, merged into one result.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "runner/load/settings.h"
#include "runner/record/load_result.h"

namespace smtpgauge {

/// The run so far, about ten times a second.
struct LoadStatus {
  Duration elapsed{};  ///< since the run began, warm-up included
  std::uint64_t started = 0, accepted = 0, rejected = 0, failed = 0, missed = 0;
  std::uint64_t open_sessions = 0, established = 0, completed_sessions = 0, failed_sessions = 0;

  /// What the target has answered to the end: messages, whatever with, and whole sessions.
  [[nodiscard]] std::uint64_t answered() const { return accepted + rejected + completed_sessions; }
};

struct LoadEnd {
  LoadResult result;  ///< info is the caller's to fill, but for elapsed
  int signal = 0;     ///< SIGINT or SIGTERM when that ended the run
  /// False: not one message that was due in the measured window, nor, in a scenario of sessions
  /// without mail, one whole session, was answered.
  bool answered = true;
  bool limited = false;  ///< this machine ran out of something that sessions need
};

/// Runs until the settings' end, SIGINT or SIGTERM (which are caught while this runs), or until
/// nobody has answered for a while. Throws std::system_error when threads or descriptors are
/// lacking.
[[nodiscard]] LoadEnd RunLoad(const LoadSettings& settings,
                              const std::function<void(const LoadStatus&)>& on_status);

}  // namespace smtpgauge
