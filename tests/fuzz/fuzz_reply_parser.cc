// Any split of a stream must give the same replies, and what they hold must be the stream.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "runner/smtp/extension.h"
#include "runner/smtp/reply.h"
#include "runner/smtp/reply_parser.h"

namespace smtpgauge::smtp {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

struct Parsed {
  int code = 0;
  std::uint32_t lines = 0;
  ReplyFaults faults;
  std::string raw;
  friend bool operator==(const Parsed&, const Parsed&) = default;
};

struct Reading {
  std::vector<Parsed> replies;
  std::string pending;
  friend bool operator==(const Reading&, const Reading&) = default;
};

/// What readers of a reply do with it must stand any octets, too.
void UseReply(const Reply& reply) {
  Require(reply.code == 0 || (reply.code >= 200 && reply.code <= 599));
  Require(reply.lines >= 1 && reply.raw.size() <= kMaxReplySize);
  const auto line_feeds = std::count(reply.raw.begin(), reply.raw.end(), '\n');
  Require(reply.lines ==
          static_cast<std::uint32_t>(line_feeds) + (reply.raw.ends_with('\n') ? 0U : 1U));
  std::string joined(ReplyLine(reply, 0));
  for (std::uint32_t line = 1; line < std::min(reply.lines, 20U); ++line) {
    joined.append("\n").append(ReplyLine(reply, line));
  }
  if (reply.lines <= 20) Require(joined == ReplyText(reply));
  static_cast<void>(ParseEnhancedCode(joined));
  const ExtensionSet extensions(reply);
  Require(extensions.keywords().size() < reply.lines);
  static_cast<void>(extensions.SizeLimit());
  static_cast<void>(extensions.AuthMechanisms());
}

/// Chunks of 1 to `longest` octets, drawn from `seed`.
Reading Read(std::string_view stream, std::size_t longest, std::uint32_t seed) {
  Reading reading;
  ReplyParser parser;
  while (!stream.empty()) {
    seed = seed * 1664525 + 1013904223;
    const std::string chunk(stream.substr(0, 1 + (seed >> 8) % longest));
    stream.remove_prefix(chunk.size());
    std::string_view input = chunk;
    while (const auto reply = parser.Next(input)) {
      reading.replies.push_back(
          {reply->code, reply->lines, reply->faults, std::string(reply->raw)});
    }
    Require(input.empty());
    Require(parser.Pending() < kMaxReplySize);
  }
  reading.pending = parser.PendingBytes();
  return reading;
}

void RequireWholeStream(const Reading& reading, std::string_view stream) {
  for (std::size_t i = 0; i < reading.replies.size(); ++i) {
    const Parsed& reply = reading.replies[i];
    Require(stream.starts_with(reply.raw));
    stream.remove_prefix(reply.raw.size());
    if (reply.faults.Has(ReplyFault::kUnbounded)) {
      Require(i + 1 == reading.replies.size() && reading.pending.empty());
      return;
    }
  }
  Require(reading.pending == stream);
}

/// All of `stream` at once, then in several cuts.
void CompareSplits(std::string_view stream, std::uint32_t seed,
                   const std::vector<std::size_t>& longest) {
  const Reading whole = Read(stream, stream.size() + 1, 0);
  RequireWholeStream(whole, stream);
  for (const Parsed& reply : whole.replies) {
    if (reply.lines > 1000) continue;  // nothing new, and slow
    UseReply({reply.code, reply.lines, reply.faults, reply.raw});
  }
  for (const std::size_t octets : longest)
    Require(Read(stream, octets, seed) == whole);
}

void Test(std::string_view data) {
  if (data.size() < 2) return;
  const auto seed = static_cast<std::uint32_t>(static_cast<unsigned char>(data[0]));
  const std::string_view unit = data.substr(1);
  CompareSplits(unit, seed, {1, 5, 100});

  // What has no end is blown up until the bounds are passed; the rest would only repeat itself.
  // That is slow: a hash picks one input in 64, for a flag among the octets would be inherited.
  std::uint32_t hash = 2166136261;
  for (const char octet : data)
    hash = (hash ^ static_cast<unsigned char>(octet)) * 16777619;
  if ((hash >> 16) % 64 != 0 || !Read(unit, unit.size() + 1, 0).replies.empty()) return;
  std::string stream;
  while (stream.size() < kMaxReplySize + kMaxReplyLine / 2)
    stream += unit;
  CompareSplits(stream, seed, {5000, 100'000});
}

}  // namespace
}  // namespace smtpgauge::smtp

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  smtpgauge::smtp::Test({reinterpret_cast<const char*>(data), size});
  return 0;
}
