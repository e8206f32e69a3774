#include "runner/smtp/reply_parser.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "runner/smtp/reply_line.h"

namespace smtpgauge::smtp {
namespace {

constexpr std::size_t kLegalReplyLine = 512;     // with CRLF, RFC 5321 section 4.5.3.1.5
constexpr std::size_t kKeptCapacity = 4 * 1024;  // what an idle connection may go on holding

constexpr bool IsOrdinary(char octet) {
  return octet >= 0x20 && octet < 0x7f;
}

/// First octet in [at, end) that is not printable ASCII or SP, or `end`; `base` is where the buffer
/// begins. Eight octets at a time: a borrow or a carry leaves only octets that are special
/// themselves, so the lowest one found is exact.
const char* SkipOrdinary(const char* base, const char* at, const char* end) {
  if constexpr (std::endian::native == std::endian::little) {
    constexpr std::ptrdiff_t kWord = 8;
    constexpr std::uint64_t kOnes = 0x0101010101010101;
    const auto find_special = [](std::uint64_t word) {
      return ((word - 0x20 * kOnes) | word | (word + kOnes)) & (0x80 * kOnes);
    };
    std::uint64_t word = 0;
    for (; end - at >= kWord; at += kWord) {
      std::memcpy(&word, at, sizeof word);
      const std::uint64_t special = find_special(word);
      if (special != 0) return at + (std::countr_zero(special) >> 3);
    }
    if (at != end && end - base >= kWord) {
      // The last octets once more with those before them; shifting these out leaves zeros behind
      // the end, which are special, so that what is found lies at the end at the latest.
      std::memcpy(&word, end - kWord, sizeof word);
      word >>= 8 * (kWord - (end - at));
      return at + (std::countr_zero(find_special(word)) >> 3);
    }
  }
  while (at != end && IsOrdinary(*at))
    ++at;
  return at;
}

/// The first LF in [at, end), or where to go on once more octets are there; notes the faults
/// passed.
const char* FindLineFeed(const char* base, const char* at, const char* end, ReplyFaults& faults) {
  while ((at = SkipOrdinary(base, at, end)) != end) {
    const auto octet = static_cast<unsigned char>(*at);
    if (octet == '\n') break;
    if (octet == '\r') {
      if (at + 1 == end) break;  // whether it ends the line is not known yet
      if (at[1] != '\n') faults.Add(ReplyFault::kBareCarriageReturn);
    } else if (octet >= 0x80) {
      faults.Add(ReplyFault::kEightBit);
    } else if (octet != '\t') {
      faults.Add(ReplyFault::kControl);
    }
    ++at;
  }
  return at;
}

/// Length of a line at the front of `input` that is a whole reply without fault, the common one;
/// 0 for anything that needs a closer look.
std::size_t FaultlessLine(std::string_view input) {
  if (input.size() < 6) return 0;
  const char* const base = input.data();
  const auto is_between = [](char octet, char low, char high) {
    return static_cast<unsigned char>(octet - low) <= static_cast<unsigned char>(high - low);
  };
  if (!is_between(base[0], '2', '5') || !is_between(base[1], '0', '5') || !IsDigit(base[2]) ||
      base[3] != ' ') {
    return 0;
  }
  const char* const end = base + std::min(input.size(), kLegalReplyLine);
  const char* const at = SkipOrdinary(base, base, end);
  if (end - at < 2 || at[0] != '\r' || at[1] != '\n') return 0;
  return static_cast<std::size_t>(at - base) + 2;
}

int CodeOf(std::string_view line) {
  return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

/// Replies without fault, in one line, that came before: a server says the same words again and
/// again, and comparing octets is cheaper than looking at each. What is found here is what parsing
/// would find.
class KnownReplies {
 public:
  /// Length of the known reply at the front of `input`, 0 if there is none.
  [[nodiscard]] std::size_t Match(std::string_view input) const {
    if (input.size() < kShortest) return 0;
    const Known& known = table_[Place(input)];
    const bool same = known.length != 0 && input.size() >= known.length &&
                      std::memcmp(input.data(), known.octets.data(), known.length) == 0;
    return same ? known.length : 0;
  }

  void Keep(std::string_view reply) {
    if (reply.size() < kShortest || reply.size() > kLongest) return;
    Known& known = table_[Place(reply)];
    std::memcpy(known.octets.data(), reply.data(), reply.size());
    known.length = reply.size();
  }

 private:
  static constexpr std::size_t kShortest = 12;
  static constexpr std::size_t kLongest = 56;
  static constexpr int kPlaceBits = 5;

  struct Known {
    std::size_t length = 0;
    std::array<char, kLongest> octets{};
  };

  /// By the octets behind the code, which differ for replies to different commands.
  static std::size_t Place(std::string_view input) {
    constexpr std::uint64_t kGoldenRatio = 0x9e3779b97f4a7c15;
    std::uint64_t word = 0;
    std::memcpy(&word, input.data() + 4, sizeof word);
    return word * kGoldenRatio >> (64 - kPlaceBits);
  }

  std::array<Known, std::size_t{1} << kPlaceBits> table_{};
};

/// The latest reply of several lines that came whole, as EHLO's is on every connection of a run.
class KnownLongReply {
 public:
  [[nodiscard]] bool Match(std::string_view input) const {
    return size_ != 0 && input.size() >= size_ &&
           std::memcmp(input.data(), octets_.data(), size_) == 0;
  }
  /// Takes it from the front of `input`, where it stands.
  Reply Take(std::string_view& input) const {
    const std::string_view raw = input.substr(0, size_);
    input.remove_prefix(size_);
    return {code_, lines_, faults_, raw};
  }
  void Keep(const Reply& reply) {
    if (reply.lines < 2 || reply.raw.size() > octets_.size()) return;
    code_ = reply.code;
    lines_ = reply.lines;
    faults_ = reply.faults;
    size_ = reply.raw.size();
    std::memcpy(octets_.data(), reply.raw.data(), size_);
  }

 private:
  int code_ = 0;
  std::uint32_t lines_ = 0;
  ReplyFaults faults_;
  std::size_t size_ = 0;
  std::array<char, 2048> octets_{};
};

}  // namespace

ReplyParser::State ReplyParser::EndLine(std::string_view line, Progress& progress) {
  if (line.size() > kLegalReplyLine) progress.faults.Add(ReplyFault::kLineTooLong);
  line.remove_suffix(1);
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  } else {
    progress.faults.Add(ReplyFault::kBareLineFeed);
  }
  const bool is_first = progress.lines == 0;
  ++progress.lines;
  if (!StartsWithThreeDigits(line)) {
    progress.faults.Add(ReplyFault::kBadCode);
    return State::kComplete;
  }
  const int code = CodeOf(line);
  const bool in_range = line[0] >= '2' && line[0] <= '5';
  if (!in_range || line[1] > '5') progress.faults.Add(ReplyFault::kBadCode);
  if (is_first) {
    if (!in_range) return State::kComplete;
    progress.code = code;
  } else if (code != progress.code) {
    progress.faults.Add(ReplyFault::kCodeChanged);
  }
  if (line.size() == 3) {
    progress.faults.Add(ReplyFault::kNoText);
    return State::kComplete;
  }
  if (line[3] == '-') return State::kNeedMore;
  if (line[3] != ' ') progress.faults.Add(ReplyFault::kBadSeparator);
  return State::kComplete;
}

ReplyParser::State ReplyParser::Scan(std::string_view buffer, Progress& progress) {
  const char* const base = buffer.data();
  const char* at = base + progress.scanned;
  for (;;) {
    const std::size_t bound = std::min(kMaxReplySize, progress.line_start + kMaxReplyLine);
    const char* const end = base + std::min(buffer.size(), bound);
    at = FindLineFeed(base, at, end, progress.faults);
    if (at == end || *at != '\n') {
      progress.scanned = static_cast<std::size_t>(at - base);
      return buffer.size() >= bound ? State::kUnbounded : State::kNeedMore;
    }
    ++at;
    const auto line_end = static_cast<std::size_t>(at - base);
    const State state =
        EndLine(buffer.substr(progress.line_start, line_end - progress.line_start), progress);
    progress.line_start = progress.scanned = line_end;
    if (state == State::kComplete) return state;
  }
}

std::optional<Reply> ReplyParser::Next(std::string_view& input) {
  if (partial_.empty() && !given_up_) [[likely]] {
    thread_local KnownReplies known;
    std::size_t length = known.Match(input);
    if (length == 0) {
      length = FaultlessLine(input);
      if (length == 0) return NextFromInput(input);
      known.Keep(input.substr(0, length));
    }
    const std::string_view raw(input.data(), length);
    input.remove_prefix(length);
    return Reply{CodeOf(raw), 1, {}, raw};
  }
  if (returned_ != 0) {
    DropPartial();
    return Next(input);
  }
  if (!given_up_) return NextFromPartial(input);
  input = {};
  return std::nullopt;
}

std::optional<Reply> ReplyParser::NextFromInput(std::string_view& input) {
  if (input.empty()) return std::nullopt;
  thread_local KnownLongReply known;
  if (known.Match(input)) return known.Take(input);
  Progress progress;
  switch (Scan(input, progress)) {
    case State::kComplete: {
      const Reply reply{progress.code, progress.lines, progress.faults,
                        input.substr(0, progress.line_start)};
      input.remove_prefix(progress.line_start);
      known.Keep(reply);
      return reply;
    }
    case State::kNeedMore:
      partial_.assign(input);
      progress_ = progress;
      input = {};
      return std::nullopt;
    case State::kUnbounded:
      break;
  }
  const std::string_view raw =
      input.substr(0, std::min(kMaxReplySize, progress.line_start + kMaxReplyLine));
  input.remove_prefix(raw.size());
  return GiveUp(raw, progress);
}

std::optional<Reply> ReplyParser::NextFromPartial(std::string_view& input) {
  while (!input.empty()) {
    const std::size_t line_end = input.find('\n');
    const std::size_t bound = std::min(kMaxReplySize, progress_.line_start + kMaxReplyLine);
    const std::size_t taken =
        std::min(line_end == input.npos ? input.size() : line_end + 1, bound - partial_.size());
    partial_.append(input.data(), taken);
    input.remove_prefix(taken);
    const State state = Scan(partial_, progress_);
    if (state == State::kNeedMore) continue;
    returned_ = partial_.size();
    if (state == State::kUnbounded) return GiveUp(partial_, progress_);
    return Reply{progress_.code, progress_.lines, progress_.faults, partial_};
  }
  return std::nullopt;
}

std::optional<Reply> ReplyParser::GiveUp(std::string_view raw, Progress& progress) {
  given_up_ = true;
  progress.faults.Add(ReplyFault::kUnbounded);
  const bool is_inside_line = raw.size() > progress.line_start;
  return Reply{progress.code, progress.lines + (is_inside_line ? 1 : 0), progress.faults, raw};
}

std::size_t ReplyParser::TakeRepeats(const Reply& reply, std::string_view& input,
                                     std::size_t most) {
  const std::size_t size = reply.raw.size();
  std::size_t count = std::min(most, input.size() / size);
  // A run that begins with the reply itself is equal to itself one reply further on: one look at
  // all of it, if it is that long.
  const bool adjoins = reply.raw.data() + size == input.data();
  if (!adjoins || std::memcmp(reply.raw.data(), input.data(), count * size) != 0) {
    const std::size_t longest = count;
    for (count = 0; count < longest && input.substr(count * size, size) == reply.raw;)
      ++count;
  }
  input.remove_prefix(count * size);
  return count;
}

void ReplyParser::DropPartial() {
  partial_.clear();
  if (partial_.capacity() > kKeptCapacity) partial_.shrink_to_fit();
  returned_ = 0;
}

void ReplyParser::Reset() {
  DropPartial();
  given_up_ = false;
}

}  // namespace smtpgauge::smtp
