#include "runner/cli/listing.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "scenarios/glob.h"

namespace smtpgauge {

namespace {

// As check selects: security probes are no RFC's MUST, but belong to the least that is asked for.
bool ReachesLevel(Level level, const std::string& least) {
  switch (level) {
    case Level::kMust:
    case Level::kSecurity:
      return true;
    case Level::kShould:
      return least != "must";
    case Level::kMay:
    case Level::kDeFacto:
      return least == "may";
  }
  return true;
}

std::string NeedsText(const std::set<Need>& needs) {
  std::vector<std::string_view> names;
  for (const Need need : needs)
    names.push_back(NeedName(need));
  return names.empty() ? "-" : fmt::format("{}", fmt::join(names, ","));
}

std::vector<std::string> NeedNames(const std::set<Need>& needs) {
  std::vector<std::string> names;
  for (const Need need : needs)
    names.emplace_back(NeedName(need));
  return names;
}

std::string KindOf(const ScenarioHeader& header) {
  if (!header.pending.empty()) return "pending";
  if (!header.observes.empty()) return "observation";
  return header.load ? "load" : "case";
}

// Numbers inside a section or RFC name compare as numbers: 4.5.3.1.10 comes behind 4.5.3.1.9.
std::vector<std::pair<int, std::string>> SortKey(const std::string& name) {
  std::vector<std::pair<int, std::string>> key;
  for (std::size_t at = 0; at < name.size();) {
    const std::size_t end = std::min(name.find('.', at), name.size());
    const std::string part = name.substr(at, end - at);
    const bool number =
        !part.empty() && part.size() < 9 &&
        std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
    key.emplace_back(number ? std::stoi(part) : 1'000'000'000, number ? std::string() : part);
    at = end + 1;
  }
  return key;
}

std::string RequirementOf(const std::string& id) {
  return id.substr(0, id.find('/'));
}

}  // namespace

std::vector<ListedScenario> SelectScenarios(const Plan& plan, const ListingChoice& choice) {
  std::vector<ListedScenario> all(plan.headers.size());
  for (std::size_t i = 0; i < plan.headers.size(); ++i) {
    all[i].header = plan.headers[i];
    all[i].needs.insert(all[i].header.needs.begin(), all[i].header.needs.end());
  }
  for (const Script& script : plan.scripts) {
    const ScenarioHeader& header = plan.headers[script.header];
    if (header.pending.empty() && header.observes.empty())
      all[script.header].cases.push_back(script.id);
    all[script.header].needs.insert(script.needs.begin(), script.needs.end());
  }
  const auto is_out = [&choice](const ListedScenario& listed) {
    if (!ReachesLevel(listed.header.level, choice.level)) return true;
    if (choice.only.empty() || AnyGlobMatches(choice.only, listed.header.id)) return false;
    return std::none_of(listed.cases.begin(), listed.cases.end(), [&choice](const std::string& id) {
      return AnyGlobMatches(choice.only, id);
    });
  };
  std::erase_if(all, is_out);
  return all;
}

std::vector<CoverageRow> CoverageOf(const std::vector<ListedScenario>& listed) {
  // A requirement is counted once, where the scenario that bears its bare id stands: a further one
  // may rest on another section as well.
  std::map<std::string, std::pair<std::string, std::string>> home;
  for (const ListedScenario& scenario : listed) {
    const ScenarioHeader& header = scenario.header;
    const std::pair<std::string, std::string> section = {header.rfc, header.section};
    const auto [entry, is_new] = home.emplace(RequirementOf(header.id), section);
    if (!is_new && entry->first == header.id) entry->second = section;
  }
  struct Tally {
    CoverageRow row;
    std::map<std::string, bool> executable;  // by requirement
  };
  std::map<std::pair<std::string, std::string>, Tally> sections;
  for (const ListedScenario& scenario : listed) {
    const ScenarioHeader& header = scenario.header;
    if (header.load) continue;
    const auto& section = home.at(RequirementOf(header.id));
    Tally& tally = sections[section];
    tally.row.rfc = section.first;
    tally.row.section = section.second;
    bool& executable = tally.executable[RequirementOf(header.id)];
    if (!header.pending.empty()) continue;
    executable = true;
    tally.row.needs.insert(scenario.needs.begin(), scenario.needs.end());
  }
  std::vector<CoverageRow> rows;
  for (auto& [key, tally] : sections) {
    tally.row.rows = static_cast<std::uint32_t>(tally.executable.size());
    for (const auto& [requirement, executable] : tally.executable)
      tally.row.executable += executable ? 1 : 0;
    rows.push_back(std::move(tally.row));
  }
  std::sort(rows.begin(), rows.end(), [](const CoverageRow& a, const CoverageRow& b) {
    // What no RFC owns comes last.
    return std::tuple(a.rfc.empty(), SortKey(a.rfc), SortKey(a.section)) <
           std::tuple(b.rfc.empty(), SortKey(b.rfc), SortKey(b.section));
  });
  return rows;
}

std::string ListText(const std::vector<ListedScenario>& listed) {
  std::size_t id_width = 0;
  std::size_t needs_width = 0;
  for (const ListedScenario& scenario : listed) {
    id_width = std::max(id_width, scenario.header.id.size());
    needs_width = std::max(needs_width, NeedsText(scenario.needs).size());
  }
  std::string text;
  std::size_t cases = 0;
  for (const ListedScenario& scenario : listed) {
    const ScenarioHeader& header = scenario.header;
    const std::string kind = KindOf(header);
    std::string remark = kind == "case" ? "" : fmt::format(" [{}]", kind);
    if (scenario.cases.size() > 1) remark += fmt::format(" [{} rows]", scenario.cases.size());
    text += fmt::format("{:{}}  {:6}  {:{}}  {}{}\n", header.id, id_width,
                        header.load ? "-" : LevelName(header.level), NeedsText(scenario.needs),
                        needs_width, header.title, remark);
    cases += header.load ? 0 : scenario.cases.size();
  }
  return text + fmt::format("{} scenarios, {} cases\n", listed.size(), cases);
}

std::string ListJson(const std::vector<ListedScenario>& listed) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const ListedScenario& scenario : listed) {
    const ScenarioHeader& header = scenario.header;
    nlohmann::ordered_json entry;
    entry["id"] = header.id;
    entry["kind"] = KindOf(header);
    entry["title"] = header.title;
    entry["level"] = LevelName(header.level);
    entry["rfc"] = header.rfc;
    entry["section"] = header.section;
    entry["text"] = header.text;
    entry["needs"] = NeedNames(scenario.needs);
    entry["profiles"] = header.profiles;
    entry["file"] = header.file;
    entry["cases"] = scenario.cases;
    if (!header.pending.empty()) entry["pending"] = header.pending;
    if (!header.observes.empty()) entry["observe"] = header.observes;
    list.push_back(std::move(entry));
  }
  return list.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string CoverageText(const std::vector<CoverageRow>& rows) {
  std::string text =
      fmt::format("{:6} {:14} {:>5} {:>11}  {}\n", "RFC", "section", "rows", "executable", "needs");
  std::uint32_t all = 0;
  std::uint32_t executable = 0;
  for (const CoverageRow& row : rows) {
    text += fmt::format("{:6} {:14} {:>5} {:>11}  {}\n", row.rfc.empty() ? "-" : row.rfc,
                        row.section.empty() ? "-" : row.section, row.rows, row.executable,
                        NeedsText(row.needs));
    all += row.rows;
    executable += row.executable;
  }
  return text + fmt::format("{:6} {:14} {:>5} {:>11}\n", "all", "", all, executable);
}

std::string CoverageJson(const std::vector<CoverageRow>& rows) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const CoverageRow& row : rows) {
    nlohmann::ordered_json entry;
    entry["rfc"] = row.rfc;
    entry["section"] = row.section;
    entry["rows"] = row.rows;
    entry["executable"] = row.executable;
    list.push_back(std::move(entry));
  }
  return list.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace smtpgauge
