// Any text as a load shape, a distribution or a threshold: refused with a word, or with the
// properties that everything else relies on.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "runner/load/arrivals.h"
#include "runner/load/distribution.h"
#include "runner/record/threshold.h"
#include "runner/record/units.h"

namespace smtpgauge {
namespace {

/// Arrivals come in order, never before the begin, and are counted as they come.
void JudgeShape(const LoadShape& shape) {
  Duration last{};
  for (int k = 0; k < 100; ++k) {
    const auto time = shape.TimeOf(k);
    if (!time) break;
    if (*time < last) std::abort();
    last = *time;
  }
  double before = 0;
  for (int second = 0; second < 100; ++second) {
    const double count = shape.CountBefore(std::chrono::seconds(second));
    if (std::isnan(count) || count < before) std::abort();
    before = count;
  }
  Arrivals arrivals(shape, 1, 0, 1);
  last = {};
  for (int k = 0; k < 100 && arrivals.time(); ++k, arrivals.Advance()) {
    if (*arrivals.time() < last) std::abort();
    last = *arrivals.time();
  }
}

void JudgeDistribution(const Distribution& distribution) {
  constexpr std::uint64_t kMost = 1'000'000;
  Random random(1);
  for (int i = 0; i < 20; ++i) {
    if (distribution.Sample(random, kMost) > kMost) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1 || size > 4096) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  try {
    switch (data[0] % 6) {
      case 0:
        JudgeShape(LoadShape::Stages(text));
        break;
      case 1:
        JudgeShape(LoadShape::Constant(100).Arriving(text));
        break;
      case 2:
        JudgeShape(LoadShape::Trace(text));
        break;
      case 3:
        JudgeDistribution(Distribution::OfSizes(text));
        break;
      case 4:
        JudgeDistribution(Distribution::OfDurations(text));
        break;
      default:
        (void)Threshold::Parse(text).Evaluate({});
    }
  } catch (const UnitError&) {
  } catch (const ThresholdError&) {
  }
  return 0;
}

}  // namespace smtpgauge
