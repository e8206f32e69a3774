#include <benchmark/benchmark.h>

#include "runner/load/arrivals.h"

namespace smtpgauge {
namespace {

void NextArrival(benchmark::State& state, const LoadShape& shape) {
  Arrivals arrivals(shape, 1, 0, 1);
  for (auto _ : state) {
    arrivals.Advance();
    benchmark::DoNotOptimize(arrivals.time());
  }
}

BENCHMARK_CAPTURE(NextArrival, constant, LoadShape::Constant(10'000));
BENCHMARK_CAPTURE(NextArrival, poisson, LoadShape::Constant(10'000).Arriving("poisson"));
BENCHMARK_CAPTURE(NextArrival, ramp, LoadShape::Stages("100h:1-100000"));
BENCHMARK_CAPTURE(NextArrival, sine, LoadShape::Constant(10'000).Arriving("sine:5000:10s"));

}  // namespace
}  // namespace smtpgauge
