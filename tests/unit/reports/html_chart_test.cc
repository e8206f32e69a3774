#include "reports/html_chart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/numbers.h"

namespace smtpgauge {
namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<std::string> LabelsOf(const std::vector<Tick>& ticks) {
  std::vector<std::string> labels;
  for (const Tick& tick : ticks)
    labels.push_back(tick.label);
  return labels;
}

Chart Rates(std::vector<std::pair<double, double>> points) {
  return {"Rates <per second>",
          "x",
          HumanRate,
          Scale::kLinear,
          TimeTicks(10, 5),
          {{"a & b", "c1", std::move(points)}}};
}

TEST(TimeTicks, AreRoundAndEndAtTheEdge) {
  EXPECT_EQ(LabelsOf(TimeTicks(5, 8)),
            (std::vector<std::string>{"0 s", "1 s", "2 s", "3 s", "4 s", "5 s"}));
  EXPECT_EQ(LabelsOf(TimeTicks(61, 8)),
            (std::vector<std::string>{"0 s", "10 s", "20 s", "30 s", "40 s", "50 s", "61 s"}));
  EXPECT_EQ(LabelsOf(TimeTicks(3600, 8)),
            (std::vector<std::string>{"0 min", "10 min", "20 min", "30 min", "40 min", "50 min",
                                      "60 min"}));
  EXPECT_EQ(LabelsOf(TimeTicks(86400, 8)),
            (std::vector<std::string>{"0 h", "5 h", "10 h", "15 h", "20 h", "24 h"}));
  EXPECT_EQ(LabelsOf(TimeTicks(0, 8)), (std::vector<std::string>{"0 s"}));
}

TEST(DrawChart, EscapesNamesAndTellsValues) {
  const std::string figure = DrawChart(Rates({{1, 5}, {2, 7.5}}));
  EXPECT_THAT(figure, HasSubstr("Rates &lt;per second&gt;"));
  EXPECT_THAT(figure, HasSubstr("<title>a &amp; b: 7.50</title>"));
}

TEST(DrawChart, DrawsNothingFromNothing) {
  EXPECT_EQ(DrawChart(Rates({})), "");
  EXPECT_EQ(DrawChart(Chart{}), "");
}

TEST(DrawChart, SurvivesZerosAndExtremes) {
  for (const Scale scale : {Scale::kLinear, Scale::kLogarithmic}) {
    for (const double y : {0.0, 1e-300, 1.0, 3.6e9, 1e300}) {
      Chart chart = Rates({{0, 0}, {5, y}, {10, y}});
      chart.y_scale = scale;
      const std::string figure = DrawChart(chart);
      EXPECT_THAT(figure, Not(HasSubstr("nan"))) << y;
      EXPECT_THAT(figure, Not(HasSubstr("inf"))) << y;
      EXPECT_LT(figure.size(), 100'000U);
    }
  }
}

}  // namespace
}  // namespace smtpgauge
