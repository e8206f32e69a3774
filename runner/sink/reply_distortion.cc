// The faults that distort every reply alike.
#include "runner/sink/ascii.h"
#include "runner/sink/reply.h"

namespace smtpgauge::sink {
namespace {

// Index behind the enhanced code of a line that starts at `from`; `from` + 4 when it has none.
std::size_t StatusCodeEnd(const std::string& text, std::size_t from) {
  std::size_t at = from + 4;
  std::size_t dots = 0;
  while (at < text.size() && (IsDigit(text[at]) || text[at] == '.'))
    dots += text[at++] == '.' ? 1U : 0U;
  return dots == 2 ? at : from + 4;
}

void DistortLine(std::string& text, std::size_t from, const FaultSet& faults) {
  const std::size_t status = from + 4;
  const std::size_t end = StatusCodeEnd(text, from);
  if (end > status) {
    if (faults.Has(Fault::kStatusColon)) text.insert(end, ":");
    if (faults.Has(Fault::kStatusBadSyntax)) text.insert(text.rfind('.', end) + 1, "0");
    if (faults.Has(Fault::kStatusClassMismatch) && text[from] == '5') text[status] = '4';
    if (faults.Has(Fault::kStatusCodesMissing) ||
        (faults.Has(Fault::kStatusCodesOfRefusalsMissing) && text[from] == '5'))
      text.erase(status, end + 1 - status);
  }
  if (faults.Has(Fault::kTabSeparator) && text[from + 3] == ' ') text[from + 3] = '\t';
  if (faults.Has(Fault::kNoSeparator) && text[from + 3] == ' ') text.erase(from + 3, 1);
}

// Every line once more in front of itself, as the part of a longer reply.
std::string Doubled(const std::string& text) {
  std::string doubled;
  for (std::size_t from = 0; from < text.size(); from = text.find('\n', from) + 1) {
    std::string line = text.substr(from, text.find('\n', from) + 1 - from);
    line[3] = '-';
    doubled += line;
  }
  const auto last = text.rfind('\n', text.size() - 2);
  return doubled + text.substr(last == std::string::npos ? 0 : last + 1);
}

// The text of the last line fills it up to what RFC 5321 section 4.5.3.1.5 allows.
void FillUp(std::string& text) {
  const auto before = text.rfind('\n', text.size() - 2);
  const std::size_t length = text.size() - (before == std::string::npos ? 0 : before + 1);
  if (length > 6 && length < 500)
    text.insert(text.size() - 2, " " + std::string(511 - length, 'x'));
}

}  // namespace

std::string DistortReply(std::string text, const FaultSet& faults) {
  if (faults.empty()) return text;
  const bool exchange = text.starts_with("334") || text.starts_with("250-");
  if (faults.Has(Fault::kVariantMultiline) && !exchange) text = Doubled(text);
  if (faults.Has(Fault::kVariantLongTexts) && !exchange) FillUp(text);
  for (std::size_t from = 0; from < text.size(); from = text.find('\n', from) + 1)
    DistortLine(text, from, faults);
  if (faults.Has(Fault::kBareLfReplies))
    for (auto cr = text.find('\r'); cr != std::string::npos; cr = text.find('\r', cr))
      text.erase(cr, 1);
  return text;
}

}  // namespace smtpgauge::sink
