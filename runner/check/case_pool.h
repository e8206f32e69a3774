// Runs cases on one event loop, so many at a time, and no faster than asked.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runner/check/check_seat.h"

namespace smtpgauge {

struct PoolLimits {
  std::size_t jobs = 1;
  Duration spacing{};  ///< least time between two beginnings (--gentle)
};

class CasePool final : private IoHandler {
 public:
  /// Called for each finished case, in the order of finishing; false ends the run early.
  using ResultFunction = std::function<bool(std::uint16_t script, CaseResult result)>;

  CasePool(CheckContext& context, const PoolLimits& limits, std::string token_prefix);
  ~CasePool() override;

  /// Runs all of `scripts`; returns when they are over, or were stopped. A case that the service
  /// cut off with 421, or before any greeting, is run again behind the others, alone; one that was
  /// blocked by a 4yz to its sender or recipient (greylisting) once more after a while.
  void Run(const std::vector<std::uint16_t>& scripts, Knowledge* learn,
           const ResultFunction& on_result);
  /// From a signal: what runs is aborted, what waits stays out. Run() returns soon.
  void Stop(std::string_view why);
  [[nodiscard]] bool stopped() const { return stopped_; }

 private:
  enum class Turn : std::uint8_t { kFirst, kAlone, kDeferred };
  struct Waiting {
    std::uint16_t script;
    Turn turn = Turn::kFirst;
    int tries = 0;         ///< made so far
    CaseResult earlier{};  ///< kDeferred: what stands if no further try is worth it
  };

  void OnReady(std::uint32_t) override {}
  void OnTimer(TimePoint now) override;
  void Fill();
  [[nodiscard]] bool MayBeginNext(TimePoint now);
  void BeginNext();
  void OnDone(CheckSeat& seat, Waiting which, CaseResult result);
  void HandIn(std::uint16_t script, CaseResult result);

  CheckContext& context_;
  PoolLimits limits_;
  std::string token_prefix_;
  std::deque<Waiting> waiting_;
  std::map<CheckSeat*, std::unique_ptr<CheckSeat>> running_;
  Knowledge* learn_ = nullptr;
  const ResultFunction* on_result_ = nullptr;
  TimePoint next_start_{};
  std::uint64_t tokens_ = 0;
  TimePoint deferred_until_{};     ///< no deferred case begins before; unset until the first is due
  std::size_t tries_in_vain_ = 0;  ///< deferred cases in a row that were blocked again
  bool stopped_ = false;
  bool filling_ = false;
  bool looping_ = false;
};

}  // namespace smtpgauge
