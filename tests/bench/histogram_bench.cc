#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include <benchmark/benchmark.h>

#include "runner/record/hdr_codec.h"
#include "runner/record/histogram.h"
#include "runner/record/packed_histogram.h"

namespace smtpgauge {
namespace {

/// Latencies around 1 ms with a long tail.
std::vector<Duration> MakeLatencies() {
  std::mt19937_64 random(1);
  std::lognormal_distribution<double> micros(7, 1);
  std::vector<Duration> latencies(4096);
  for (Duration& latency : latencies) {
    latency = Duration(static_cast<std::int64_t>(micros(random) * 1000));
  }
  return latencies;
}

Histogram MakeHistogram() {
  Histogram histogram;
  for (const Duration latency : MakeLatencies())
    histogram.Record(latency);
  return histogram;
}

void Record(benchmark::State& state) {
  const std::vector<Duration> latencies = MakeLatencies();
  Histogram histogram;
  std::size_t next = 0;
  for (auto _ : state) {
    histogram.Record(latencies[next]);
    next = (next + 1) % 4096;
    benchmark::ClobberMemory();
  }
}
BENCHMARK(Record);

void Merge(benchmark::State& state) {
  const Histogram part = MakeHistogram();
  Histogram sum = part;
  for (auto _ : state) {
    sum.Merge(part);
    benchmark::ClobberMemory();
  }
}
BENCHMARK(Merge);

void Quantile(benchmark::State& state) {
  const Histogram histogram = MakeHistogram();
  for (auto _ : state) {
    double q = 0.99;
    benchmark::DoNotOptimize(q);
    benchmark::DoNotOptimize(histogram.Quantile(q));
  }
}
BENCHMARK(Quantile);

void PackAndClear(benchmark::State& state) {
  const Histogram part = MakeHistogram();
  Histogram second;
  for (auto _ : state) {
    second.Merge(part);
    const PackedHistogram packed(second);
    benchmark::DoNotOptimize(packed.count());
    second.Clear();
  }
  state.counters["packed_octets"] =
      static_cast<double>(PackedHistogram(part).encoded_counts().size());
}
BENCHMARK(PackAndClear);

void EncodeAsHdr(benchmark::State& state) {
  const PackedHistogram histogram(MakeHistogram());
  for (auto _ : state)
    benchmark::DoNotOptimize(EncodeHdr(histogram));
}
BENCHMARK(EncodeAsHdr);

}  // namespace
}  // namespace smtpgauge
