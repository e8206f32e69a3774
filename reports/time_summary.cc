#include "reports/time_summary.h"

namespace smtpgauge {

TimeSummary SummaryOf(const Histogram& histogram) {
  TimeSummary summary;
  summary.count = histogram.count();
  summary.mean = histogram.Mean();
  summary.min = histogram.Min();
  summary.p50 = histogram.Quantile(0.5);
  summary.p90 = histogram.Quantile(0.9);
  summary.p99 = histogram.Quantile(0.99);
  summary.p99_9 = histogram.Quantile(0.999);
  summary.max = histogram.Max();
  summary.sum = histogram.summary().sum_micros;
  summary.overflows = histogram.overflows();
  return summary;
}

}  // namespace smtpgauge
