#include "reports/load_charts.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "reports/html_chart.h"
#include "reports/load_summary.h"
#include "reports/numbers.h"
#include "runner/record/units.h"

namespace smtpgauge {
namespace {

constexpr std::size_t kMaxSteps = 240;  // more cannot be told apart on the page
constexpr int kXTicks = 8;
constexpr int kPercentilePoints = 120;
constexpr std::array<std::string_view, 5> kClasses = {"c1", "c2", "c3", "c4", "c5"};

// Neighbouring seconds taken together.
struct Step {
  double begin = 0;    // seconds
  double seconds = 1;  // length
  std::uint64_t offered = 0, accepted = 0, refused = 0;
  Histogram response;
};

std::vector<Step> StepsOf(const LoadResult& result) {
  const std::size_t length = (result.series.size() + kMaxSteps - 1) / kMaxSteps;
  std::vector<Step> steps;
  for (std::size_t i = 0; i < result.series.size(); ++i) {
    if (i % length == 0) steps.push_back({static_cast<double>(i), 0, 0, 0, 0, {}});
    Step& step = steps.back();
    const Interval& interval = result.series[i];
    step.seconds += 1;
    step.offered += interval.messages.offered;
    step.accepted += interval.messages.accepted;
    step.refused += interval.messages.rejected + interval.messages.failed;
    interval.message_response.AddTo(step.response);
  }
  return steps;
}

// Load ends in the middle of a second; what comes behind it would look like a collapse.
Line RateLine(std::string name, std::string_view css_class, const LoadResult& result,
              const std::vector<Step>& steps, std::uint64_t Step::*count) {
  const double end = std::chrono::duration<double>(result.measured_from + result.measured).count();
  Line line{std::move(name), std::string(css_class), {}};
  for (const Step& step : steps) {
    const double covered = end > 0 ? std::min(step.seconds, end - step.begin) : step.seconds;
    if (covered < step.seconds / 2) break;
    line.points.emplace_back(step.begin + covered / 2, static_cast<double>(step.*count) / covered);
  }
  return line;
}

Line QuantileLine(std::string name, std::string_view css_class, const std::vector<Step>& steps,
                  double q) {
  Line line{std::move(name), std::string(css_class), {}};
  for (const Step& step : steps) {
    if (step.response.count() == 0) continue;
    line.points.emplace_back(step.begin + step.seconds / 2,
                             static_cast<double>(step.response.Quantile(q)));
  }
  return line;
}

// Times that lie close together are easier to compare on a linear axis.
Scale ScaleFor(const std::vector<Line>& lines) {
  constexpr double kFarApart = 30;
  double lowest = HUGE_VAL, highest = 0;
  for (const Line& line : lines) {
    for (const auto& [x, y] : line.points) {
      lowest = std::min(lowest, std::max(y, 1.0));
      highest = std::max(highest, y);
    }
  }
  return highest > kFarApart * lowest ? Scale::kLogarithmic : Scale::kLinear;
}

// x of a percentile axis: each unit is one nine more.
double Nines(double q) {
  return -std::log10(1 - q);
}

Line PercentileLine(std::string name, std::string_view css_class, const Histogram& times) {
  Line line{std::move(name), std::string(css_class), {}};
  if (times.count() == 0) return line;
  const double last = std::log10(static_cast<double>(std::max<std::uint64_t>(times.count(), 10)));
  for (int i = 0; i <= kPercentilePoints; ++i) {
    const double nines = std::min(last, 5.0) * i / kPercentilePoints;
    const double q = 1 - std::pow(10, -nines);
    line.points.emplace_back(nines, static_cast<double>(times.Quantile(q)));
  }
  return line;
}

std::string PercentileChart(std::string title, std::vector<Line> lines) {
  double last = 1;
  for (const Line& line : lines) {
    if (!line.points.empty()) last = std::max(last, std::ceil(line.points.back().first - 1e-9));
  }
  const Scale scale = ScaleFor(lines);
  Chart chart{std::move(title), "percentile", FormatMicros, scale, {}, std::move(lines)};
  chart.x_ticks = {{0, "0%"}, {Nines(0.5), "50%"}};
  constexpr std::array<std::string_view, 5> kNines = {"90%", "99%", "99.9%", "99.99%", "99.999%"};
  for (std::size_t i = 0; i < kNines.size() && static_cast<double>(i) < last; ++i) {
    chart.x_ticks.push_back({static_cast<double>(i + 1), std::string(kNines[i])});
  }
  return DrawChart(chart);
}

std::string PhaseChart(const LoadResult& result) {
  using Row = std::pair<Phase, const Histogram*>;
  std::vector<Row> rows;
  for (const auto& [key, times] : result.phases) {
    const auto& [phase, outcome] = key;
    const bool answered = outcome == Outcome::k2yz || outcome == Outcome::k3yz;
    const bool whole = phase == Phase::kMessage || phase == Phase::kSession;
    if (answered && !whole) rows.emplace_back(phase, &times.service);
  }
  // The exchanges of every message rather than those of a connection that carries many.
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return a.second->count() > b.second->count();
  });
  if (rows.size() > kClasses.size()) rows.resize(kClasses.size());
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.first < b.first; });
  std::vector<Line> lines;
  lines.reserve(rows.size());
  for (const auto& [phase, times] : rows) {
    lines.push_back(PercentileLine(std::string(PhaseName(phase)), kClasses[lines.size()], *times));
  }
  return PercentileChart("Service time by phase", std::move(lines));
}

}  // namespace

std::string LoadCharts(const LoadResult& result) {
  const std::vector<Step> steps = StepsOf(result);
  const std::vector<Tick> seconds = TimeTicks(static_cast<double>(result.series.size()), kXTicks);
  std::string out =
      DrawChart({"Messages per second",
                 "since the start",
                 HumanRate,
                 Scale::kLinear,
                 seconds,
                 {RateLine("offered", "neutral", result, steps, &Step::offered),
                  RateLine("accepted", "good", result, steps, &Step::accepted),
                  RateLine("rejected or failed", "bad", result, steps, &Step::refused)}});
  std::vector<Line> times = {QuantileLine("p50", "c1", steps, 0.5),
                             QuantileLine("p99", "c2", steps, 0.99),
                             QuantileLine("max", "c3", steps, 1)};
  const Scale scale = ScaleFor(times);
  out += DrawChart({"Response time of a message", "since the start", FormatMicros, scale, seconds,
                    std::move(times)});
  const auto message = result.phases.find({Phase::kMessage, Outcome::k2yz});
  if (message != result.phases.end()) {
    std::vector<Line> lines = {PercentileLine("response time", "c1", message->second.response)};
    if (!ResponseEqualsService(result)) {
      lines.push_back(PercentileLine("service time", "c2", message->second.service));
    }
    out += PercentileChart("Accepted messages by percentile", std::move(lines));
  }
  return out + PhaseChart(result);
}

}  // namespace smtpgauge
