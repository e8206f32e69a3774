#include "runner/sink/loose_scanner.h"

#include <array>
#include <utility>

namespace smtpgauge::sink {
namespace {

using namespace std::literals;

struct Terminator {
  Fault fault;
  std::string_view octets;
  std::size_t kept;  // leading octets that stay in the content
};

constexpr std::array kTerminators = {
    Terminator{Fault::kEodLfLf, "\n.\n"sv, 1},
    Terminator{Fault::kEodLfCrlf, "\n.\r\n"sv, 1},
    Terminator{Fault::kEodCrlfLf, "\r\n.\n"sv, 2},
    Terminator{Fault::kEodCrCr, "\r.\r"sv, 1},
    Terminator{Fault::kEodCrCrlf, "\r.\r\n"sv, 1},
    Terminator{Fault::kEodCrLf, "\r.\n"sv, 1},
    Terminator{Fault::kEodLfCr, "\n.\r"sv, 1},
    Terminator{Fault::kEodNulBefore, "\r\n\0.\r\n"sv, 2},
    Terminator{Fault::kEodNulAfter, "\r\n.\0\r\n"sv, 2},
    Terminator{Fault::kEodSpaceAfter, "\r\n. \r\n"sv, 2},
    Terminator{Fault::kEodSpaceBefore, "\r\n .\r\n"sv, 2},
    Terminator{Fault::kEodTabAfter, "\r\n.\t\r\n"sv, 2},
    Terminator{Fault::kEodCrCrLfAfter, "\r\n.\r\r\n"sv, 2},
    Terminator{Fault::kEodLfCrPair, "\n\r.\n\r"sv, 1},
    Terminator{Fault::kEodVerticalTab, "\v.\v"sv, 1},
    Terminator{Fault::kEodFormFeed, "\f.\f"sv, 1},
    Terminator{Fault::kEodNextLine, "\xc2\x85.\xc2\x85"sv, 2},
    Terminator{Fault::kEodLineSeparator, "\xe2\x80\xa8.\xe2\x80\xa8"sv, 3},
    Terminator{Fault::kEodRecordSeparator, "\x1e.\x1e"sv, 1},
    Terminator{Fault::kEodGroupSeparator, "\x1d.\x1d"sv, 1},
    Terminator{Fault::kEodFileSeparator, "\x1c.\x1c"sv, 1},
    Terminator{Fault::kEodDotDot, "\r\n..\r\n"sv, 2},
};

constexpr std::string_view kEnd = "\r\n.\r\n";

}  // namespace

bool NeedsLooseScanner(const FaultSet& faults) {
  for (const Terminator& terminator : kTerminators)
    if (faults.Has(terminator.fault)) return true;
  for (Fault fault : {Fault::kEodCrlfCr, Fault::kLoneDotLineEnds, Fault::kEodOnlyInOneRead,
                      Fault::kEodLostAtBlockEdge, Fault::kEodFirstLineMissed, Fault::kDotNotRemoved,
                      Fault::kCrLostAtEdgeOfRead, Fault::kFirstDotKept, Fault::kDotAtBlockEdgeKept,
                      Fault::kSecondDotRemoved, Fault::kDotsOfSecondKept, Fault::kCrLostAtBlockEdge,
                      Fault::kEodCrAtEdgeOfRead, Fault::kEodMissedAfterBareCr,
                      Fault::kEodInOneReadInTls, Fault::kDotAtReadRemoved, Fault::kDotAtReadKept})
    if (faults.Has(fault)) return true;
  return false;
}

// Whether raw_ now ends the data; `next` is the octet behind it, for a terminator that is only one
// when something else follows.
bool LooseScanner::EndsHere(char next) {
  if (faults_.Has(Fault::kEodCrlfCr) && raw_.ends_with("\r\n.\r") && next != '\n') {
    cut_ = 2;
    return true;
  }
  return false;
}

// Whether CRLF.CRLF, which has just come, is not seen.
bool LooseScanner::MissesEnd() const {
  const bool in_one_read = faults_.Has(Fault::kEodOnlyInOneRead) ||
                           (setting_.tls && faults_.Has(Fault::kEodInOneReadInTls));
  if (in_one_read && since_read_ < 5 && seen_ > 3) return true;
  if (faults_.Has(Fault::kEodLostAtBlockEdge) && seen_ % 1024 < 4 && seen_ > 4) return true;
  if (faults_.Has(Fault::kEodMissedAfterBareCr) && bare_cr_) return true;
  return faults_.Has(Fault::kEodFirstLineMissed) && seen_ == 3;
}

bool LooseScanner::LosesCr(bool last) const {
  return (last && faults_.Has(Fault::kCrLostAtEdgeOfRead)) ||
         (seen_ % 1024 == 1022 && faults_.Has(Fault::kCrLostAtBlockEdge));
}

// Whether a read that begins with a dot loses it; otherwise notes a dot that is not to be removed.
bool LooseScanner::LosesDot() {
  if (raw_.ends_with("\r\n")) {
    if (faults_.Has(Fault::kDotAtReadKept)) kept_dot_ = raw_.size();
    return false;
  }
  return faults_.Has(Fault::kDotAtReadRemoved);
}

std::size_t LooseScanner::Feed(std::string_view input) {
  since_read_ = 0;
  for (std::size_t i = 0; i < input.size(); ++i) {
    if (std::exchange(skips_lf_, false) && input[i] == '\n') continue;
    if (EndsHere(input[i])) {
      ended_ = true;
      return i;
    }
    if (i == 0 && input[i] == '.' && LosesDot()) continue;
    const bool last = i + 1 == input.size();
    if (input[i] == '\r' && LosesCr(last)) {
      ++seen_;
      continue;
    }
    bare_cr_ = bare_cr_ || (raw_.ends_with('\r') && input[i] != '\n');
    if (raw_.size() < limit_ + 4096 || input[i] == '\r' || input[i] == '\n' || input[i] == '.')
      raw_ += input[i];
    ++seen_;
    ++since_read_;
    for (const Terminator& terminator : kTerminators) {
      if (!faults_.Has(terminator.fault) || !raw_.ends_with(terminator.octets)) continue;
      cut_ = terminator.octets.size() - terminator.kept;
      ended_ = true;
      return i + 1;
    }
    if (faults_.Has(Fault::kLoneDotLineEnds) && raw_.ends_with("\r\n.x")) {
      cut_ = 2;
      ended_ = true;
      return i + 1;
    }
    if (last && input[i] == '\r' && faults_.Has(Fault::kEodCrAtEdgeOfRead) &&
        !raw_.ends_with("\r\n.\r")) {
      raw_ += '\n';
      skips_lf_ = true;
    }
    if (!raw_.ends_with(kEnd) || MissesEnd()) continue;
    cut_ = 3;
    ended_ = true;
    return i + 1;
  }
  return input.size();
}

std::string LooseScanner::TakeContent() {
  raw_.resize(raw_.size() - cut_);
  std::string content;
  const bool keep = faults_.Has(Fault::kDotNotRemoved) ||
                    (setting_.later && faults_.Has(Fault::kDotsOfSecondKept));
  for (std::size_t i = 2; i < raw_.size(); ++i) {
    const bool line_start = raw_[i - 1] == '\n' && raw_[i - 2] == '\r';
    const bool first = i == 2 && faults_.Has(Fault::kFirstDotKept);
    if (line_start && raw_[i] == '.' && !keep && !first && i != kept_dot_) {
      const bool edge = i % 4096 < 2;
      if (faults_.Has(Fault::kDotAtBlockEdgeKept) && edge) {
        content += '.';
        continue;
      }
      if (faults_.Has(Fault::kSecondDotRemoved) && raw_.compare(i, 2, "..") == 0) ++i;
      continue;
    }
    content += raw_[i];
  }
  return content;
}

}  // namespace smtpgauge::sink
