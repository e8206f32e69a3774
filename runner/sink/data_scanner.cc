#include "runner/sink/data_scanner.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "runner/sink/ascii.h"

namespace smtpgauge::sink {
namespace {

const char* Find(const char* from, const char* end, char c) {
  return static_cast<const char*>(std::memchr(from, c, static_cast<std::size_t>(end - from)));
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
    const char* const lf = Find(p, end, '\n');
    const char* const stop = lf == nullptr ? end : lf;
    if (in_header_) NoteHead({p, static_cast<std::size_t>(stop - p)});
    const char* const cr = Find(p, stop, '\r');
    if (cr != nullptr && cr + 1 != stop) findings_.bare_line_end = true;
    const auto length = static_cast<std::size_t>(stop - p);
    if (lf == nullptr) {
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
  if (Find(input.data(), input.data() + length, '\0') != nullptr) findings_.bare_line_end = true;
  findings_.octets += length;
  return {length, input.substr(0, length)};
}

void DataScanner::FeedChunk(std::string_view input) {
  while (!input.empty()) {
    if (state_ == State::kLineStart && input.front() == '.') state_ = State::kText;
    const std::size_t length = ScanText(input);
    if (Find(input.data(), input.data() + length, '\0') != nullptr) findings_.bare_line_end = true;
    findings_.octets += length;
    input.remove_prefix(length);
  }
}

}  // namespace smtpgauge::sink
