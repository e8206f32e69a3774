#include "runner/cli/terminal.h"

#include <sys/ioctl.h>

#include <cstdlib>
#include <string_view>

#include <unistd.h>

namespace smtpgauge {
namespace {

std::string_view Variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets variables
  return value == nullptr ? std::string_view() : value;
}

bool IsTerminal(int fd) {
  return ::isatty(fd) != 0 && Variable("TERM") != "dumb";
}

}  // namespace

TextStyle TerminalStyle(int fd) {
  TextStyle style;
  if (!IsTerminal(fd)) return style;
  if (Variable("NO_COLOR").empty()) style.colour = Colour::kOn;
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) style.width = size.ws_col;
  return style;
}

ProgressDisplay::Kind ProgressKind(int fd) {
  return IsTerminal(fd) ? ProgressDisplay::Kind::kBar : ProgressDisplay::Kind::kLines;
}

}  // namespace smtpgauge
