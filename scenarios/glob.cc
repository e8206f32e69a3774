#include "scenarios/glob.h"

#include <algorithm>

#include <fnmatch.h>

namespace smtpgauge {

bool GlobMatches(const std::string& glob, std::string_view id) {
  for (std::string_view part = id;; part = part.substr(0, part.rfind('/'))) {
    if (fnmatch(glob.c_str(), std::string(part).c_str(), 0) == 0) return true;
    if (part.find('/') == std::string_view::npos) return false;
  }
}

bool AnyGlobMatches(const std::vector<std::string>& globs, std::string_view id) {
  return std::any_of(globs.begin(), globs.end(),
                     [id](const std::string& glob) { return GlobMatches(glob, id); });
}

}  // namespace smtpgauge
