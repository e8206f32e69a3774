#include "scenarios/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "runner/smtp/base64.h"

namespace smtpgauge {

namespace {

void AppendXtext(std::string_view octets, std::string& out) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  for (const char c : octets) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet > 0x20 && octet < 0x7f && c != '+' && c != '=') {
      out.push_back(c);
    } else {
      out += {'+', kHex[octet >> 4U], kHex[octet & 0xfU]};
    }
  }
}

void AppendFill(std::string_view filler, std::uint64_t count, std::string& out) {
  if (filler.empty() || out.size() >= kMaxRendered) return;
  const std::size_t end = out.size() + static_cast<std::size_t>(std::min<std::uint64_t>(
                                           count, kMaxRendered - out.size()));
  if (filler.size() == 1) {
    out.resize(end, filler.front());
    return;
  }
  out.reserve(end);
  while (out.size() < end)
    out += filler.substr(0, end - out.size());
}

// One rendering: where it goes, and whether secrets are wanted.
struct Rendering {
  const Slots& slots;
  std::string& out;
  std::vector<SecretRange>* secrets;

  void Append(const TextPiece& piece) const;
  void AppendAll(std::span<const TextPiece> pieces) const {
    for (const TextPiece& piece : pieces) {
      if (out.size() >= kMaxRendered) return;
      Append(piece);
    }
  }
  void AppendRepeated(const TextPiece& piece) const {
    const std::uint64_t times = piece.count.Value(slots);
    for (std::uint64_t i = 0; i < times && out.size() < kMaxRendered; ++i) {
      const std::size_t before = out.size();
      AppendAll(piece.inner);
      if (out.size() == before) return;  // nothing to repeat
    }
  }
  // The pieces as a text of their own; `secret` says whether any octet of it is.
  std::string Apart(std::span<const TextPiece> pieces, bool& secret) const {
    std::string text;
    std::vector<SecretRange> ranges;
    Rendering{slots, text, &ranges}.AppendAll(pieces);
    secret = !ranges.empty();
    return text;
  }
};

void Rendering::Append(const TextPiece& piece) const {
  const std::size_t begin = out.size();
  bool secret = piece.secret;
  bool inner_secret = false;
  switch (piece.kind) {
    case TextPiece::Kind::kLiteral:
      out += piece.octets;
      break;
    case TextPiece::Kind::kSlot:
      if (piece.slot < slots.size()) out += slots[piece.slot];
      break;
    case TextPiece::Kind::kFill:
      AppendFill(piece.octets, piece.count.Value(slots), out);
      break;
    case TextPiece::Kind::kPad:  // Render() knows how much is missing
      break;
    case TextPiece::Kind::kRepeat:
      AppendRepeated(piece);
      break;
    case TextPiece::Kind::kBase64:
      out += smtp::EncodeBase64(Apart(piece.inner, inner_secret));
      break;
    case TextPiece::Kind::kXtext:
      AppendXtext(Apart(piece.inner, inner_secret), out);
      break;
    case TextPiece::Kind::kLength:
      out += std::to_string(Apart(piece.inner, inner_secret).size());
      inner_secret = false;
      break;
    case TextPiece::Kind::kIndexed: {
      const std::uint64_t number = Count{piece.slot, 0}.Value(slots);
      if (number >= 1 && number <= piece.inner.size()) {
        Append(piece.inner[static_cast<std::size_t>(number - 1)]);
      } else {
        const auto at = std::min(static_cast<std::size_t>(piece.count.offset), piece.octets.size());
        out.append(piece.octets, 0, at);
        if (piece.count.offset >= 0) out += std::to_string(number);
        out.append(piece.octets, at);
      }
      break;
    }
  }
  secret = secret || inner_secret;
  if (secret && secrets != nullptr && out.size() > begin) secrets->push_back({begin, out.size()});
}

/// Grows `out` once. Slots are short (kMaxRendered is out of reach).
void RenderPlain(std::span<const TextPiece> pieces, const Slots& slots, std::string& out) {
  const auto octets_of = [&slots](const TextPiece& piece) -> const std::string& {
    return piece.kind == TextPiece::Kind::kLiteral ? piece.octets : slots[piece.slot];
  };
  std::size_t size = out.size();
  for (const TextPiece& piece : pieces)
    size += octets_of(piece).size();
  const std::size_t begin = out.size();
  out.resize(size);
  char* at = out.data() + begin;
  for (const TextPiece& piece : pieces) {
    const std::string& octets = octets_of(piece);
    at = std::copy_n(octets.data(), octets.size(), at);
  }
}

}  // namespace

Text LiteralText(std::string octets) {
  Text text;
  text.pieces.emplace_back().octets = octets;
  text.octets = std::move(octets);
  return text;
}

std::uint64_t Count::Value(const Slots& slots) const {
  std::int64_t number = 0;
  if (slot < slots.size()) {
    const std::string& digits = slots[slot];
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error == std::errc::result_out_of_range) number = std::numeric_limits<std::int64_t>::max();
    if (error == std::errc::invalid_argument) number = 0;
  }
  std::int64_t sum = 0;
  if (__builtin_add_overflow(number, offset, &sum))
    sum = offset > 0 ? std::numeric_limits<std::int64_t>::max() : 0;
  return static_cast<std::uint64_t>(std::max<std::int64_t>(sum, 0));
}

void Render(const Text& text, const Slots& slots, std::size_t trailer, std::string& out,
            std::vector<SecretRange>* secrets) {
  if (text.constant) {
    out += text.octets;
    return;
  }
  if (text.plain) return RenderPlain(text.pieces, slots, out);
  const std::size_t begin = out.size();
  const Rendering rendering{slots, out, secrets};
  const auto pad = std::find_if(text.pieces.begin(), text.pieces.end(), [](const TextPiece& piece) {
    return piece.kind == TextPiece::Kind::kPad;
  });
  rendering.AppendAll({text.pieces.begin(), pad});
  if (pad == text.pieces.end()) return;

  std::string rest;
  std::vector<SecretRange> rest_secrets;
  Rendering{slots, rest, &rest_secrets}.AppendAll({pad + 1, text.pieces.end()});
  const std::uint64_t total = pad->count.Value(slots);
  const std::uint64_t others = out.size() - begin + rest.size() + trailer;
  if (total > others) AppendFill(pad->octets, total - others, out);
  if (secrets != nullptr) {
    for (const SecretRange& range : rest_secrets)
      secrets->push_back({range.begin + out.size(), range.end + out.size()});
  }
  out += rest;
}

void RenderEach(const Text& text, Slots& slots, SlotIndex slot, const SlotValues& values,
                std::string& out) {
  const auto each = [&values](auto&& take) {
    std::size_t at = values.first % values.ring.size();
    for (std::size_t i = 0; i < values.count; ++i) {
      take(values.ring[at]);
      if (++at == values.ring.size()) at = 0;
    }
  };
  const auto names_slot = [slot](const TextPiece& piece) {
    return piece.kind == TextPiece::Kind::kSlot && piece.slot == slot;
  };
  const auto end = text.pieces.end();
  const auto value = std::find_if(text.pieces.begin(), end, names_slot);
  const bool once = value != end && std::find_if(value + 1, end, names_slot) == end;
  if (!text.plain || !once) {
    return each([&](const std::string& one) {
      slots[slot] = one;
      Render(text, slots, 0, out);
    });
  }
  // What stands between two values is the same everywhere, and room is made once. Behind the last
  // value it holds the beginning of one text too many.
  std::string before;
  std::string between;
  Rendering{slots, before, nullptr}.AppendAll({text.pieces.begin(), value});
  Rendering{slots, between, nullptr}.AppendAll({value + 1, end});
  between += before;
  const std::size_t begin = out.size();
  std::size_t size = begin + before.size() + values.count * between.size();
  each([&size](const std::string& one) { size += one.size(); });
  out.resize(size);
  char* at = std::copy(before.begin(), before.end(), out.data() + begin);
  each([&](const std::string& one) {
    at = std::copy(one.begin(), one.end(), at);
    at = std::copy(between.begin(), between.end(), at);
  });
  out.resize(size - before.size());
  if (values.count > 0)
    slots[slot] = values.ring[(values.first + values.count - 1) % values.ring.size()];
}

std::string Rendered(const Text& text, const Slots& slots) {
  std::string out;
  Render(text, slots, 0, out);
  return out;
}

}  // namespace smtpgauge
