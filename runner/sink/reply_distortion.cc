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
    if (faults.Has(Fault::kStatusCodesMissing)) text.erase(status, end + 1 - status);
  }
  if (faults.Has(Fault::kTabSeparator) && text[from + 3] == ' ') text[from + 3] = '\t';
  if (faults.Has(Fault::kNoSeparator) && text[from + 3] == ' ') text.erase(from + 3, 1);
}

}  // namespace

std::string DistortReply(std::string text, const FaultSet& faults) {
  if (faults.empty()) return text;
  for (std::size_t from = 0; from < text.size(); from = text.find('\n', from) + 1)
    DistortLine(text, from, faults);
  if (faults.Has(Fault::kBareLfReplies))
    for (auto cr = text.find('\r'); cr != std::string::npos; cr = text.find('\r', cr))
      text.erase(cr, 1);
  return text;
}

}  // namespace smtpgauge::sink
