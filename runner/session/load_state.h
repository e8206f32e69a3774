// The part of a session that only load needs.
#pragma once

#include <vector>

#include "runner/session/session.h"

namespace smtpgauge {

struct Session::LoadState {
  TimePoint scheduled{};  ///< of the session
  TimePoint started{};
  Duration session_lateness{};
  MessageJob job;                    ///< the message whose commands are being queued
  std::vector<MessageState> window;  ///< messages first..message_
  std::uint32_t first = 1;           ///< number of window.front()
  bool needs_reset = false;  ///< an envelope was refused half-way: RSET before the next MAIL
  bool closing = false;      ///< in the close section
};

inline Session::MessageState& Session::MessageOf(std::uint32_t number) {
  return load_->window[number - load_->first];
}

inline Session::MessageState* Session::InFlight(std::uint32_t number) {
  const std::uint32_t at = number - load_->first;  // wraps round when it is over
  return at < load_->window.size() ? &load_->window[at] : nullptr;
}

}  // namespace smtpgauge
