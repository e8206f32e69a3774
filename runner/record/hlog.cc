#include "runner/record/hlog.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <ctime>
#include <string_view>

#include "runner/record/hdr_codec.h"

namespace smtpgauge {
namespace {

std::string Fixed3(double number) {
  std::array<char, 64> buffer{};  // seconds of 64-bit nanoseconds, milliseconds of 1 h: far shorter
  char* const end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number,
                                  std::chars_format::fixed, 3)
                        .ptr;
  return std::string(buffer.data(), end);
}

double Seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

std::string UtcDate(std::chrono::system_clock::time_point at) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(at);
  std::tm broken{};
  gmtime_r(&seconds, &broken);
  std::array<char, 64> buffer{};
  const std::size_t length =
      std::strftime(buffer.data(), buffer.size(), "%a %b %d %H:%M:%S UTC %Y", &broken);
  return {buffer.data(), length};
}

/// One line; nothing for an empty histogram.
void AppendLine(std::string_view tag, Duration start, Duration length,
                const PackedHistogram& histogram, std::string& log) {
  if (histogram.count() == 0) return;
  // The column is a maximum in milliseconds, whatever the unit of the histogram.
  const double max_millis = static_cast<double>(histogram.Max()) / 1e3;
  log.append("Tag=").append(tag).append(",");
  log.append(Fixed3(Seconds(start))).append(",").append(Fixed3(Seconds(length))).append(",");
  log.append(Fixed3(max_millis)).append(",").append(EncodeHdr(histogram)).append("\n");
}

}  // namespace

std::string FormatHlog(const LoadResult& result) {
  const auto since_epoch = result.info.started.time_since_epoch();
  std::string log = "#[smtpgauge " + result.info.tool_version +
                    "; microseconds: HistogramLogProcessor wants -outputValueUnitRatio 1000 for "
                    "milliseconds]\n#[Histogram log format version 1.3]\n#[StartTime: ";
  log.append(Fixed3(std::chrono::duration<double>(since_epoch).count()));
  log.append(" (seconds since epoch), ").append(UtcDate(result.info.started)).append("]\n");
  log +=
      "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n";

  const auto append_window = [&](std::string_view tag, const Histogram& histogram) {
    AppendLine(tag, result.measured_from, result.measured, PackedHistogram(histogram), log);
  };
  for (const auto& [key, times] : result.phases) {
    std::string tag(PhaseName(key.first));
    tag.append(".").append(OutcomeName(key.second));
    append_window(tag + ".service", times.service);
    append_window(tag + ".response", times.response);
  }
  append_window("lateness", result.generator.lateness);
  append_window("loop_stalls", result.generator.loop_stalls);
  Duration start{};
  for (const Interval& second : result.series) {
    AppendLine("message.response", start, std::chrono::seconds(1), second.message_response, log);
    start += std::chrono::seconds(1);
  }
  return log;
}

}  // namespace smtpgauge
