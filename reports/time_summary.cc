#include "reports/time_summary.h"

#include "runner/record/hdr_codec.h"

namespace smtpgauge {
namespace {

// All but the encoding.
template <class Times>
TimeSummary NumbersOf(const Times& times) {
  TimeSummary summary;
  summary.count = times.count();
  summary.mean = times.Mean();
  summary.min = times.Min();
  summary.p50 = times.Quantile(0.5);
  summary.p90 = times.Quantile(0.9);
  summary.p99 = times.Quantile(0.99);
  summary.p99_9 = times.Quantile(0.999);
  summary.max = times.Max();
  summary.sum = times.summary().sum_micros;
  summary.overflows = times.overflows();
  return summary;
}

}  // namespace

TimeSummary SummaryOf(const Histogram& histogram) {
  TimeSummary summary = NumbersOf(histogram);
  summary.hdr = EncodeHdr(histogram);
  return summary;
}

TimeSummary SummaryOf(const PackedHistogram& histogram) {
  TimeSummary summary = NumbersOf(histogram);
  summary.hdr = EncodeHdr(histogram);
  return summary;
}

Histogram HistogramFrom(const TimeSummary& summary) {
  HistogramSummary exact;
  exact.count = summary.count;
  exact.overflows = summary.overflows;
  exact.sum_micros = summary.sum;
  if (summary.count > 0) exact.min_micros = summary.min;
  exact.max_micros = summary.max;
  Histogram histogram = DecodeHdr(summary.hdr, exact);
  TimeSummary again = NumbersOf(histogram);
  again.hdr = summary.hdr;  // decoded above; another release of zlib may have compressed it
  if (again != summary) {
    throw HdrError("mean or percentiles do not follow from the histogram");
  }
  return histogram;
}

}  // namespace smtpgauge
