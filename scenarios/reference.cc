#include "scenarios/reference.h"

namespace smtpgauge {

std::optional<Reference> FindReference(std::string_view text, std::size_t from) {
  const std::size_t dollar = text.find("${", from);
  if (dollar == std::string_view::npos) return std::nullopt;
  Reference reference;
  if (dollar > from && text[dollar - 1] == '$') {
    reference.begin = dollar - 1;
    reference.end = dollar + 2;
    reference.escape = true;
    return reference;
  }
  reference.begin = dollar;
  const std::size_t close = text.find('}', dollar);
  reference.closed = close != std::string_view::npos;
  reference.end = reference.closed ? close + 1 : text.size();
  if (reference.closed) reference.name = text.substr(dollar + 2, close - dollar - 2);
  return reference;
}

std::optional<std::string_view> WholeReference(std::string_view text) {
  const auto reference = FindReference(text, 0);
  if (!reference || reference->escape || !reference->closed) return std::nullopt;
  if (reference->begin != 0 || reference->end != text.size()) return std::nullopt;
  return reference->name;
}

}  // namespace smtpgauge
