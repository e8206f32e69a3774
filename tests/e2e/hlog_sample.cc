// Writes an interval log and what is in it, for hlog_java_test.py to hold against HdrHistogram's
// own reader. usage: hlog_sample LOG; prints "tag TAG COUNT", its slots and its quantiles.
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <random>
#include <string>

#include "runner/record/hlog.h"

namespace smtpgauge {
namespace {

std::int64_t RandomMicros(std::mt19937_64& random) {
  return static_cast<std::int64_t>(random() >> (32 + random() % 32)) % Histogram::kHighestMicros;
}

LoadResult MakeResult() {
  std::mt19937_64 random(20221122);
  LoadResult result;
  result.info.tool_version = "test";
  result.measured = std::chrono::seconds(10);
  for (int i = 0; i < 20'000; ++i) {
    PhaseTimes& accepted = result.phases[{Phase::kEod, Outcome::k2yz}];
    accepted.service.RecordMicros(RandomMicros(random), 1);
    accepted.response.RecordMicros(RandomMicros(random), 1);
  }
  result.phases[{Phase::kConnect, Outcome::kRefused}].service.RecordMicros(17, 1);
  // More than 32 bits count: seen to overflow in readers.
  result.phases[{Phase::kRcpt, Outcome::k4yz}].service.RecordMicros(999'999, 5'000'000'005);
  result.phases[{Phase::kRcpt, Outcome::k4yz}].service.RecordMicros(Histogram::kHighestMicros, 1);
  for (int second = 0; second < 10; ++second) {
    Histogram histogram;
    for (int i = 0; i < 500; ++i)
      histogram.RecordMicros(RandomMicros(random) / 1000, 1);
    result.series.emplace_back().message_response = PackedHistogram(histogram);
  }
  return result;
}

void Print(const std::string& tag, const Histogram& histogram) {
  if (histogram.count() == 0) return;
  std::printf("tag %s %llu %lld %lld\n", tag.c_str(),
              static_cast<unsigned long long>(histogram.count()),
              static_cast<long long>(histogram.Min()), static_cast<long long>(histogram.Max()));
  for (std::size_t slot = 0; slot < Histogram::SlotCount(); ++slot) {
    if (histogram.slots()[slot] == 0) continue;
    std::printf("slot %lld %llu\n", static_cast<long long>(Histogram::SlotHighest(slot)),
                static_cast<unsigned long long>(histogram.slots()[slot]));
  }
  std::printf("quantile 1.000000000000 %lld\n", static_cast<long long>(histogram.Quantile(1)));
  // The percentiles at which HistogramLogProcessor prints rows: five to each halving of the rest.
  for (double rest = 1; rest > 1e-4; rest /= 2) {
    for (int tick = 0; tick < 5; ++tick) {
      const double q = 1 - rest + tick * rest / 10;
      std::printf("quantile %.12f %lld\n", q, static_cast<long long>(histogram.Quantile(q)));
    }
  }
}

int Run(const char* path) {
  const LoadResult result = MakeResult();
  std::ofstream(path) << FormatHlog(result);
  for (const auto& [key, times] : result.phases) {
    const std::string tag =
        std::string(PhaseName(key.first)) + "." + std::string(OutcomeName(key.second));
    Print(tag + ".service", times.service);
    Print(tag + ".response", times.response);
  }
  Histogram all;
  for (const Interval& interval : result.series)
    interval.message_response.AddTo(all);
  Print("message.response", all);
  return 0;
}

}  // namespace
}  // namespace smtpgauge

int main(int argc, char** argv) {
  return argc == 2 ? smtpgauge::Run(argv[1]) : 2;
}
