// What a load run is told, settled before anything runs; shared by all workers, immutable.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runner/drive/seat.h"
#include "runner/load/arrivals.h"
#include "runner/load/content.h"
#include "runner/load/distribution.h"
#include "runner/net/tls_context.h"
#include "runner/record/threshold.h"
#include "runner/session/host.h"
#include "scenarios/plan.h"

namespace smtpgauge {

struct LoadSettings {
  const Plan* plan = nullptr;  ///< load scripts only
  Destination destination;
  SessionOptions session;
  TlsContext::Options tls;

  std::vector<std::string> recipients;  ///< at least one
  std::vector<std::string> senders;     ///< at least one
  const ContentStore* contents = nullptr;
  std::uint32_t recipients_per_message = 1;
  std::uint32_t messages_per_connection = 1;  ///< 0: never close
  Distribution think;                         ///< closed loop: pause before each message

  std::optional<LoadShape> shape;    ///< open loop; without it `sessions` at once
  std::size_t sessions = 1;          ///< closed loop
  Duration ramp{};                   ///< closed loop: sessions start evenly over this time
  std::size_t max_in_flight = 1000;  ///< open loop: sessions at once

  Duration warmup{};                 ///< before the measured window
  std::optional<Duration> duration;  ///< of the measured window
  std::optional<std::uint64_t> messages;
  Duration graceful_stop = std::chrono::seconds(30);  ///< for what is under way at the end

  /// Judged over the whole run; those of `aborting` also every second, and the first that is missed
  /// ends the run.
  std::vector<Threshold> thresholds;
  std::vector<Threshold> aborting;

  std::size_t workers = 1;
  std::uint64_t seed = 1;
  std::string run_id;  ///< begins every message's token
};

}  // namespace smtpgauge
