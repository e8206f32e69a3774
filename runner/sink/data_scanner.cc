#include "runner/sink/data_scanner.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "runner/sink/ascii.h"

namespace smtpgauge::sink {
namespace {

constexpr unsigned char kFirstText = 0x0e;  // NUL, LF and CR lie below

// The first octet in [at, end) that is below kFirstText, or `end`. Eight octets at a time: a borrow
// spoils only octets behind one that is such itself, so the lowest one found is exact.
const char* SkipText(const char* at, const char* end) {
  if constexpr (std::endian::native == std::endian::little) {
    constexpr std::uint64_t kOnes = 0x0101010101010101;
    std::uint64_t word = 0;
    for (; end - at >= static_cast<std::ptrdiff_t>(sizeof word); at += sizeof word) {
      std::memcpy(&word, at, sizeof word);
      const std::uint64_t below = (word - kFirstText * kOnes) & ~word & (0x80 * kOnes);
      if (below != 0) return at + (std::countr_zero(below) >> 3);
    }
  }
  while (at != end && static_cast<unsigned char>(*at) >= kFirstText)
    ++at;
  return at;
}

// The first LF in [at, end), or `end`. Notes NUL, and CR before anything but LF: what stands behind
// a CR at the end is not known yet.
const char* FindLineFeed(const char* at, const char* end, bool& bare_line_end) {
  for (; (at = SkipText(at, end)) != end && *at != '\n'; ++at) {
    if (*at == '\0') bare_line_end = true;
    if (*at != '\r' || at + 1 == end) continue;
    if (at[1] == '\n') return at + 1;
    bare_line_end = true;
  }
  return at;
}

}  // namespace

// The first octets of a header line, which may arrive in several pieces.
void DataScanner::NoteHead(std::string_view input) {
  const std::size_t n = std::min(kHead - head_length_, input.size());
  std::memcpy(head_.data() + head_length_, input.data(), n);
  head_length_ = static_cast<std::uint8_t>(head_length_ + n);
}

// `length` counts the octets of the line without CRLF.
void DataScanner::EndLine(std::size_t length) {
  if (length > kMaxTextLine) findings_.long_line = true;
  if (in_header_) {
    if (length == 0) in_header_ = false;
    if (head_length_ == kHead && EqualsIgnoreCase({head_.data(), kHead}, "Received:"))
      ++findings_.received_fields;
    head_length_ = 0;
  }
  line_ = 0;
  state_ = State::kLineStart;
}

// Runs over whole lines as long as none starts with a dot; returns what is plain content.
std::size_t DataScanner::ScanText(std::string_view input) {
  const char* const begin = input.data();
  const char* const end = begin + input.size();
  const char* p = begin;
  if (state_ == State::kTextCr) {
    if (*p == '\n') {
      EndLine(line_);
      ++p;
    } else {
      findings_.bare_line_end = true;
      ++line_;
      state_ = State::kText;
    }
  }
  while (p < end) {
    if (state_ == State::kLineStart) {
      if (*p == '.') break;
      state_ = State::kText;
    }
    const char* const lf = FindLineFeed(p, end, findings_.bare_line_end);
    const auto length = static_cast<std::size_t>(lf - p);
    if (in_header_) NoteHead({p, length});
    if (lf == end) {
      const bool open_cr = length > 0 && end[-1] == '\r';
      const std::uint64_t line = line_ + length - (open_cr ? 1 : 0);
      line_ = static_cast<std::uint32_t>(
          std::min<std::uint64_t>(line, std::numeric_limits<std::uint32_t>::max() / 2));
      state_ = open_cr ? State::kTextCr : State::kText;
      return input.size();
    }
    p = lf + 1;
    if (length > 0 && lf[-1] == '\r') {
      EndLine(line_ + length - 1);
    } else {
      findings_.bare_line_end = true;  // the line goes on behind a bare LF
      line_ += static_cast<std::uint32_t>(length) + 1;
    }
  }
  return static_cast<std::size_t>(p - begin);
}

DataScanner::Piece DataScanner::NextAfterDot(std::string_view input) {
  const char c = input.front();
  if (state_ == State::kDot) {
    if (c == '\r') {
      state_ = State::kDotCr;
      return {1, {}};
    }
    state_ = State::kText;  // the stuffing dot is gone (section 4.5.2)
    return {0, {}};
  }
  if (c == '\n') {
    ended_ = true;
    return {1, {}};
  }
  findings_.bare_line_end = true;
  findings_.octets += 1;
  line_ = 1;
  state_ = State::kText;
  return {0, "\r"};
}

DataScanner::Piece DataScanner::Next(std::string_view input) {
  if (state_ == State::kDot || state_ == State::kDotCr) return NextAfterDot(input);
  if (state_ == State::kLineStart && input.front() == '.') {
    state_ = State::kDot;
    return {1, {}};
  }
  const std::size_t length = ScanText(input);
  findings_.octets += length;
  return {length, input.substr(0, length)};
}

void DataScanner::FeedChunk(std::string_view input) {
  while (!input.empty()) {
    if (state_ == State::kLineStart && input.front() == '.') state_ = State::kText;
    const std::size_t length = ScanText(input);
    findings_.octets += length;
    input.remove_prefix(length);
  }
}

}  // namespace smtpgauge::sink
