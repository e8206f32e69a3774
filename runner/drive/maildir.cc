#include "runner/drive/maildir.h"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace smtpgauge {
namespace {

constexpr std::size_t kMaxMessage = 16 * 1024 * 1024;

std::string Safe(std::string_view part) {
  std::string out(part);
  std::replace(out.begin(), out.end(), '/', '_');
  return out == "." || out == ".." ? "_" : out;
}

std::string ReadBounded(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string content;
  char block[65536];
  while (content.size() < kMaxMessage && (in.read(block, sizeof block), in.gcount() > 0)) {
    content.append(block, static_cast<std::size_t>(in.gcount()));
  }
  return content;
}

}  // namespace

std::filesystem::path MaildirPath(std::string_view pattern, std::string_view address) {
  const std::size_t at = address.rfind('@');
  const std::string_view local = address.substr(0, at);
  const std::string_view domain = at == std::string_view::npos ? "" : address.substr(at + 1);
  std::string path;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char next = pattern[i] == '%' && i + 1 < pattern.size() ? pattern[i + 1] : '\0';
    if (next == 'n') {
      path += Safe(local);
    } else if (next == 'd') {
      path += Safe(domain);
    } else if (next == 'u') {
      path += Safe(address);
    } else {
      path += pattern[i];
      continue;
    }
    ++i;
  }
  return path;
}

namespace {

/// Whether `marker` is there as a whole: run tokens end in a number, and 3 is not 33.
bool Holds(std::string_view content, std::string_view marker) {
  std::size_t at = content.find(marker);
  while (at != std::string_view::npos) {
    const std::size_t end = at + marker.size();
    if (end == content.size() || content[end] < '0' || content[end] > '9') return true;
    at = content.find(marker, at + 1);
  }
  return false;
}

}  // namespace

std::vector<std::string> ReadMaildir(const std::filesystem::path& folder, std::string_view marker) {
  std::vector<std::string> found;
  for (const char* part : {"new", "cur"}) {
    std::error_code error;
    for (std::filesystem::directory_iterator it(folder / part, error), end; !error && it != end;
         it.increment(error)) {
      std::string content = ReadBounded(it->path());
      if (Holds(content, marker)) found.push_back(std::move(content));
    }
  }
  return found;
}

}  // namespace smtpgauge
