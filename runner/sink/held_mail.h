// Accepted messages that wait for their time (RFC 4865): what HOLDFOR and HOLDUNTIL defer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runner/sink/maildir.h"

namespace smtpgauge::sink {

struct HeldMessage {
  std::int64_t due = 0;  ///< steady nanoseconds
  std::uint64_t octets = 0;
  Envelope envelope;
  std::unique_ptr<Spool> spool;
  Trace trace;             ///< of its arrival; its hello_name is below
  std::string hello_name;  ///< outlives the session
};

/// In memory only: what is still held when the server ends is gone.
class HeldMail {
 public:
  /// Whether a message of so many octets may be added; a server with too much on hold refuses.
  [[nodiscard]] bool HasRoom(std::uint64_t octets) const;

  void Add(HeldMessage message);

  /// Steady nanoseconds of the first to be due; nothing when none is held.
  [[nodiscard]] std::optional<std::int64_t> NextDue() const;

  /// Takes out a message whose time has come.
  [[nodiscard]] std::optional<HeldMessage> TakeDue(std::int64_t now);

 private:
  std::vector<HeldMessage> heap_;  // the first to be due in front
  std::uint64_t octets_ = 0;
};

}  // namespace smtpgauge::sink
