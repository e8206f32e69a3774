// Lines, colour and columns of the text report.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reports/text.h"

namespace smtpgauge {

enum class Tone { kPlain, kStrong, kDim, kGood, kWarn, kBad };

[[nodiscard]] Tone ToneOf(Verdict verdict);

/// Text is ASCII or escaped already; widths count octets.
class TextPage {
 public:
  explicit TextPage(const TextStyle& style) : style_(style) {}

  [[nodiscard]] std::string Paint(Tone tone, std::string_view text) const;
  void Line(std::string_view text = {});
  void Heading(std::string_view text);  ///< after an empty line
  /// "  label     text", text wrapped at spaces under itself; nothing when it is empty.
  void Labelled(std::string_view label, std::string_view text, std::size_t indent = 2);
  /// "  - text", wrapped.
  void Bullet(std::string_view text);
  /// First column left, others right; the first row is the heading.
  void Table(std::span<const std::vector<std::string>> rows);
  void Transcript(std::span<const TranscriptEntry> entries, std::size_t indent);

  [[nodiscard]] const TextStyle& style() const { return style_; }
  [[nodiscard]] std::string Take() { return std::move(out_); }

 private:
  void Wrapped(std::string_view text, std::size_t column);

  TextStyle style_;
  std::string out_;
};

void WriteHeader(TextPage& page, const RunInfo& info);

/// The writers of one kind of result each; `page` gets everything.
void WriteCheckText(const CheckResult& result, TextPage& page);
void WriteLoadText(const LoadResult& result, TextPage& page);

}  // namespace smtpgauge
