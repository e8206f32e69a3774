#include "runner/sink/content_fault.h"

#include <algorithm>
#include <set>

namespace smtpgauge::sink {
namespace {

// Calls `change` for every line without its CRLF and joins the results again.
template <typename Change>
std::string ChangeLines(const std::string& content, Change&& change) {
  std::string changed;
  std::size_t from = 0;
  while (from < content.size()) {
    auto end = content.find("\r\n", from);
    const bool closed = end != std::string::npos;
    if (!closed) end = content.size();
    std::string line = content.substr(from, end - from);
    change(line);
    changed += line;
    if (closed) changed += "\r\n";
    from = end + 2;
  }
  return changed;
}

void DropRepeatedFields(std::string& content) {
  std::set<std::string> names;
  const auto header = std::min(content.find("\r\n\r\n"), content.size());
  std::string kept;
  bool drops = false;
  for (std::size_t from = 0; from < header;) {
    const std::size_t end = std::min(content.find("\r\n", from), header) + 2;
    const std::string line = content.substr(from, end - from);
    if (line.front() != ' ' && line.front() != '\t')
      drops = !names.insert(line.substr(0, line.find(':'))).second;
    if (!drops) kept += line;
    from = end;
  }
  content.replace(0, std::min(header + 2, content.size()), kept);
}

}  // namespace

std::string CorruptContent(std::string content, const FaultSet& faults) {
  if (faults.empty()) return content;
  if (faults.Has(Fault::kTrailingWhitespaceStripped))
    content = ChangeLines(content, [](std::string& line) {
      while (line.ends_with(' ') || line.ends_with('\t'))
        line.pop_back();
    });
  if (faults.Has(Fault::kFromQuoted))
    content = ChangeLines(content, [](std::string& line) {
      if (line.starts_with("From ")) line.insert(0, ">");
    });
  if (faults.Has(Fault::kLongLineFolded))
    content = ChangeLines(content, [](std::string& line) {
      for (std::size_t at = 990; at < line.size(); at += 993)
        line.insert(at, "\r\n ");
    });
  if (faults.Has(Fault::kTabsExpanded))
    content = ChangeLines(content, [](std::string& line) {
      for (auto tab = line.find('\t'); tab != std::string::npos; tab = line.find('\t'))
        line.replace(tab, 1, "    ");
    });
  if (faults.Has(Fault::kNulCutsLine))
    content = ChangeLines(
        content, [](std::string& line) { line.resize(std::min(line.find('\0'), line.size())); });
  if (faults.Has(Fault::kLongLineCut))
    content = ChangeLines(
        content, [](std::string& line) { line.resize(std::min<std::size_t>(line.size(), 512)); });
  if (faults.Has(Fault::kDotInLineRemoved))
    content = ChangeLines(content, [](std::string& line) {
      if (const auto at = line.find(".."); at != std::string::npos && at > 0) line.erase(at, 1);
    });
  if (faults.Has(Fault::kBlankLinesLost)) {
    const auto body = content.find("\r\n\r\n");
    for (auto at = body == std::string::npos ? body : content.find("\r\n\r\n", body + 4);
         at != std::string::npos; at = content.find("\r\n\r\n", at))
      content.erase(at, 2);
  }
  if (faults.Has(Fault::kEightBitStripped))
    for (char& c : content)
      c = static_cast<char>(c & 0x7f);
  if (faults.Has(Fault::kControlTruncates)) {
    const auto at = std::find(content.begin(), content.end(), '\x01');
    content.erase(at, content.end());
  }
  if (faults.Has(Fault::kMessageCut32k))
    content.resize(std::min<std::size_t>(content.size(), 32768));
  if (faults.Has(Fault::kMessageCut64k))
    content.resize(std::min<std::size_t>(content.size(), 65536));
  if (faults.Has(Fault::kHeaderLimit64k)) {
    const auto header = content.find("\r\n\r\n");
    const auto from = content.find("\r\n", 65536);
    if (header != std::string::npos && from < header) content.erase(from, header - from);
  }
  if (faults.Has(Fault::kLeadingBlanksLost))
    if (const auto body = content.find("\r\n\r\n"); body != std::string::npos)
      while (content.compare(body + 4, 2, "\r\n") == 0)
        content.erase(body + 4, 2);
  if (faults.Has(Fault::kRepeatedFieldsDropped)) DropRepeatedFields(content);
  if (faults.Has(Fault::kChunkUnstuffed))
    for (auto dot = content.find("\r\n."); dot != std::string::npos;
         dot = content.find("\r\n.", dot + 1))
      content.erase(dot + 2, 1);
  if (faults.Has(Fault::kLineEndAdded)) content += "\r\n";
  if (faults.Has(Fault::kHeaderUnfolded)) {
    const auto body = content.find("\r\n\r\n");
    for (auto fold = content.find("\r\n "); fold < body; fold = content.find("\r\n ", fold + 1))
      content.erase(fold, 2);
  }
  if (faults.Has(Fault::kMessageCompleted) && content.find("essage-ID:") == std::string::npos)
    content.insert(0, "Message-ID: <added@mx.example.test>\r\n");
  if (faults.Has(Fault::kSubjectRewritten)) {
    const auto at = content.find("ubject: ");
    if (at != std::string::npos) content.insert(at + 8, "[list] ");
  }
  if (faults.Has(Fault::kReceivedOrderChanged)) {
    const auto first = content.find("Received:");
    const auto second = first == std::string::npos ? first : content.find("Received:", first + 9);
    if (second != std::string::npos) content.replace(second, 9, "X-Received:");
  }
  return content;
}

}  // namespace smtpgauge::sink
