// Which recipients exist here, and which are somebody else's.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "runner/sink/address.h"
#include "runner/sink/config.h"
#include "runner/sink/fault.h"

namespace smtpgauge::sink {

enum class Whose : std::uint8_t { kLocal, kUnknownUser, kForeign };

class Mailboxes {
 public:
  /// `faults` must outlive the mailboxes.
  Mailboxes(const Config& config, const FaultSet& faults);

  /// Decides on a parsed forward-path. `own_address` tells whether an address literal is this
  /// host's.
  [[nodiscard]] Whose Find(const Path& path, std::string_view own_address) const;

  /// Whether the domain is served here, in any case.
  [[nodiscard]] bool IsLocalDomain(std::string_view domain) const;

  /// The mailbox that a local address means, sub-address cut off, lower case: safe as a file name.
  [[nodiscard]] std::string Name(const Path& path) const;

  /// Whether a local-part, quotes taken off, is a mailbox here or a sub-address of one.
  [[nodiscard]] bool Exists(std::string_view name) const;

 private:
  std::vector<std::string> domains_;       // lower case
  std::unordered_set<std::string> names_;  // lower case
  Acceptance acceptance_;
  const FaultSet& faults_;
};

}  // namespace smtpgauge::sink
