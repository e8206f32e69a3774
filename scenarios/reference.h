// `${name}` in a string of a scenario: found here, resolved by whoever knows the names.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace smtpgauge {

struct Reference {
  std::size_t begin = 0;  ///< of the `$`
  std::size_t end = 0;    ///< behind the `}`
  std::string_view name;  ///< empty for the escape `$${`, which stands for a literal `${`
  bool escape = false;
  bool closed = true;  ///< false: no `}` follows; `end` is the end of the text
};

/// The first reference or escape at or behind `from`.
[[nodiscard]] std::optional<Reference> FindReference(std::string_view text, std::size_t from);

/// The name when the text is exactly one `${name}`.
[[nodiscard]] std::optional<std::string_view> WholeReference(std::string_view text);

}  // namespace smtpgauge
