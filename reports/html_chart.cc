#include "reports/html_chart.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "reports/markup.h"

namespace smtpgauge {
namespace {

constexpr double kWidth = 520, kHeight = 230;
constexpr double kLeft = 60, kRight = 26, kTop = 12, kBottom = 40;
constexpr int kYTicks = 5;
constexpr std::size_t kMaxPointed = 400;  // points that get a label of their own

// 1, 2 or 5 times a power of ten, not below `least`.
double RoundUp(double least) {
  const double power = std::pow(10, std::floor(std::log10(least)));
  for (const double step : {1.0, 2.0, 5.0}) {
    if (step * power >= least * (1 - 1e-9)) return step * power;
  }
  return 10 * power;
}

struct Axis {
  double first = 0, last = 1;
  double begin = 0, end = 1;  // in the drawing
  Scale scale = Scale::kLinear;
  std::vector<double> ticks;

  [[nodiscard]] double Position(double value) const {
    const auto map = [this](double v) { return scale == Scale::kLogarithmic ? std::log10(v) : v; };
    const double clamped = std::clamp(value, first, last);
    const double share = (map(clamped) - map(first)) / (map(last) - map(first));
    return begin + share * (end - begin);
  }
};

Axis LinearAxis(double highest) {
  Axis axis;
  const double step = RoundUp(std::max(highest, 1e-9) / kYTicks);
  axis.last = step * std::max(1.0, std::ceil(highest / step));
  for (int i = 0; i * step <= axis.last * (1 + 1e-9); ++i)
    axis.ticks.push_back(i * step);
  return axis;
}

Axis LogarithmicAxis(double lowest, double highest) {
  Axis axis;
  axis.scale = Scale::kLogarithmic;
  axis.first = std::pow(10, std::floor(std::log10(std::max(lowest, 1.0))));
  axis.ticks = {axis.first, axis.first * 10};
  while (axis.ticks.back() < highest)
    axis.ticks.push_back(axis.ticks.back() * 10);
  axis.last = axis.ticks.back();
  return axis;
}

Axis YAxis(const Chart& chart) {
  double lowest = HUGE_VAL, highest = 0;
  for (const Line& line : chart.lines) {
    for (const auto& [x, y] : line.points) {
      if (y > 0) lowest = std::min(lowest, y);
      highest = std::max(highest, y);
    }
  }
  Axis axis = chart.y_scale == Scale::kLinear || highest <= 0 ? LinearAxis(highest)
                                                              : LogarithmicAxis(lowest, highest);
  axis.begin = kHeight - kBottom;
  axis.end = kTop;
  return axis;
}

std::string Grid(const Chart& chart, const Axis& x, const Axis& y) {
  std::string out;
  for (const double tick : y.ticks) {
    out += fmt::format(
        "<line class=\"grid\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>"
        "<text class=\"y\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n",
        x.begin, x.end, y.Position(tick), y.Position(tick), x.begin - 8, y.Position(tick) + 4,
        Markup(chart.y_label(tick)));
  }
  for (const Tick& tick : chart.x_ticks) {
    out += fmt::format("<text class=\"x\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n",
                       x.Position(tick.at), y.begin + 18, Markup(tick.label));
  }
  return out + fmt::format("<text class=\"x name\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n",
                           (x.begin + x.end) / 2, kHeight - 4, Markup(chart.x_name));
}

std::string Draw(const Chart& chart, const Line& line, const Axis& x, const Axis& y) {
  if (line.points.empty()) return {};
  std::string points;
  std::string pointed;
  const bool label = line.points.size() <= kMaxPointed;
  for (const auto& [at, value] : line.points) {
    points += fmt::format("{:.1f},{:.1f} ", x.Position(at), y.Position(value));
    if (!label) continue;
    pointed += fmt::format(
        "<circle class=\"{} {}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\"><title>{}: "
        "{}</title></circle>\n",
        line.points.size() == 1 ? "dot" : "point", line.css_class, x.Position(at),
        y.Position(value), line.points.size() == 1 ? 3 : 7, Markup(line.name),
        Markup(chart.y_label(value)));
  }
  return fmt::format("<polyline class=\"line {}\" points=\"{}\"/>\n{}", line.css_class, points,
                     pointed);
}

}  // namespace

std::string DrawChart(const Chart& chart) {
  const bool empty = std::all_of(chart.lines.begin(), chart.lines.end(),
                                 [](const Line& line) { return line.points.empty(); });
  if (empty || chart.x_ticks.size() < 2) return {};
  const Axis y = YAxis(chart);
  Axis x;
  x.first = chart.x_ticks.front().at;
  x.last = chart.x_ticks.back().at;
  x.begin = kLeft;
  x.end = kWidth - kRight;
  std::string out = fmt::format("<figure>\n<figcaption><p>{}</p>", Markup(chart.title));
  for (const Line& line : chart.lines) {
    out += fmt::format("<span class=\"key {}\">{}</span>", line.css_class, Markup(line.name));
  }
  out += fmt::format(
      "</figcaption>\n<svg class=\"chart\" viewBox=\"0 0 {} {}\" role=\"img\" "
      "aria-label=\"{}\">\n",
      kWidth, kHeight, Markup(chart.title));
  out += Grid(chart, x, y);
  for (const Line& line : chart.lines)
    out += Draw(chart, line, x, y);
  return out + "</svg>\n</figure>\n";
}

std::vector<Tick> TimeTicks(double last, int count) {
  struct Unit {
    double seconds;
    std::string_view name;
  };
  const Unit unit = last >= 4 * 3600 ? Unit{3600, "h"}
                    : last >= 1200   ? Unit{60, "min"}
                                     : Unit{1, "s"};
  const double end = last / unit.seconds;
  const double step = std::max(1.0, RoundUp(std::max(end, 1.0) / count));
  std::vector<Tick> ticks;
  // The last whole step is left out where its label would run into that of the edge.
  for (int i = 0; i * step < end - step / 2; ++i) {
    ticks.push_back({i * step * unit.seconds, fmt::format("{:.0f} {}", i * step, unit.name)});
  }
  ticks.push_back({last, fmt::format("{:.4g} {}", end, unit.name)});
  return ticks;
}

}  // namespace smtpgauge
