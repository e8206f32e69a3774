#include "scenarios/schema_check.h"

#include <algorithm>
#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "scenarios/problems.h"
#include "scenarios/scenario_files.h"

namespace smtpgauge {

namespace {

constexpr std::size_t kShownPerFile = 3;

std::string PointerOf(const std::vector<std::string>& context) {
  std::string pointer;
  for (const std::string& part : context) {  // "<root>", "[steps]", "[0]"
    if (part.size() > 2 && part.front() == '[') pointer += '/' + part.substr(1, part.size() - 2);
  }
  return pointer;
}

class SchemaCheck {
 public:
  explicit SchemaCheck(const nlohmann::json& document) {
    const valijson::adapters::NlohmannJsonAdapter adapter(document);
    valijson::SchemaParser().populateSchema(adapter, schema_);
  }

  void Check(const FoundFile& file, Problems& problems) const {
    const std::string octets = ReadScenarioFile(file, problems);
    const auto document = nlohmann::json::parse(octets, nullptr, /*allow_exceptions=*/false);
    if (document.is_discarded()) {
      problems.Add(file.name, {}, "no valid JSON");
      return;
    }
    valijson::Validator validator;
    valijson::ValidationResults results;
    if (validator.validate(schema_, valijson::adapters::NlohmannJsonAdapter(document), &results))
      return;
    std::vector<valijson::ValidationResults::Error> errors;
    for (valijson::ValidationResults::Error error; results.popError(error);)
      errors.push_back(error);
    // Alternatives fail from the inside out; the innermost place says most.
    std::stable_sort(errors.begin(), errors.end(), [](const auto& a, const auto& b) {
      return a.context.size() > b.context.size();
    });
    if (errors.size() > kShownPerFile) errors.resize(kShownPerFile);
    for (const valijson::ValidationResults::Error& error : errors)
      problems.Add(file.name, PointerOf(error.context),
                   fmt::format("against scenario.schema.json: {}", error.description));
  }

 private:
  valijson::Schema schema_;
};

}  // namespace

std::vector<InputProblem> CheckAgainstSchema(const std::vector<std::filesystem::path>& paths) {
  Problems problems;
  const std::filesystem::path path = ShippedScenarios() / "scenario.schema.json";
  std::ifstream stream(path);
  nlohmann::json schema = nlohmann::json::parse(stream, nullptr, /*allow_exceptions=*/false);
  if (!stream.is_open() || schema.is_discarded())
    throw InputError({{path.string(), "", "the schema is missing or is no JSON"}});
  const SchemaCheck scenarios(schema);
  // Fragment files follow a definition of the same schema.
  schema.erase("anyOf");
  schema["allOf"] = {{{"$ref", "#/definitions/fragments"}}};
  const SchemaCheck fragments(schema);

  const FoundFiles files = FindScenarioFiles(paths, problems);
  for (const FoundFile& file : files.scenarios)
    scenarios.Check(file, problems);
  for (const FoundFile& file : files.fragments)
    fragments.Check(file, problems);
  return problems.list();
}

}  // namespace smtpgauge
