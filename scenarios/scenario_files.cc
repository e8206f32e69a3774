#include "scenarios/scenario_files.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>

#include <fmt/format.h>

#include "scenarios/json_reader.h"

namespace smtpgauge {

namespace fs = std::filesystem;

namespace {

constexpr int kRootsAbove = 4;  // folders looked at for fragments/
constexpr std::size_t kMostFiles = 10'000;

bool IsScenarioFile(const fs::path& path) {
  const std::string name = path.filename().string();
  return path.extension() == ".json" && !name.ends_with(".schema.json");
}

// The folder that holds fragments/, at `path` or a little above it; empty when there is none.
fs::path RootOf(const fs::path& path) {
  std::error_code error;
  fs::path folder = fs::is_directory(path, error) ? path : path.parent_path();
  for (int i = 0; i < kRootsAbove && !folder.empty(); ++i) {
    if (fs::is_directory(folder / "fragments", error)) return folder;
    if (folder == folder.parent_path()) break;
    folder = folder.parent_path();
  }
  return {};
}

std::string ShownName(const fs::path& path, const fs::path& given) {
  const fs::path root = RootOf(path);
  if (root.empty()) return given.string();
  return path.lexically_relative(root).generic_string();
}

void AddFile(const fs::path& path, const fs::path& given, std::set<fs::path>& seen,
             std::vector<FoundFile>& out) {
  std::error_code error;
  const fs::path canonical = fs::weakly_canonical(path, error);
  if (seen.insert(canonical).second) out.push_back({canonical, ShownName(canonical, given)});
}

void AddFolder(const fs::path& folder, std::set<fs::path>& seen, std::vector<FoundFile>& out,
               Problems& problems) {
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, error);
  for (const fs::recursive_directory_iterator end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (entry->is_directory(error)) {
      if (name == "fragments" || name == "known" || name.starts_with('.'))
        entry.disable_recursion_pending();
    } else if (IsScenarioFile(entry->path())) {
      AddFile(entry->path(), entry->path(), seen, out);
    }
    if (out.size() > kMostFiles) {
      problems.Add(folder.string(), {}, fmt::format("more than {} files", kMostFiles));
      return;
    }
  }
  if (error)
    problems.Add(folder.string(), {}, fmt::format("cannot read the folder: {}", error.message()));
}

void AddFragments(const fs::path& root, std::set<fs::path>& seen, std::vector<FoundFile>& out) {
  std::error_code error;
  std::vector<FoundFile> found;
  for (fs::directory_iterator entry(root / "fragments", error), end; !error && entry != end;
       entry.increment(error)) {
    if (IsScenarioFile(entry->path())) AddFile(entry->path(), entry->path(), seen, found);
  }
  std::sort(found.begin(), found.end(),
            [](const FoundFile& a, const FoundFile& b) { return a.name < b.name; });
  out.insert(out.end(), found.begin(), found.end());
}

}  // namespace

FoundFiles FindScenarioFiles(const std::vector<fs::path>& paths, Problems& problems) {
  FoundFiles files;
  std::set<fs::path> seen;
  std::set<fs::path> seen_fragments;
  std::error_code error;
  for (const fs::path& path : paths) {
    if (fs::is_directory(path, error)) {
      AddFolder(path, seen, files.scenarios, problems);
    } else if (fs::is_regular_file(path, error)) {
      const bool fragment =
          fs::weakly_canonical(path, error).parent_path().filename() == "fragments";
      AddFile(path, path, fragment ? seen_fragments : seen,
              fragment ? files.fragments : files.scenarios);
    } else {
      problems.Add(path.string(), {}, "no such file or folder");
      continue;
    }
    const fs::path root = RootOf(fs::weakly_canonical(path, error));
    if (!root.empty()) AddFragments(root, seen_fragments, files.fragments);
  }
  if (const auto shipped = FindShippedScenarios())
    AddFragments(fs::weakly_canonical(*shipped, error), seen_fragments, files.fragments);
  std::sort(files.scenarios.begin(), files.scenarios.end(),
            [](const FoundFile& a, const FoundFile& b) { return a.name < b.name; });
  return files;
}

std::string ReadScenarioFile(const FoundFile& file, Problems& problems) {
  std::ifstream stream(file.path, std::ios::binary);
  std::string octets;
  if (stream) {
    // A piece at a time: touching the most that a file may have would cost more than reading it.
    constexpr std::size_t kPiece = 64 * 1024;
    while (stream && octets.size() <= kMaxJsonOctets) {
      const std::size_t before = octets.size();
      octets.resize(before + kPiece);
      stream.read(octets.data() + before, kPiece);
      octets.resize(before + static_cast<std::size_t>(stream.gcount()));
    }
  }
  if (!stream.eof()) {
    problems.Add(file.name, {},
                 fmt::format("cannot be read, or is longer than {} octets", kMaxJsonOctets));
    octets.clear();
  }
  return octets;
}

std::optional<fs::path> FindShippedScenarios() {
  std::error_code error;
  const auto usable = [&error](const fs::path& path) {
    return fs::is_directory(path / "fragments", error);
  };
  if (const char* chosen = std::getenv("SMTPGAUGE_SCENARIOS"); chosen != nullptr && *chosen != '\0')
    return usable(chosen) ? std::optional<fs::path>(chosen) : std::nullopt;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error) return std::nullopt;
  // A build folder is build/<preset> in the source tree; an installed program stands in bin.
  const fs::path beside = program.parent_path();
  for (const fs::path& path :
       {beside / "../../scenarios", beside / "../share/smtpgauge/scenarios"}) {
    if (usable(path)) return path.lexically_normal();
  }
  return std::nullopt;
}

fs::path ShippedScenarios() {
  if (const auto found = FindShippedScenarios()) return *found;
  throw InputError({{"scenarios", "",
                     "the shipped scenarios were not found: set SMTPGAUGE_SCENARIOS to the folder "
                     "that holds fragments/, or name files with --scenario"}});
}

}  // namespace smtpgauge
