// A run while it runs. The caller brings the state and the time; nothing here reads a clock.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <variant>

#include "reports/text.h"
#include "runner/record/event.h"

namespace smtpgauge {

struct CheckProgress {
  std::uint32_t done = 0;
  std::array<std::uint32_t, kVerdictCount> counts{};  ///< of cases that ended
  std::uint32_t total = 0;                            ///< cases selected
  std::string current;                                ///< id of one case under way
};

struct LoadProgress {
  std::chrono::nanoseconds length{};   ///< planned; 0 when the end is a number of messages
  std::uint64_t messages_planned = 0;  ///< 0 when the end is a time
  std::uint64_t accepted = 0;
  std::uint64_t rejected = 0;
  std::uint64_t failed = 0;
  std::uint64_t missed = 0;
  double accepted_per_second = 0;  ///< of the latest second
  double p99_micros = 0;           ///< response time of a message in the latest second; 0: unknown
  std::uint64_t open_sessions = 0;
};

using Progress = std::variant<CheckProgress, LoadProgress>;

/// One line without line end, at most style.width columns:
/// "[=====>    ]  53%  1.2 s  44/83  2 fail  5321-4.1.1.1-..." on a terminal.
[[nodiscard]] std::string ProgressBar(const Progress& progress, std::chrono::nanoseconds elapsed,
                                      const TextStyle& style);
/// The same without a bar, for a log: "12 s: 44 of 83 cases, 2 fail".
[[nodiscard]] std::string ProgressSentence(const Progress& progress,
                                           std::chrono::nanoseconds elapsed);

/// Puts progress on a descriptor: a bar that is redrawn in place, or a sentence every few seconds.
class ProgressDisplay {
 public:
  enum class Kind { kBar, kLines };

  /// `fd` is borrowed.
  ProgressDisplay(int fd, Kind kind, TextStyle style) : fd_(fd), kind_(kind), style_(style) {}
  ProgressDisplay(const ProgressDisplay&) = delete;
  ProgressDisplay& operator=(const ProgressDisplay&) = delete;
  ~ProgressDisplay() { Clear(); }

  /// Call it as often as wanted; it draws at most ten bars a second, or a line every five seconds.
  void Update(const Progress& progress, std::chrono::nanoseconds elapsed);
  /// Removes the bar, so that other output starts on an empty line.
  void Clear();

 private:
  void Put(const std::string& text) const;

  int fd_;
  Kind kind_;
  TextStyle style_;
  bool drawn_ = false;
  std::chrono::nanoseconds next_{};
};

}  // namespace smtpgauge
