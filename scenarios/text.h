// Text of a scenario, cut into literal octets and slots when the plan is made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace smtpgauge {

/// A runtime variable of one session: an index into Slots. The first ones are fixed, the rest are
/// captures and loop counters of the script, numbered by the compiler.
using SlotIndex = std::uint16_t;

inline constexpr SlotIndex kNoSlot = 0xffff;
inline constexpr SlotIndex kTokenSlot = 0;  ///< unique per case run or message
inline constexpr SlotIndex kRecipientSlot =
    1;  ///< load: from the feeder; check: the first recipient
inline constexpr SlotIndex kSenderSlot = 2;
inline constexpr SlotIndex kSizeSlot = 3;     ///< content octets of the message at hand
inline constexpr SlotIndex kMessageSlot = 4;  ///< number of the message in its session, from 1
inline constexpr SlotIndex kCodeSlot = 5;     ///< code of the last reply on any connection
inline constexpr SlotIndex kFirstFreeSlot = 6;

/// Values of the slots of one session.
using Slots = std::vector<std::string>;

/// An octet count: a number, or the number in a slot plus an offset. A slot without a number is 0.
struct Count {
  SlotIndex slot = kNoSlot;
  std::int64_t offset = 0;
  [[nodiscard]] std::uint64_t Value(const Slots& slots) const;  ///< never below 0
};

struct TextPiece {
  enum class Kind : std::uint8_t {
    kLiteral,  ///< `octets`
    kSlot,     ///< value of `slot`
    kFill,     ///< `octets` repeated and cut to `count` octets
    kPad,      ///< `octets` repeated and cut so that the whole rendered text has `count` octets
    kRepeat,   ///< `inner` `count` times
    kBase64,   ///< `inner`, encoded
    kXtext,    ///< `inner`, encoded as RFC 3461 section 4 xtext
    kLength,   ///< number of octets of `inner`, in decimal
    kIndexed,  ///< the piece of `inner` whose number (from 1) stands in `slot`; beyond them
               ///< `octets` with that number written in at `count.offset` unless that is -1
  };
  Kind kind = Kind::kLiteral;
  std::string octets;
  SlotIndex slot = kNoSlot;
  Count count;
  std::vector<TextPiece> inner;
  bool secret = false;  ///< never shown: transcripts carry a mask instead
};

/// Octets [begin, end) of a rendered text that no report may show.
struct SecretRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct Text {
  std::vector<TextPiece> pieces;
  /// Set when nothing is left to run time: `octets` is the whole of it.
  bool constant = true;
  std::string octets;
  /// Literals and slots only, none of them secret: how nearly all text of a load is.
  bool plain = false;
};

/// Upper bound of one rendered text; beyond it rendering stops (scenario authors may ask for 1
/// GiB).
inline constexpr std::size_t kMaxRendered = 256 * 1024 * 1024;

/// A text without variables.
[[nodiscard]] Text LiteralText(std::string octets);

/// Appends the text's octets to `out`. `trailer` octets follow later and count for kPad.
void Render(const Text& text, const Slots& slots, std::size_t trailer, std::string& out,
            std::vector<SecretRange>* secrets = nullptr);

/// Values of a slot, one after another: `count` from `first` on in a list that begins anew behind
/// its end.
struct SlotValues {
  const std::vector<std::string>& ring;
  std::size_t first = 0;
  std::size_t count = 0;
};

/// Renders the text once for each value, as Render() would with that value in `slot`, which keeps
/// the last one.
void RenderEach(const Text& text, Slots& slots, SlotIndex slot, const SlotValues& values,
                std::string& out);

/// The text's octets alone.
[[nodiscard]] std::string Rendered(const Text& text, const Slots& slots);

}  // namespace smtpgauge
