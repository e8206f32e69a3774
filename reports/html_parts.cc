#include "reports/html_parts.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "reports/markup.h"
#include "reports/numbers.h"
#include "reports/octets.h"
#include "reports/transcript.h"

namespace smtpgauge {
namespace {

constexpr std::size_t kTranscriptLines = 200;
constexpr std::size_t kLineOctets = 2000;

std::string_view RowClass(TranscriptEntry::Kind kind) {
  switch (kind) {
    case TranscriptEntry::Kind::kSent:
      return "sent";
    case TranscriptEntry::Kind::kReceived:
      return "received";
    case TranscriptEntry::Kind::kNote:
      return "note";
  }
  return {};
}

// RFC transcripts say C: and S:, and so do mail people.
std::string_view Speaker(TranscriptEntry::Kind kind) {
  switch (kind) {
    case TranscriptEntry::Kind::kSent:
      return "C:";
    case TranscriptEntry::Kind::kReceived:
      return "S:";
    case TranscriptEntry::Kind::kNote:
      return "";
  }
  return {};
}

}  // namespace

std::string VerdictClass(Verdict verdict) {
  std::string name(VerdictName(verdict));
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

std::string TranscriptTable(std::span<const TranscriptEntry> entries) {
  const std::vector<TranscriptLine> lines = LinesOf(entries);
  if (lines.empty()) return {};
  std::string out = "<table class=\"wire\">\n";
  const std::size_t first = lines.size() > kTranscriptLines ? lines.size() - kTranscriptLines : 0;
  if (first > 0) {
    out += fmt::format(
        "<tr class=\"note\"><td></td><td></td><td></td><td>{} before; the JSON "
        "report has them</td></tr>\n",
        Counted(first, "line"));
  }
  for (std::size_t i = first; i < lines.size(); ++i) {
    const TranscriptLine& line = lines[i];
    out +=
        fmt::format("<tr class=\"{}\"><td>{}</td><td>{}</td><td>{}</td><td>{}<i>{}</i></td></tr>\n",
                    RowClass(line.kind), AtSeconds(line.at), line.connection, Speaker(line.kind),
                    MarkupEscaped(Shorten(line.text, kLineOctets)), MarkupEscaped(line.line_end));
  }
  return out + "</table>\n";
}

std::string Definition(std::string_view term, std::string_view description) {
  if (description.empty()) return {};
  return fmt::format("<dt>{}</dt><dd>{}</dd>\n", Markup(term), Markup(description));
}

std::string PageHead(const RunInfo& info, std::string_view conclusion,
                     std::string_view conclusion_class) {
  std::string addresses;
  for (const std::string& address : info.addresses) {
    addresses += (addresses.empty() ? "" : ", ") + address;
  }
  const std::pair<std::string_view, std::string> facts[] = {
      {"address", addresses},
      {"profile", info.profile},
      {"tls", info.tls},
      {"when", HumanTime(info.started)},
      {"took", HumanDuration(info.elapsed)},
      {"seed", std::to_string(info.seed)},
      {"smtpgauge", info.tool_version},
      {"catalogue", info.catalogue_hash.substr(0, 12)}};
  std::string out = fmt::format(
      "<header class=\"{}\">\n<p class=\"brand\">smtpgauge <span>{}</span></p>\n<h1>{}</h1>\n"
      "<p class=\"conclusion\">{}</p>\n<dl class=\"facts\">\n",
      conclusion_class, Markup(info.command), Markup(info.target), Markup(conclusion));
  for (const auto& [term, description] : facts) {
    if (!description.empty()) out += "<div>" + Definition(term, description) + "</div>\n";
  }
  return out + "</dl>\n</header>\n";
}

std::string Remarks(std::span<const std::string> sentences, std::string_view css_class) {
  if (sentences.empty()) return {};
  std::string out = fmt::format("<ul class=\"remarks {}\">\n", css_class);
  for (const std::string& sentence : sentences)
    out += fmt::format("<li>{}</li>\n", Markup(sentence));
  return out + "</ul>\n";
}

std::string VerdictBar(const std::array<std::uint32_t, kVerdictCount>& counts) {
  const auto total = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
  if (total == 0) return {};
  std::string out =
      "<svg class=\"bar\" viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" "
      "aria-hidden=\"true\">";
  double x = 0;
  for (std::size_t i = 0; i < kVerdictCount; ++i) {
    if (counts[i] == 0) continue;
    const double width = 1000.0 * counts[i] / static_cast<double>(total);
    out += fmt::format("<rect class=\"{}\" x=\"{:.2f}\" width=\"{:.2f}\" height=\"10\"/>",
                       VerdictClass(static_cast<Verdict>(i)), x, width);
    x += width;
  }
  return out + "</svg>";
}

}  // namespace smtpgauge
