#include "runner/record/hdr_codec.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <new>
#include <optional>
#include <utility>
#include <vector>

#include <zlib.h>

#include "runner/record/count_codec.h"
#include "runner/smtp/base64.h"

namespace smtpgauge {
namespace {

constexpr std::uint32_t kCookie = 0x1c849313;            // V2, 9-octet LEB128 counts
constexpr std::uint32_t kCompressedCookie = 0x1c849314;  // V2
constexpr std::size_t kHeaderSize = 40;
constexpr std::size_t kCompressedHeaderSize = 8;
constexpr std::size_t kMaxOctetsPerCount = 9;

template <typename Number>
void AppendBigEndian(Number number, std::string& out) {
  for (int shift = 8 * (static_cast<int>(sizeof number) - 1); shift >= 0; shift -= 8) {
    out += static_cast<char>(number >> shift & 0xff);
  }
}

/// REQUIRES: `in` has that many octets.
template <typename Number>
Number TakeBigEndian(std::string_view& in) {
  Number number = 0;
  for (std::size_t i = 0; i < sizeof number; ++i) {
    number = static_cast<Number>(number << 8 | static_cast<unsigned char>(in[i]));
  }
  in.remove_prefix(sizeof number);
  return number;
}

std::string Deflate(std::string_view octets) {
  uLongf size = compressBound(octets.size());
  std::string compressed(size, '\0');
  // With a buffer of compressBound() octets the only failure left is lack of memory.
  if (compress2(reinterpret_cast<Bytef*>(compressed.data()), &size,
                reinterpret_cast<const Bytef*>(octets.data()), octets.size(),
                Z_BEST_COMPRESSION) != Z_OK) {
    throw std::bad_alloc();
  }
  compressed.resize(size);
  return compressed;
}

std::string Inflate(std::string_view compressed) {
  std::string octets(kHeaderSize + Histogram::SlotCount() * kMaxOctetsPerCount, '\0');
  uLongf size = octets.size();
  if (uncompress(reinterpret_cast<Bytef*>(octets.data()), &size,
                 reinterpret_cast<const Bytef*>(compressed.data()), compressed.size()) != Z_OK) {
    throw HdrError("histogram: the compressed part is damaged or too long");
  }
  octets.resize(size);
  return octets;
}

/// The counts inside an inflated histogram, once its header is checked.
std::string_view CheckedPayload(std::string_view octets) {
  if (octets.size() < kHeaderSize) throw HdrError("histogram: cut short");
  const auto cookie = TakeBigEndian<std::uint32_t>(octets);
  const auto payload_size = TakeBigEndian<std::uint32_t>(octets);
  const auto index_offset = TakeBigEndian<std::uint32_t>(octets);
  const auto digits = TakeBigEndian<std::uint32_t>(octets);
  const auto lowest = TakeBigEndian<std::uint64_t>(octets);
  const auto highest = TakeBigEndian<std::uint64_t>(octets);
  const auto ratio = std::bit_cast<double>(TakeBigEndian<std::uint64_t>(octets));
  if (cookie != kCookie) throw HdrError("histogram: not of HdrHistogram's V2");
  if (index_offset != 0 || digits != Histogram::kSignificantDigits ||
      lowest != Histogram::kLowestMicros || highest > Histogram::kHighestMicros || ratio != 1.0) {
    throw HdrError("histogram: of another range than 1 us to 1 h with 3 digits");
  }
  if (payload_size != octets.size()) throw HdrError("histogram: its length is wrong");
  return octets;
}

struct DecodedSlots {
  std::vector<std::uint64_t> slots = std::vector<std::uint64_t>(Histogram::SlotCount());
  HistogramSummary summary;  ///< as near as the slots tell
};

DecodedSlots DecodeSlots(std::string_view text) {
  const std::optional<std::string> compressed = smtp::DecodeBase64(text);
  if (!compressed) throw HdrError("histogram: not base64");
  std::string_view rest = *compressed;
  if (rest.size() < kCompressedHeaderSize ||
      TakeBigEndian<std::uint32_t>(rest) != kCompressedCookie) {
    throw HdrError("histogram: not of HdrHistogram's compressed V2");
  }
  if (TakeBigEndian<std::uint32_t>(rest) != rest.size()) {
    throw HdrError("histogram: its compressed length is wrong");
  }
  const std::string octets = Inflate(rest);
  DecodedSlots decoded;
  CountReader reader(CheckedPayload(octets), decoded.slots.size());
  while (const auto slot = reader.Next()) {
    if (slot->count > std::numeric_limits<std::uint64_t>::max() - decoded.summary.count) {
      throw HdrError("histogram: more values than can be counted");
    }
    decoded.slots[slot->index] = slot->count;
    const std::int64_t low = Histogram::SlotValue(slot->index);
    const std::int64_t high = Histogram::SlotHighest(slot->index);
    HistogramSummary& summary = decoded.summary;
    summary.min_micros = std::min(summary.min_micros, low);
    summary.max_micros = std::min(high, Histogram::kHighestMicros);
    summary.count += slot->count;
    summary.sum_micros += static_cast<std::uint64_t>(low + (high - low) / 2) * slot->count;
  }
  if (reader.is_broken()) throw HdrError("histogram: its counts are damaged");
  return decoded;
}

}  // namespace

std::string EncodeHdr(const PackedHistogram& histogram) {
  std::string octets;
  const std::string_view counts = histogram.encoded_counts();
  AppendBigEndian(kCookie, octets);
  AppendBigEndian(static_cast<std::uint32_t>(counts.size()), octets);
  AppendBigEndian(std::uint32_t{0}, octets);  // normalizing index offset
  AppendBigEndian(std::uint32_t{Histogram::kSignificantDigits}, octets);
  AppendBigEndian(std::uint64_t{Histogram::kLowestMicros}, octets);
  AppendBigEndian(std::uint64_t{Histogram::kHighestMicros}, octets);
  AppendBigEndian(std::bit_cast<std::uint64_t>(1.0), octets);  // integer to double conversion
  octets += counts;

  const std::string deflated = Deflate(octets);
  std::string compressed;
  AppendBigEndian(kCompressedCookie, compressed);
  AppendBigEndian(static_cast<std::uint32_t>(deflated.size()), compressed);
  return smtp::EncodeBase64(compressed + deflated);
}

std::string EncodeHdr(const Histogram& histogram) {
  return EncodeHdr(PackedHistogram(histogram));
}

Histogram DecodeHdr(std::string_view text) {
  DecodedSlots decoded = DecodeSlots(text);
  return Histogram::FromSlots(std::move(decoded.slots), decoded.summary);
}

Histogram DecodeHdr(std::string_view text, const HistogramSummary& summary) {
  DecodedSlots decoded = DecodeSlots(text);
  const auto is_in_range = [](std::int64_t micros) {
    return micros >= 0 && micros <= Histogram::kHighestMicros;
  };
  const auto same_slot = [&](std::int64_t a, std::int64_t b) {
    return is_in_range(a) && Histogram::SlotIndex(a) == Histogram::SlotIndex(b);
  };
  const bool is_of_this = summary.count == 0
                              ? summary == HistogramSummary()
                              : same_slot(summary.min_micros, decoded.summary.min_micros) &&
                                    same_slot(summary.max_micros, decoded.summary.max_micros);
  if (summary.count != decoded.summary.count || !is_of_this) {
    throw HdrError("histogram: count, minimum or maximum beside it are of another one");
  }
  return Histogram::FromSlots(std::move(decoded.slots), summary);
}

}  // namespace smtpgauge
