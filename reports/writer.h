// The report formats: a table, so that a format is one file and one row.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "reports/report.h"

namespace smtpgauge {

struct Format {
  std::string_view name;       ///< what --to and --report say
  std::string_view extension;  ///< with the dot
  std::string_view summary;    ///< one line for help
  std::string (*write)(const Report&);
};

[[nodiscard]] std::span<const Format> Formats();
/// nullptr when there is no such format.
[[nodiscard]] const Format* FindFormat(std::string_view name);
/// By the extension of a file name; nullptr when none fits.
[[nodiscard]] const Format* FormatForFile(std::string_view file_name);
/// "text, json, ...": for messages.
[[nodiscard]] std::string FormatNames();

}  // namespace smtpgauge
