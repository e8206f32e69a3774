// Pieces of the HTML report; each returns finished markup. html.cc puts them into the document.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/report.h"

namespace smtpgauge {

/// The style sheet, whole.
[[nodiscard]] std::string_view HtmlStyle();

/// Main parts of the two kinds of result.
[[nodiscard]] std::string CheckBody(const CheckResult& check);
[[nodiscard]] std::string LoadBody(const LoadResult& load);

/// Inputs that CheckBody's tiles switch; they must stand before the main element, as siblings.
[[nodiscard]] std::string CheckFilters();

/// The lines of a transcript with times; long ones are cut and say so.
[[nodiscard]] std::string TranscriptTable(std::span<const TranscriptEntry> entries);

/// Term and description, both octets; nothing when the description is empty.
[[nodiscard]] std::string Definition(std::string_view term, std::string_view description);

/// Head of the page: target, address, when, by which tool. `conclusion_class` is good, warn or bad.
[[nodiscard]] std::string PageHead(const RunInfo& info, std::string_view conclusion,
                                   std::string_view conclusion_class);

/// A list of sentences under the head, each of them octets.
[[nodiscard]] std::string Remarks(std::span<const std::string> sentences,
                                  std::string_view css_class);

/// "fail", "not-applicable": css class of a verdict.
[[nodiscard]] std::string VerdictClass(Verdict verdict);

/// A bar whose parts are as wide as the counts; hidden from screen readers, the numbers are beside
/// it.
[[nodiscard]] std::string VerdictBar(const std::array<std::uint32_t, kVerdictCount>& counts);

}  // namespace smtpgauge
