#include <cstdint>
#include <string>
#include <string_view>

#include <benchmark/benchmark.h>

#include "runner/smtp/reply_parser.h"

namespace smtpgauge::smtp {
namespace {

/// One chunk per reply, as in lock-step.
void ParseWhole(benchmark::State& state, std::string_view reply) {
  ReplyParser parser;
  for (auto _ : state) {
    std::string_view input = reply;
    benchmark::DoNotOptimize(input);
    auto parsed = parser.Next(input);
    benchmark::DoNotOptimize(parsed);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(reply.size()));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(ParseWhole, ok, "250 2.0.0 Ok\r\n");
BENCHMARK_CAPTURE(ParseWhole, go_ahead, "354 End data with <CR><LF>.<CR><LF>\r\n");
BENCHMARK_CAPTURE(ParseWhole, queued, "250 2.0.0 Ok: queued as 4XyZ123abcz1234\r\n");
BENCHMARK_CAPTURE(ParseWhole, ehlo,
                  "250-mx.example.org\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250-ETRN\r\n"
                  "250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250-DSN\r\n250 CHUNKING\r\n");

/// Many replies in one chunk, as behind PIPELINING.
void ParseGroup(benchmark::State& state) {
  std::string group;
  for (int i = 0; i < 100; ++i)
    group += "250 2.1.5 Ok\r\n";
  ReplyParser parser;
  for (auto _ : state) {
    std::string_view input = group;
    while (auto parsed = parser.Next(input))
      benchmark::DoNotOptimize(parsed);
  }
  state.SetItemsProcessed(state.iterations() * 100);
}
BENCHMARK(ParseGroup);

/// Each reply cut in two: the copy of the tail.
void ParseSplit(benchmark::State& state) {
  const std::string_view reply = "250 2.0.0 Ok: queued as 4XyZ123abcz1234\r\n";
  ReplyParser parser;
  for (auto _ : state) {
    std::string_view head = reply.substr(0, 20);
    std::string_view tail = reply.substr(20);
    benchmark::DoNotOptimize(parser.Next(head));
    auto parsed = parser.Next(tail);
    benchmark::DoNotOptimize(parsed);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(ParseSplit);

void ParseEnhanced(benchmark::State& state) {
  const std::string text = "2.0.0 Ok";
  for (auto _ : state) {
    std::string_view view = text;
    benchmark::DoNotOptimize(view);
    auto code = ParseEnhancedCode(view);
    benchmark::DoNotOptimize(code);
  }
}
BENCHMARK(ParseEnhanced);

}  // namespace
}  // namespace smtpgauge::smtp
