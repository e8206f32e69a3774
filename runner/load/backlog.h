// Arrivals of one worker that are due, and those of them that nobody has taken yet.
//
// An arrival's instant and script are functions of its number, so what waits is kept as numbers: a
// target that stalls for an hour costs no memory.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "runner/load/arrivals.h"
#include "runner/load/weights.h"

namespace smtpgauge {

class Backlog {
 public:
  struct Due {
    Duration time;         ///< since the run began
    std::uint16_t script;  ///< of the mix
  };

  /// Of arrivals first, first + stride, ... below `limit`.
  Backlog(const LoadShape& shape, const WeightedChoice& mix, std::size_t scripts,
          std::uint64_t seed, std::uint64_t first, std::uint64_t stride, std::uint64_t limit);

  /// When the next arrival will be due; nullopt: none will.
  [[nodiscard]] std::optional<Duration> next() const;
  /// Takes the next arrival of all into the backlog of its script.
  Due Offer();

  [[nodiscard]] std::uint64_t waiting(std::uint16_t script) const { return waiting_[script]; }
  [[nodiscard]] bool empty() const;
  /// The oldest arrival that waits for `script`; there is one.
  [[nodiscard]] Duration oldest(std::uint16_t script) const { return *taken_[script].time(); }
  /// Removes it from the backlog.
  void Take(std::uint16_t script);
  /// Removes all but the `count` oldest that wait for `script`, telling when each was due.
  void Keep(std::uint16_t script, std::uint64_t count,
            const std::function<void(Duration)>& dropped);

 private:
  void Seek(std::uint16_t script);

  const WeightedChoice* mix_;
  std::uint64_t limit_;
  Arrivals offered_;
  std::vector<Arrivals> taken_;  ///< by script: at its oldest arrival not taken
  std::vector<std::uint64_t> waiting_;
};

}  // namespace smtpgauge
