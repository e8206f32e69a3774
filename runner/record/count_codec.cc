#include "runner/record/count_codec.h"

namespace smtpgauge {
namespace {

constexpr int kMaxOctets = 9;  // the ninth carries eight bits and no continuation flag

void AppendZigZag(std::int64_t value, std::string& out) {
  auto rest = (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
  for (int i = 1; i < kMaxOctets && rest > 0x7f; ++i) {
    out += static_cast<char>(rest | 0x80);
    rest >>= 7;
  }
  out += static_cast<char>(rest);
}

std::optional<std::int64_t> TakeZigZag(std::string_view& in) {
  std::uint64_t value = 0;
  for (int i = 0; i < kMaxOctets && static_cast<std::size_t>(i) < in.size(); ++i) {
    const std::uint64_t octet = static_cast<unsigned char>(in[static_cast<std::size_t>(i)]);
    const bool is_ninth = i == kMaxOctets - 1;
    value |= (is_ninth ? octet : octet & 0x7f) << (7 * i);
    if (is_ninth || octet < 0x80) {
      in.remove_prefix(static_cast<std::size_t>(i) + 1);
      return static_cast<std::int64_t>((value >> 1) ^ (~(value & 1) + 1));
    }
  }
  return std::nullopt;
}

}  // namespace

void AppendCounts(std::span<const std::uint64_t> counts, std::string& out) {
  for (std::size_t i = 0; i < counts.size();) {
    if (counts[i] != 0) {
      AppendZigZag(static_cast<std::int64_t>(counts[i++]), out);
      continue;
    }
    const std::size_t run_start = i;
    while (i < counts.size() && counts[i] == 0)
      ++i;
    const auto zeros = static_cast<std::int64_t>(i - run_start);
    AppendZigZag(zeros > 1 ? -zeros : 0, out);
  }
}

std::optional<CountReader::Slot> CountReader::Break() {
  is_broken_ = true;
  rest_ = {};
  return std::nullopt;
}

std::optional<CountReader::Slot> CountReader::Next() {
  while (!rest_.empty()) {
    const std::optional<std::int64_t> value = TakeZigZag(rest_);
    if (!value) return Break();
    if (*value < 0) {
      const std::uint64_t zeros = ~static_cast<std::uint64_t>(*value) + 1;
      if (zeros > slot_limit_ - index_) return Break();
      index_ += zeros;
      continue;
    }
    if (index_ >= slot_limit_) return Break();
    const Slot slot{index_++, static_cast<std::uint64_t>(*value)};
    if (slot.count != 0) return slot;
  }
  return std::nullopt;
}

}  // namespace smtpgauge
