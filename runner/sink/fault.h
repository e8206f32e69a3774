// The faults that the sink can be given: one row each, so that the conformance suite can be shown
// to catch what it claims to catch. A row either replaces reply texts (pure data) or names a
// behaviour that is asked for where it matters.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runner/sink/fault_behaviour.h"
#include "runner/sink/reply_id.h"

namespace smtpgauge::sink {

enum class FaultLevel : std::uint8_t { kMust, kShould, kSecurity, kNone };

struct FaultRow {
  std::string_view id;           ///< stable slug, as --fault takes it
  std::string_view group;        ///< which part of the protocol it breaks
  FaultLevel level;              ///< of the requirement that it breaks; kNone: it breaks none
  std::string_view description;  ///< what the faulty server does
  Fault behaviour;               ///< kReplyText: the rows of ReplyFaults() are all there is to it
};

/// Exact octets in place of one reply; "%h" stands for the server's name.
struct ReplyFault {
  std::string_view fault;
  Reply reply;
  std::string_view octets;
};

/// All faults, grouped.
[[nodiscard]] std::span<const FaultRow> FaultRows();

/// The reply texts of the faults that are data.
[[nodiscard]] std::span<const ReplyFault> ReplyFaults();

[[nodiscard]] std::string_view FaultLevelName(FaultLevel level);

/// One line for each fault: id, level, group, description, separated by tabs.
[[nodiscard]] std::string FaultList();

/// The faults that one server has. Immutable after construction.
class FaultSet {
 public:
  FaultSet() = default;

  /// Throws std::invalid_argument, naming the nearest id, when an id is not in the table.
  explicit FaultSet(const std::vector<std::string>& ids);

  [[nodiscard]] bool Has(Fault fault) const { return behaviours_[static_cast<std::size_t>(fault)]; }
  [[nodiscard]] bool empty() const { return behaviours_.none(); }
  [[nodiscard]] const std::vector<const ReplyFault*>& replies() const { return replies_; }

 private:
  std::bitset<kFaultCount> behaviours_;
  std::vector<const ReplyFault*> replies_;
};

}  // namespace smtpgauge::sink
