#include "reports/writer.h"

#include <array>

#include "reports/html.h"
#include "reports/json.h"
#include "reports/junit.h"
#include "reports/markdown.h"
#include "reports/text.h"

namespace smtpgauge {
namespace {

std::string WritePlainText(const Report& report) {
  return WriteText(report, TextStyle{});
}

constexpr std::array kFormats = {
    Format{"text", ".txt", "for people: counts, then what went wrong", WritePlainText},
    Format{"json", ".json", "for programs, and the only format that can be read back", WriteJson},
    Format{"junit", ".xml", "for CI: Jenkins, GitLab and whoever reads JUnit XML", WriteJunit},
    Format{"html", ".html", "one self-contained page, for people who were not there", WriteHtml},
    Format{"markdown", ".md", "for pull requests and GITHUB_STEP_SUMMARY", WriteMarkdown},
};

}  // namespace

std::span<const Format> Formats() {
  return kFormats;
}

const Format* FindFormat(std::string_view name) {
  for (const Format& format : kFormats) {
    if (format.name == name) return &format;
  }
  return nullptr;
}

const Format* FormatForFile(std::string_view file_name) {
  for (const Format& format : kFormats) {
    if (file_name.ends_with(format.extension)) return &format;
  }
  return nullptr;
}

std::string FormatNames() {
  std::string names;
  for (const Format& format : kFormats) {
    if (!names.empty()) names += ", ";
    names += format.name;
  }
  return names;
}

}  // namespace smtpgauge
