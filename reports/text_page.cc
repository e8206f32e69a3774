#include "reports/text_page.h"

#include <algorithm>

#include <fmt/format.h>

#include "reports/numbers.h"
#include "reports/octets.h"
#include "reports/transcript.h"

namespace smtpgauge {
namespace {

constexpr std::size_t kShortTranscriptLines = 8;
constexpr std::size_t kLabelWidth = 10;

std::string_view Sgr(Tone tone) {
  switch (tone) {
    case Tone::kPlain:
      return "";
    case Tone::kStrong:
      return "\x1b[1m";
    case Tone::kDim:
      return "\x1b[2m";
    case Tone::kGood:
      return "\x1b[32m";
    case Tone::kWarn:
      return "\x1b[33m";
    case Tone::kBad:
      return "\x1b[1;31m";
  }
  return "";
}

}  // namespace

Tone ToneOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass:
      return Tone::kGood;
    case Verdict::kWarn:
      return Tone::kWarn;
    case Verdict::kFail:
      return Tone::kBad;
    case Verdict::kNotApplicable:
      return Tone::kDim;
    case Verdict::kBlocked:
      return Tone::kWarn;
    case Verdict::kSkipped:
      return Tone::kDim;
    case Verdict::kError:
      return Tone::kBad;
  }
  return Tone::kPlain;
}

std::string TextPage::Paint(Tone tone, std::string_view text) const {
  const std::string_view sgr = Sgr(tone);
  if (style_.colour == Colour::kOff || sgr.empty() || text.empty()) return std::string(text);
  return fmt::format("{}{}\x1b[0m", sgr, text);
}

void TextPage::Line(std::string_view text) {
  out_ += text;
  out_ += '\n';
}

void TextPage::Heading(std::string_view text) {
  Line();
  Line(Paint(Tone::kStrong, text));
}

void TextPage::Labelled(std::string_view label, std::string_view text, std::size_t indent) {
  if (text.empty()) return;
  const std::string padded = fmt::format("{:<{}}", label, kLabelWidth);
  out_ += fmt::format("{:{}}{}", "", indent, Paint(Tone::kDim, padded));
  Wrapped(text, indent + std::max(padded.size(), kLabelWidth));
}

void TextPage::Bullet(std::string_view text) {
  out_ += "  - ";
  Wrapped(text, 4);
}

void TextPage::Wrapped(std::string_view text, std::size_t column) {
  const std::size_t room = style_.width > column + 20 ? style_.width - column : 20;
  while (text.size() > room) {
    std::size_t cut = text.rfind(' ', room);
    // A word longer than the line stays whole: ids and replies are there to be copied.
    if (cut == std::string_view::npos || cut == 0) cut = text.find(' ', room);
    if (cut == std::string_view::npos) break;
    Line(text.substr(0, cut));
    text.remove_prefix(cut + 1);
    out_.append(column, ' ');
  }
  Line(text);
}

void TextPage::Table(std::span<const std::vector<std::string>> rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    if (widths.size() < row.size()) widths.resize(row.size());
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], row[i].size());
  }
  for (const auto& row : rows) {
    std::string line = "  ";
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += i == 0 ? fmt::format("{:<{}}", row[i], widths[i])
                     : fmt::format("  {:>{}}", row[i], widths[i]);
    }
    Line(&row == rows.data() ? Paint(Tone::kDim, line) : line);
  }
}

void TextPage::Transcript(std::span<const TranscriptEntry> entries, std::size_t indent) {
  std::vector<TranscriptLine> lines = LinesOf(entries);
  std::size_t first = 0;
  const bool short_form = style_.transcripts == Transcripts::kShort;
  if (short_form && lines.size() > kShortTranscriptLines) {
    first = lines.size() - kShortTranscriptLines;
    Line(fmt::format(
        "{:{}}{}", "", indent,
        Paint(Tone::kDim, fmt::format("... {} before; -v shows them", Counted(first, "line")))));
  }
  for (std::size_t i = first; i < lines.size(); ++i) {
    TranscriptLine& line = lines[i];
    const std::string prefix =
        fmt::format("{:>10} {} {} ", AtSeconds(line.at), line.connection, Arrow(line.kind));
    const std::size_t used = indent + prefix.size() + line.line_end.size();
    if (short_form)
      line.text = Shorten(std::move(line.text), std::max(style_.width, used + 20) - used);
    const Tone tone = line.kind == TranscriptEntry::Kind::kNote ? Tone::kDim : Tone::kPlain;
    Line(fmt::format("{:{}}{}{}{}", "", indent, Paint(Tone::kDim, prefix), Paint(tone, line.text),
                     Paint(Tone::kDim, line.line_end)));
  }
}

void WriteHeader(TextPage& page, const RunInfo& info) {
  page.Line(page.Paint(Tone::kStrong, fmt::format("smtpgauge {} {}", EscapeOctets(info.command),
                                                  EscapeOctets(info.target))));
  std::string reached;
  for (const std::string& address : info.addresses)
    reached += EscapeOctets(address) + " ";
  reached +=
      fmt::format("(profile {}, tls {})", EscapeOctets(info.profile), EscapeOctets(info.tls));
  page.Labelled("target", reached);
  page.Labelled("run", fmt::format("{}, took {}, seed {}", HumanTime(info.started),
                                   HumanDuration(info.elapsed), info.seed));
  page.Labelled("tool", fmt::format("smtpgauge {}, catalogue {}", EscapeOctets(info.tool_version),
                                    EscapeOctets(info.catalogue_hash).substr(0, 12)));
}

std::string WriteText(const Report& report, const TextStyle& style) {
  TextPage page(style);
  if (const auto* check = std::get_if<CheckResult>(&report)) {
    WriteCheckText(*check, page);
  } else {
    WriteLoadText(std::get<LoadResult>(report), page);
  }
  return page.Take();
}

}  // namespace smtpgauge
