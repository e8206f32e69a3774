// Any client against the embedded server: however its octets are cut, the replies are the same and
// well-formed.
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "tests/unit/sink/talk.h"

namespace smtpgauge::sink {
namespace {

Config ConfigOf(std::uint8_t choice) {
  Config config;
  config.profile = static_cast<Profile>(choice % 3);
  config.users = {{"user", "password"}};
  config.clear_password = ClearPassword::kAllowed;
  config.limits.errors = 1000;
  return config;
}

/// Every line is a code, a separator and text, and ends in CRLF.
void JudgeReplies(std::string_view replies) {
  while (!replies.empty()) {
    const std::size_t end = replies.find("\r\n");
    if (end == std::string_view::npos || end < 3) std::abort();
    const std::string_view line = replies.substr(0, end);
    for (const char digit : line.substr(0, 3)) {
      if (std::isdigit(static_cast<unsigned char>(digit)) == 0) std::abort();
    }
    if (line.size() > 3 && line[3] != ' ' && line[3] != '-') std::abort();
    if (line.find_first_of("\r\n") != std::string_view::npos) std::abort();
    replies.remove_prefix(end + 2);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2 || size > 20'000) return 0;
  const std::string_view octets(reinterpret_cast<const char*>(data) + 1, size - 1);
  // Made once: a user's keys take thousands of hashes.
  static Service services[] = {Service(ConfigOf(0)), Service(ConfigOf(1)), Service(ConfigOf(2))};
  Service& service = services[data[0] % 3];
  Talk whole(service);
  Talk cut(service);
  const std::string at_once = whole.Send(octets);
  JudgeReplies(at_once);
  // A client that is told to begin TLS, or good-bye, is not listened to any longer.
  std::string bytewise;
  for (const char octet : octets) {
    if (cut.connection().next != Next::kRead) break;
    bytewise += cut.Send({&octet, 1});
  }
  JudgeReplies(bytewise);
  // Challenges of AUTH differ by chance.
  const bool comparable = whole.connection().next == Next::kRead &&
                          cut.connection().next == Next::kRead &&
                          at_once.find("334 ") == std::string::npos;
  if (comparable && bytewise != at_once) std::abort();
  return 0;
}

}  // namespace smtpgauge::sink
