// Finds the end of DATA content: CRLF.CRLF and nothing else (RFC 5321 section 4.1.1.4).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace smtpgauge::sink {

inline constexpr std::size_t kMaxTextLine = 998;  // RFC 5321 section 4.5.3.1.6, without CRLF

/// What was seen in the content of one message.
struct ContentFindings {
  std::uint64_t octets = 0;  ///< without stuffing dots and terminator (RFC 1870 section 5)
  std::uint32_t received_fields = 0;
  bool bare_line_end = false;  ///< CR or LF alone, or NUL
  bool long_line = false;
};

/// Incremental and allocation-free: any split of the octets gives the same result. BDAT content
/// goes through FeedChunk, which knows no dots and no end.
class DataScanner {
 public:
  /// Forgets the last message.
  void Reset() { *this = DataScanner(); }

  /// Consumes octets up to the end of data; `content` gets the pieces with stuffing dots removed,
  /// as views of `input`. Returns how many octets it took; ended() says whether the end was among
  /// them.
  template <typename Content>
  std::size_t Feed(std::string_view input, Content&& content) {
    std::size_t taken = 0;
    while (taken < input.size() && !ended_) {
      const Piece piece = Next(input.substr(taken));
      taken += piece.taken;
      if (!piece.content.empty()) content(piece.content);
    }
    return taken;
  }

  /// Consumes all octets of a part of a chunk.
  void FeedChunk(std::string_view input);

  [[nodiscard]] bool ended() const { return ended_; }
  /// Octets of the line that has not ended yet.
  [[nodiscard]] std::uint32_t open_line() const { return line_; }
  [[nodiscard]] const ContentFindings& findings() const { return findings_; }

 private:
  enum class State : std::uint8_t { kLineStart, kDot, kDotCr, kText, kTextCr };

  struct Piece {
    std::size_t taken;
    std::string_view content;
  };

  Piece Next(std::string_view input);
  Piece NextAfterDot(std::string_view input);
  std::size_t ScanText(std::string_view input);
  void EndLine(std::size_t length);
  void NoteHead(std::string_view input);

  static constexpr std::size_t kHead = 9;  // "Received:"

  ContentFindings findings_;
  std::uint32_t line_ = 0;  // octets of the current line seen in earlier input
  State state_ = State::kLineStart;
  std::uint8_t head_length_ = 0;
  bool in_header_ = true;
  bool ended_ = false;
  std::array<char, kHead> head_{};
};

}  // namespace smtpgauge::sink
