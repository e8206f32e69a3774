// The part of a session that a running AUTH exchange needs.
#pragma once

#include <memory>
#include <string>

#include "runner/session/sasl.h"
#include "runner/session/session.h"

namespace smtpgauge {

struct Session::AuthState {
  const Authenticate* step = nullptr;
  const Op* op = nullptr;
  std::unique_ptr<SaslClient> client;
  std::string mechanism;
  Secrets secrets;                 ///< what a repeating reply must not show
  std::string challenges;          ///< "1:...\n2:...": decoded, for predicates
  std::uint8_t messages = 0;       ///< client messages sent
  std::uint8_t continuations = 0;  ///< 334 replies seen
};

}  // namespace smtpgauge
