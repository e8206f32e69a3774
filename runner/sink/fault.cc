#include "runner/sink/fault.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include <fmt/format.h>

#include "runner/sink/fault_rows.h"

namespace smtpgauge::sink {
namespace {

// Levenshtein distance: what the user most likely meant.
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0U);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      const std::size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U);
      row[j] = std::min({change, above + 1, row[j - 1] + 1});
      diagonal = above;
    }
  }
  return row[b.size()];
}

const FaultRow& RowOf(std::string_view id) {
  const auto rows = FaultRows();
  const auto row =
      std::find_if(rows.begin(), rows.end(), [&](const FaultRow& each) { return each.id == id; });
  if (row != rows.end()) return *row;
  const auto nearest =
      std::min_element(rows.begin(), rows.end(), [&](const FaultRow& a, const FaultRow& b) {
        return Distance(a.id, id) < Distance(b.id, id);
      });
  throw std::invalid_argument(fmt::format(
      "unknown fault \"{}\"; the nearest is \"{}\" (--list-faults names all)", id, nearest->id));
}

}  // namespace

std::span<const FaultRow> FaultRows() {
  static const std::vector<FaultRow> rows = [] {
    std::vector<FaultRow> all;
    for (const auto part : {SessionFaultRows(), EnvelopeFaultRows(), ContentFaultRows(),
                            SecurityFaultRows(), LateFaultRows(), VariantRows()})
      all.insert(all.end(), part.begin(), part.end());
    return all;
  }();
  return rows;
}

std::string_view FaultLevelName(FaultLevel level) {
  switch (level) {
    case FaultLevel::kMust:
      return "MUST";
    case FaultLevel::kShould:
      return "SHOULD";
    case FaultLevel::kSecurity:
      return "SEC";
    case FaultLevel::kNone:
      return "NONE";
  }
  return "";
}

std::string FaultList() {
  std::string text;
  for (const FaultRow& row : FaultRows())
    text += fmt::format("{}\t{}\t{}\t{}\n", row.id, FaultLevelName(row.level), row.group,
                        row.description);
  return text;
}

FaultSet::FaultSet(const std::vector<std::string>& ids) {
  for (const std::string& id : ids) {
    const FaultRow& row = RowOf(id);
    if (row.behaviour != Fault::kReplyText) {
      behaviours_.set(static_cast<std::size_t>(row.behaviour));
      continue;
    }
    for (const ReplyFault& reply : ReplyFaults())
      if (reply.fault == row.id) replies_.push_back(&reply);
  }
}

}  // namespace smtpgauge::sink
