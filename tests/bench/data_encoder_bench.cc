#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <benchmark/benchmark.h>

#include "runner/smtp/data_encoder.h"

namespace smtpgauge::smtp {
namespace {

/// Lines of `width` octets, each `dotted`-th of which begins with a dot (0: none).
std::string MakeContent(std::size_t size, std::size_t width, std::size_t dotted) {
  std::string content;
  for (std::size_t line = 1; content.size() < size; ++line) {
    std::string text(width, 'x');
    if (dotted != 0 && line % dotted == 0) text[0] = '.';
    content.append(text).append("\r\n");
  }
  content.resize(size);
  return content;
}

void Encode(benchmark::State& state, std::size_t width, std::size_t dotted) {
  const std::string content = MakeContent(static_cast<std::size_t>(state.range(0)), width, dotted);
  std::string out;
  for (auto _ : state) {
    out.clear();
    DataEncoder encoder;
    encoder.Append(content, out);
    encoder.Finish(out);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK_CAPTURE(Encode, text, 72, 0)->Arg(1024)->Arg(100 * 1024);
BENCHMARK_CAPTURE(Encode, some_dots, 72, 20)->Arg(100 * 1024);
BENCHMARK_CAPTURE(Encode, all_dots, 2, 1)->Arg(100 * 1024);

}  // namespace
}  // namespace smtpgauge::smtp
