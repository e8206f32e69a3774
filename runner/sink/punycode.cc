#include "runner/sink/punycode.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "runner/sink/address.h"
#include "runner/sink/ascii.h"

namespace smtpgauge::sink {
namespace {

// Decodes text that IsUtf8 has accepted.
std::vector<std::uint32_t> CodePoints(std::string_view text) {
  std::vector<std::uint32_t> points;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    std::uint32_t point = length == 1 ? lead : lead & (0xffU >> (length + 1));
    for (std::size_t k = 1; k < length; ++k)
      point = point << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3fU);
    points.push_back(point);
    i += length;
  }
  return points;
}

// The parameters of RFC 3492 section 5.
constexpr std::uint32_t kBase = 36, kTMin = 1, kTMax = 26, kSkew = 38, kDamp = 700;

std::uint32_t Adapt(std::uint32_t delta, std::uint32_t count, bool first) {
  delta = first ? delta / kDamp : delta / 2;
  delta += delta / count;
  std::uint32_t k = 0;
  for (; delta > (kBase - kTMin) * kTMax / 2; k += kBase)
    delta /= kBase - kTMin;
  return k + (kBase - kTMin + 1) * delta / (delta + kSkew);
}

void AppendNumber(std::uint32_t number, std::uint32_t bias, std::string& output) {
  constexpr std::string_view kDigits = "abcdefghijklmnopqrstuvwxyz0123456789";
  for (std::uint32_t k = kBase;; k += kBase) {
    const std::uint32_t t = k <= bias ? kTMin : std::min(k - bias, kTMax);
    if (number < t) break;
    output += kDigits[t + (number - t) % (kBase - t)];
    number = (number - t) / (kBase - t);
  }
  output += kDigits[number];
}

// RFC 3492 section 6.3. A label has at most 63 octets, so nothing overflows.
std::string Encode(const std::vector<std::uint32_t>& points) {
  std::string output;
  for (std::uint32_t point : points)
    if (point < 0x80) output += Lower(static_cast<char>(point));
  const auto basic = static_cast<std::uint32_t>(output.size());
  if (basic > 0) output += '-';
  std::uint32_t next = 0x80, delta = 0, bias = 72;
  for (std::uint32_t handled = basic; handled < points.size();) {
    std::uint32_t smallest = 0x110000;
    for (std::uint32_t point : points)
      if (point >= next) smallest = std::min(smallest, point);
    delta += (smallest - next) * (handled + 1);
    next = smallest;
    for (std::uint32_t point : points) {
      if (point < next) ++delta;
      if (point != next) continue;
      AppendNumber(delta, bias, output);
      bias = Adapt(delta, handled + 1, handled == basic);
      delta = 0;
      ++handled;
    }
    ++delta;
    ++next;
  }
  return output;
}

}  // namespace

std::string ToALabels(std::string_view domain) {
  if (domain.size() > kMaxDomain || !IsUtf8(domain)) return {};
  std::string result;
  while (true) {
    const auto dot = domain.find('.');
    const std::string_view label = domain.substr(0, dot);
    const bool ascii = std::none_of(label.begin(), label.end(), IsEightBit);
    result += ascii ? LowerCopy(label) : "xn--" + Encode(CodePoints(label));
    if (dot == std::string_view::npos) return result;
    result += '.';
    domain.remove_prefix(dot + 1);
  }
}

}  // namespace smtpgauge::sink
