#include "runner/sink/ehlo_fault.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "runner/sink/ascii.h"

namespace smtpgauge::sink {
namespace {

struct Change {
  Fault fault;
  std::string_view keyword;  // the line that starts with it is changed; empty: a line is added
  std::string_view line;     // what stands there instead; empty: the line is dropped
};

constexpr std::array kChanges = {
    Change{Fault::kEhloSizeNotANumber, "SIZE", "SIZE ten-megabytes"},
    Change{Fault::kEhloSizeBelow64k, "SIZE", "SIZE 32768"},
    Change{Fault::kEhloSizeTwice, "", "SIZE 99999999"},
    Change{Fault::kEhloBadKeyword, "", "_X:Y"},
    Change{Fault::kEhloOffersMissingVerb, "", "ETRN"},
    Change{Fault::kEhloPipeliningParameter, "PIPELINING", "PIPELINING yes"},
    Change{Fault::kEhloStatusCodesParameter, "ENHANCEDSTATUSCODES", "ENHANCEDSTATUSCODES 2"},
    Change{Fault::kEhloDsnParameter, "DSN", "DSN 1"},
    Change{Fault::kEhloEightBitParameter, "8BITMIME", "8BITMIME on"},
    Change{Fault::kEhloUtf8Parameter, "SMTPUTF8", "SMTPUTF8 1"},
    Change{Fault::kEhloUtf8WithoutEightBit, "8BITMIME", ""},
    Change{Fault::kEhloBinaryWithoutChunking, "CHUNKING", ""},
    Change{Fault::kEhloBinaryParameter, "BINARYMIME", "BINARYMIME all"},
    Change{Fault::kEhloStartTlsParameter, "STARTTLS", "STARTTLS required"},
    Change{Fault::kEhloAuthEmpty, "AUTH", "AUTH"},
    Change{Fault::kAuthUnofferedTaken, "AUTH", ""},
    Change{Fault::kEhloLimitsBad, "LIMITS", "LIMITS MAILMAX=lots"},
    Change{Fault::kEhloDeliverByBad, "DELIVERBY", "DELIVERBY soon"},
    Change{Fault::kEhloNoPipelining, "PIPELINING", ""},
    Change{Fault::kEhloExpnListed, "", "EXPN"},
    Change{Fault::kXclientListed, "", "XCLIENT NAME ADDR PROTO HELO"},
    Change{Fault::kXclientListed, "", "XFORWARD NAME ADDR PROTO HELO"},
    Change{Fault::kEhloTrailingSpace, "PIPELINING", "PIPELINING "},
    Change{Fault::kEhloFutureReleaseBad, "FUTURERELEASE", "FUTURERELEASE soon later"},
    Change{Fault::kEhloAuthCommas, "AUTH", "AUTH PLAIN,LOGIN"},
    Change{Fault::kVariantUnknownKeywords, "", "XFOO bar=1 baz"},
    Change{Fault::kVariantUnknownKeywords, "", "VERP"},
    Change{Fault::kVariantUnknownKeywords, "", "X-EXPERIMENT-7"},
};

void DropWord(std::vector<std::string>& lines, std::string_view keyword, std::string_view word) {
  for (std::string& line : lines) {
    const auto at = line.find(" " + std::string(word));
    if (line.starts_with(keyword) && at != std::string::npos) line.erase(at, word.size() + 1);
  }
}

// Keywords only: their parameters may depend on it.
void MixCase(std::vector<std::string>& lines) {
  for (std::size_t i = 1; i < lines.size(); ++i)
    for (std::size_t at = i % 2; at < std::min(lines[i].find(' '), lines[i].size()); at += 2)
      lines[i][at] = Lower(lines[i][at]);
}

}  // namespace

void CorruptEhlo(std::vector<std::string>& lines, bool tls, const FaultSet& faults) {
  for (const Change& change : kChanges) {
    if (!faults.Has(change.fault)) continue;
    if (change.keyword.empty()) {
      lines.emplace_back(change.line);
      continue;
    }
    const auto line = std::find_if(lines.begin() + 1, lines.end(), [&](const std::string& text) {
      return text.substr(0, text.find(' ')) == change.keyword;
    });
    if (line == lines.end()) continue;
    if (change.line.empty())
      lines.erase(line);
    else
      *line = change.line;
  }
  if (tls && faults.Has(Fault::kStartTlsListedInTls)) lines.emplace_back("STARTTLS");
  if (!tls && faults.Has(Fault::kEhloRequireTlsInClear)) lines.emplace_back("REQUIRETLS");
  if (tls && faults.Has(Fault::kPlainMissingInTls)) DropWord(lines, "AUTH", "PLAIN");
  if (faults.Has(Fault::kVariantKeywordCase)) MixCase(lines);
  if (faults.Has(Fault::kEhloNamesClient)) lines.front() = "Hello client, pleased to meet you";
  if (faults.Has(Fault::kEhloKeywordFirst)) lines.erase(lines.begin());
  if (faults.Has(Fault::kEhloUtf8Domain))
    lines.front() =
        "b\xc3\xbc"
        "cher.example";
  if (faults.Has(Fault::kEhloStatusCodes))
    for (std::string& line : lines)
      line.insert(0, "2.0.0 ");
}

}  // namespace smtpgauge::sink
