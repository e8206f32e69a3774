// The end of data as faulty servers see it: every variant of the terminator that a fault accepts.
// Slow, keeps the whole content in memory, and only exists where a fault of the content asks for
// it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "runner/sink/fault.h"

namespace smtpgauge::sink {

/// Whether any of the faults needs this scanner in place of the strict one.
[[nodiscard]] bool NeedsLooseScanner(const FaultSet& faults);

class LooseScanner {
 public:
  /// When some faults show.
  struct Setting {
    bool tls = false;
    bool later = false;  ///< not the first message of its session
  };

  /// `faults` must outlive the scanner. Content beyond `limit` octets is dropped.
  LooseScanner(const FaultSet& faults, std::uint64_t limit, Setting setting)
      : faults_(faults), limit_(limit), setting_(setting) {}

  /// Takes octets up to what this server takes for the end of data; `segment_start` faults look at
  /// how the octets were cut by the reads.
  std::size_t Feed(std::string_view input);

  [[nodiscard]] bool ended() const { return ended_; }

  /// The content as this server stores it: terminator gone, dots unstuffed, or not quite.
  [[nodiscard]] std::string TakeContent();

 private:
  [[nodiscard]] bool EndsHere(char next);
  [[nodiscard]] bool MissesEnd() const;
  [[nodiscard]] bool LosesCr(bool last) const;
  [[nodiscard]] bool LosesDot();

  const FaultSet& faults_;
  std::uint64_t limit_;
  Setting setting_;
  std::uint64_t seen_ = 0;
  std::size_t since_read_ = 0;
  std::string raw_ = "\r\n";  // what stands before the first line, so that it needs no exception
  std::size_t cut_ = 0;       // how much of the end of raw_ belongs to the terminator
  std::size_t kept_dot_ = 0;  // where in raw_; 0: none
  bool ended_ = false;
  bool bare_cr_ = false;
  bool skips_lf_ = false;  // the LF to a CR that was taken for CRLF already
};

}  // namespace smtpgauge::sink
