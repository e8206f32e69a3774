#include "tests/unit/net/name_server.h"

#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <spawn.h>
#include <unistd.h>

namespace smtpgauge {

namespace {

Endpoint NameOf(int fd) {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  auto* const name = static_cast<sockaddr*>(static_cast<void*>(&storage));
  if (::getsockname(fd, name, &length) != 0) throw std::runtime_error("getsockname");
  return {name, length};
}

int Bound(int type, const Endpoint& endpoint) {
  const int fd = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
  if (::bind(fd, endpoint.data(), endpoint.size()) == 0) return fd;
  ::close(fd);
  return -1;
}

/// A port that is free for both protocols at this moment.
Endpoint FreePort() {
  for (int attempt = 0; attempt < 100; ++attempt) {
    const int udp = Bound(SOCK_DGRAM, Endpoint::FromAddress("127.0.0.1", 0).value());
    const Endpoint endpoint = NameOf(udp);
    const int tcp = Bound(SOCK_STREAM, endpoint);
    ::close(udp);
    if (tcp < 0) continue;
    ::close(tcp);
    return endpoint;
  }
  throw std::runtime_error("no port is free for UDP and TCP");
}

void WriteConfiguration(const std::string& directory, const Endpoint& endpoint,
                        const std::string& records) {
  std::ofstream(directory + "/knot.conf") << fmt::format(
      "server:\n    listen: 127.0.0.1@{}\n    rundir: {}\n    udp-workers: 1\n    tcp-workers: 1\n"
      "    background-workers: 1\n"
      "log:\n  - target: stdout\n    any: info\n"
      "database:\n    storage: {}\n"
      "zone:\n  - domain: example.test\n    file: {}/zone\n",
      endpoint.port(), directory, directory, directory);
  std::ofstream(directory + "/zone") << "$ORIGIN example.test.\n$TTL 60\n"
                                        "@ SOA ns hostmaster 1 3600 600 86400 60\n@ NS ns\n"
                                        "ns A 127.0.0.1\n"
                                     << records;
}

/// Reads the log until the line that says so; false at its end.
bool WaitUntilStarted(int log) {
  std::string text;
  std::array<char, 4096> buffer{};
  pollfd one{log, POLLIN, 0};
  while (::poll(&one, 1, 20000) == 1) {
    const ssize_t got = ::read(log, buffer.data(), buffer.size());
    if (got <= 0) return false;
    text.append(buffer.data(), static_cast<std::size_t>(got));
    if (text.find("server started") != std::string::npos) return true;
  }
  return false;
}

/// Where `ci/servers/knot fetch` has unpacked Debian's package, if that is not installed.
std::filesystem::path KnotRoot() {
  const std::filesystem::path unpacked = SMTPGAUGE_KNOT_TREE;
  return std::filesystem::exists("/usr/sbin/knotd") ? "/" : unpacked;
}

/// The environment with the libraries below `root` in front.
std::vector<std::string> EnvironmentOf(const std::filesystem::path& root) {
  std::string paths;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(root / "usr/lib", none)) {
    if (entry.path().string().ends_with("-linux-gnu")) paths += ":" + entry.path().string();
  }
  std::vector<std::string> environment;
  for (char** variable = environ; *variable != nullptr; ++variable)
    environment.emplace_back(*variable);
  if (!paths.empty()) environment.push_back("LD_LIBRARY_PATH=" + paths.substr(1));
  return environment;
}

pid_t Spawn(const std::string& configuration, int log) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, log, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, log, STDERR_FILENO);
  const std::filesystem::path root = KnotRoot();
  std::string path = root / "usr/sbin/knotd";
  std::string option = "-c";
  std::string file = configuration;
  std::array<char*, 4> arguments = {path.data(), option.data(), file.data(), nullptr};
  std::vector<std::string> variables = EnvironmentOf(root);
  std::vector<char*> environment;
  for (std::string& variable : variables)
    environment.push_back(variable.data());
  environment.push_back(nullptr);
  pid_t pid = -1;
  const int error =
      posix_spawn(&pid, path.c_str(), &actions, nullptr, arguments.data(), environment.data());
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::runtime_error(path + " is missing: run ci/servers/knot fetch");
  return pid;
}

}  // namespace

Knot::Knot(const std::string& records) {
  directory_ = ::testing::TempDir() + "knot_XXXXXX";
  if (::mkdtemp(directory_.data()) == nullptr) throw std::runtime_error("mkdtemp");
  endpoint_ = FreePort();
  WriteConfiguration(directory_, endpoint_, records);
  std::array<int, 2> log{};
  if (::pipe2(log.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
  pid_ = Spawn(directory_ + "/knot.conf", log[1]);
  ::close(log[1]);
  log_ = log[0];
  if (!WaitUntilStarted(log_)) throw std::runtime_error("knotd did not start");
}

Knot::~Knot() {
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
  ::close(log_);
  std::filesystem::remove_all(directory_);
}

UdpServer::UdpServer(std::function<std::string(const std::string&)> answer)
    : fd_(Bound(SOCK_DGRAM, Endpoint::FromAddress("127.0.0.1", 0).value())),
      stop_(::eventfd(0, EFD_CLOEXEC)),
      endpoint_(NameOf(fd_)) {
  thread_ = std::thread([this, answer = std::move(answer)] {
    std::array<pollfd, 2> watched = {pollfd{fd_, POLLIN, 0}, pollfd{stop_, POLLIN, 0}};
    while (::poll(watched.data(), watched.size(), -1) > 0 && watched[1].revents == 0) {
      std::array<char, 4096> buffer{};
      sockaddr_storage storage{};
      socklen_t length = sizeof storage;
      auto* const from = static_cast<sockaddr*>(static_cast<void*>(&storage));
      const ssize_t got = ::recvfrom(fd_, buffer.data(), buffer.size(), 0, from, &length);
      if (got <= 0) continue;
      const std::string reply = answer(std::string(buffer.data(), static_cast<std::size_t>(got)));
      if (!reply.empty()) ::sendto(fd_, reply.data(), reply.size(), 0, from, length);
    }
  });
}

UdpServer::~UdpServer() {
  const std::uint64_t one = 1;
  static_cast<void>(!::write(stop_, &one, sizeof one));
  thread_.join();
  ::close(stop_);
  ::close(fd_);
}

}  // namespace smtpgauge
