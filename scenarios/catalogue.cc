#include "scenarios/catalogue.h"

#include <algorithm>
#include <deque>
#include <map>
#include <set>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "scenarios/building.h"
#include "scenarios/json_reader.h"
#include "scenarios/read_value.h"
#include "scenarios/scenario_files.h"
#include "scenarios/suggest.h"

namespace smtpgauge {

namespace fs = std::filesystem;

namespace {

struct Document {
  std::string name;  // JsonValue::file points here
  fs::path folder;
  std::string octets;
  JsonValue root;
};

struct LocatedScenario {
  const JsonValue* value;
  const Document* document;
};

// Over names and contents, lengths included, so that no two catalogues share their input.
std::string HashOf(const std::deque<Document>& documents) {
  std::string input;
  for (const Document& document : documents)
    input += fmt::format("{}\n{}\n{}", document.name, document.octets.size(), document.octets);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  EVP_Digest(input.data(), input.size(), digest.data(), &length, EVP_sha256(), nullptr);
  std::string hex;
  for (unsigned int i = 0; i < length; ++i)
    hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

// A target that has everything, to find the mistakes that depend on no target.
Bindings SampleTarget() {
  Bindings bindings;
  bindings.recipients = {"first@example.test", "second@example.test"};
  bindings.unknown_recipient = "unknown@example.test";
  bindings.user = "user";
  bindings.password = "password";
  return bindings;
}

}  // namespace

struct Catalogue::Files {
  std::deque<Document> documents;
  std::vector<LocatedScenario> scenarios;
  Fragments fragments;
  std::string hash;
  std::size_t cases = 0;

  const Document* Read(const FoundFile& file, Problems& problems);
  void AddScenarios(const Document& document);
  void AddFragments(const Document& document, Problems& problems);
  void CheckFragments(Problems& problems) const;
  void AddMixMembers(Problems& problems);
  void CheckIds(Problems& problems) const;
  [[nodiscard]] const LocatedScenario* Find(std::string_view id) const;
};

const Document* Catalogue::Files::Read(const FoundFile& file, Problems& problems) {
  Document& document = documents.emplace_back();
  document.name = file.name;
  document.folder = file.path.parent_path();
  document.octets = ReadScenarioFile(file, problems);
  auto root = ReadJson(document.octets, document.name, problems);
  if (!root) return nullptr;
  document.root = std::move(*root);
  return &document;
}

void Catalogue::Files::AddScenarios(const Document& document) {
  if (document.root.Is(JsonValue::Kind::kArray)) {
    for (const JsonValue& item : document.root.items)
      scenarios.push_back({&item, &document});
  } else {
    scenarios.push_back({&document.root, &document});
  }
}

void Catalogue::Files::AddFragments(const Document& document, Problems& problems) {
  if (!document.root.Is(JsonValue::Kind::kObject)) {
    Expected(document.root, "an object of fragments", problems);
    return;
  }
  constexpr std::array<std::string_view, 3> kKeys = {"text", "with", "steps"};
  for (const JsonMember& member : document.root.members) {
    if (member.key == "$schema") continue;
    if (!CheckKeys(member.value, kKeys, problems)) continue;
    (void)StringAt(member.value, "text", problems);
    Fragment fragment{member.value.Find("steps"), member.value.Find("with")};
    if (fragment.steps == nullptr) {
      problems.Add(member.value, "a fragment wants \"steps\"");
      continue;
    }
    if (fragment.parameters != nullptr && !fragment.parameters->Is(JsonValue::Kind::kObject)) {
      Expected(*fragment.parameters, "an object of names and defaults", problems);
      continue;
    }
    // The nearest folder was read first: its fragment replaces a shipped one of the same name.
    fragments.try_emplace(member.key, fragment);
  }
}

// A fragment that no scenario uses yet is checked all the same.
void Catalogue::Files::CheckFragments(Problems& problems) const {
  const Bindings target = SampleTarget();
  for (const auto& [name, fragment] : fragments) {
    JsonValue use;
    use.kind = JsonValue::Kind::kObject;
    use.file = fragment.steps->file;
    use.pointer = fragment.steps->pointer;
    JsonValue text = use;
    text.kind = JsonValue::Kind::kString;
    text.string = name;
    use.members.push_back({"use", text});
    if (fragment.parameters != nullptr) {
      JsonValue with = use;
      with.members.clear();
      for (const JsonMember& parameter : fragment.parameters->members) {
        if (parameter.value.Is(JsonValue::Kind::kNull))
          with.members.push_back({parameter.key, text});
      }
      use.members.push_back({"with", std::move(with)});
    }
    JsonValue steps = text;
    steps.kind = JsonValue::Kind::kArray;
    steps.items.push_back(std::move(use));
    Building building(target, fragments, problems);
    building.file = fragment.steps->file;
    CompileSteps(steps, {}, building);
  }
}

// Members that stand neither in the files given nor beside the mix are looked for among the
// shipped load scenarios.
void Catalogue::Files::AddMixMembers(Problems& problems) {
  for (std::size_t i = 0; i < scenarios.size(); ++i) {
    const LocatedScenario mixed = scenarios[i];
    const JsonValue* mix = mixed.value->Find("mix");
    if (mix == nullptr) continue;
    for (const MixMember& member : ReadMix(*mix, problems)) {
      if (Find(member.scenario) != nullptr || member.scenario.find('/') != std::string::npos)
        continue;
      std::vector<fs::path> folders{mixed.document->folder};
      if (const auto shipped = FindShippedScenarios()) folders.push_back(*shipped / "load");
      for (const fs::path& folder : folders) {
        const fs::path path = folder / (member.scenario + ".json");
        std::error_code error;
        if (!fs::is_regular_file(path, error)) continue;
        if (const Document* document = Read({path, path.filename().string()}, problems))
          AddScenarios(*document);
        break;
      }
      const LocatedScenario* found = Find(member.scenario);
      if (found == nullptr || found->value->Find("steps") == nullptr)
        problems.Add(*mix, fmt::format("no load scenario \"{}\" in these files", member.scenario));
    }
  }
}

void Catalogue::Files::CheckIds(Problems& problems) const {
  std::map<std::string_view, const JsonValue*> seen;
  for (const LocatedScenario& scenario : scenarios) {
    const JsonValue* id = scenario.value->Find("id");
    if (id == nullptr) continue;
    const auto [first, added] = seen.try_emplace(id->string, id);
    if (!added)
      problems.Add(*id, fmt::format("the id \"{}\" stands at {}:{} already", id->string,
                                    first->second->file, first->second->pointer));
  }
}

const LocatedScenario* Catalogue::Files::Find(std::string_view id) const {
  const auto found =
      std::find_if(scenarios.begin(), scenarios.end(), [id](const LocatedScenario& scenario) {
        const JsonValue* value = scenario.value->Find("id");
        return value != nullptr && value->string == id;
      });
  return found == scenarios.end() ? nullptr : &*found;
}

Catalogue::Catalogue(std::unique_ptr<Files> files) : files_(std::move(files)) {}
Catalogue::~Catalogue() = default;
Catalogue::Catalogue(Catalogue&&) noexcept = default;
Catalogue& Catalogue::operator=(Catalogue&&) noexcept = default;

Catalogue Catalogue::Load(const std::vector<fs::path>& paths) {
  Problems problems;
  auto files = std::make_unique<Files>();
  const FoundFiles found = FindScenarioFiles(paths, problems);
  for (const FoundFile& file : found.fragments) {
    if (const Document* document = files->Read(file, problems))
      files->AddFragments(*document, problems);
  }
  for (const FoundFile& file : found.scenarios) {
    if (const Document* document = files->Read(file, problems)) files->AddScenarios(*document);
  }
  files->AddMixMembers(problems);
  files->CheckIds(problems);
  files->CheckFragments(problems);
  files->hash = HashOf(files->documents);
  const Bindings target = SampleTarget();
  for (const LocatedScenario& scenario : files->scenarios) {
    Plan scratch;
    CompileScenario(*scenario.value, scenario.document->folder, target, files->fragments, problems,
                    scratch);
    for (const Script& script : scratch.scripts)
      files->cases += script.load ? 0 : 1;
  }
  problems.ThrowIfAny();
  return Catalogue(std::move(files));
}

Plan Catalogue::Compile(const Bindings& bindings) const {
  Problems problems;
  Plan plan;
  plan.catalogue_hash = files_->hash;
  for (const LocatedScenario& scenario : files_->scenarios)
    CompileScenario(*scenario.value, scenario.document->folder, bindings, files_->fragments,
                    problems, plan);
  problems.ThrowIfAny();
  return plan;
}

CatalogueCounts Catalogue::Counts() const {
  return {files_->documents.size(), files_->scenarios.size(), files_->cases};
}

Plan Catalogue::CompileLoad(const Bindings& bindings, std::string_view id) const {
  Problems problems;
  const LocatedScenario* chosen = files_->Find(id);
  const JsonValue* load = chosen == nullptr ? nullptr : chosen->value->Find("load");
  if (load == nullptr) {
    std::vector<std::string_view> known;
    for (const LocatedScenario& scenario : files_->scenarios) {
      if (scenario.value->Find("load") != nullptr)
        known.emplace_back(scenario.value->Find("id")->string);
    }
    throw InputError(
        {{"scenarios", "", fmt::format("no load scenario \"{}\"{}", id, Suggestion(id, known))}});
  }
  Plan plan;
  plan.catalogue_hash = files_->hash;
  plan.load = CompileLoadSpec(*load, chosen->document->folder, problems);
  std::vector<MixMember> members{{std::string(id), 1}};
  if (const JsonValue* mix = chosen->value->Find("mix")) members = ReadMix(*mix, problems);
  for (const MixMember& member : members) {
    const LocatedScenario* scenario = files_->Find(member.scenario);
    if (scenario == nullptr) continue;
    const std::size_t before = plan.scripts.size();
    CompileScenario(*scenario->value, scenario->document->folder, bindings, files_->fragments,
                    problems, plan);
    for (std::size_t i = before; i < plan.scripts.size(); ++i)
      plan.scripts[i].weight = member.weight;
  }
  problems.ThrowIfAny();
  return plan;
}

}  // namespace smtpgauge
