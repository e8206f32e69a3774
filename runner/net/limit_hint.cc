#include "runner/net/limit_hint.h"

#include <sys/resource.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>

#include <fmt/format.h>

namespace smtpgauge {

namespace {

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

/// The first line of a file below /proc/sys with tabs as spaces; "unknown" when it is not there.
std::string Setting(const char* path) {
  const std::unique_ptr<std::FILE, FileCloser> file(std::fopen(path, "re"));
  std::array<char, 80> line{};
  if (!file || std::fgets(line.data(), line.size(), file.get()) == nullptr) return "unknown";
  std::string text(line.data());
  while (!text.empty() && text.back() == '\n')
    text.pop_back();
  for (char& octet : text) {
    if (octet == '\t') octet = ' ';
  }
  return text;
}

}  // namespace

std::string LimitHint(int error) {
  switch (error) {
    case EMFILE: {
      rlimit limit{};
      getrlimit(RLIMIT_NOFILE, &limit);
      return fmt::format(
          "this process has no file descriptor left: `ulimit -n` is {} (hard limit {}); raise it, "
          "or use fewer sessions",
          limit.rlim_cur, limit.rlim_max);
    }
    case ENFILE:
      return fmt::format(
          "the whole machine has no file descriptor left: fs.file-max is {}; raise it with sysctl",
          Setting("/proc/sys/fs/file-max"));
    case EADDRNOTAVAIL:
      return fmt::format(
          "no local port is free for this destination, or the source address is not of this "
          "machine: net.ipv4.ip_local_port_range is {}; widen it, or spread the connections over "
          "several addresses with --source",
          Setting("/proc/sys/net/ipv4/ip_local_port_range"));
    case ENOBUFS:
    case ENOMEM:
      return fmt::format(
          "the kernel has no memory left for sockets: net.ipv4.tcp_mem is {}; raise it, or use "
          "fewer sessions",
          Setting("/proc/sys/net/ipv4/tcp_mem"));
    case ENOSPC:
      return fmt::format(
          "the kernel watches no more sockets for this user: fs.epoll.max_user_watches is {}; "
          "raise it with sysctl, or use fewer sessions",
          Setting("/proc/sys/fs/epoll/max_user_watches"));
    default:
      return "";
  }
}

std::size_t RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  if (limit.rlim_cur < limit.rlim_max) {
    const rlim_t before = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) return before;
  }
  return limit.rlim_cur;
}

}  // namespace smtpgauge
