// Charts as SVG that the page's style sheet colours: no script, and the numbers can be read off.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace smtpgauge {

enum class Scale : std::uint8_t { kLinear, kLogarithmic };

struct Tick {
  double at = 0;
  std::string label;
};

struct Line {
  std::string name;
  std::string css_class;
  std::vector<std::pair<double, double>> points;  ///< by x
};

struct Chart {
  std::string title;
  std::string x_name;
  std::string (*y_label)(double) = nullptr;
  Scale y_scale = Scale::kLinear;
  std::vector<Tick> x_ticks;  ///< the first and the last are the edges
  std::vector<Line> lines;
};

/// A figure with legend; each point tells its value when pointed at. Names are octets. Empty when
/// no line has a point.
[[nodiscard]] std::string DrawChart(const Chart& chart);

/// About `count` round times from 0 to `last` seconds, labelled in seconds, minutes or hours; the
/// last tick is `last` itself.
[[nodiscard]] std::vector<Tick> TimeTicks(double last, int count);

}  // namespace smtpgauge
