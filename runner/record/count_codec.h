// Histogram counts as HdrHistogram's V2 encoding writes them: ZigZag LEB128 of at most 9 octets,
// runs of empty slots as one negative number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace smtpgauge {

/// Appends `counts` from index 0; leave trailing zeros out of the span.
void AppendCounts(std::span<const std::uint64_t> counts, std::string& out);

/// Walks encoded counts. Hostile octets end the walk, they never read past the end.
class CountReader {
 public:
  struct Slot {
    std::size_t index = 0;
    std::uint64_t count = 0;
  };

  /// `slot_limit`: an index at or above it is an error.
  CountReader(std::string_view encoded, std::size_t slot_limit)
      : rest_(encoded), slot_limit_(slot_limit) {}

  /// The next slot that is not empty; nullopt at the end or at the first error.
  std::optional<Slot> Next();
  [[nodiscard]] bool is_broken() const { return is_broken_; }

 private:
  std::optional<Slot> Break();

  std::string_view rest_;
  std::size_t slot_limit_;
  std::size_t index_ = 0;
  bool is_broken_ = false;
};

}  // namespace smtpgauge
