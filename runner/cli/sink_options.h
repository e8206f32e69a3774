// The options of `smtpgauge sink` as they were typed, and what they mean.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "runner/sink/config.h"

namespace CLI {
class App;
}

namespace smtpgauge {

struct SinkOptions {
  std::string listen = "127.0.0.1:0";
  std::string tls_listen;
  std::string profile = "mx";
  std::string hostname;
  std::vector<std::string> domains;
  std::vector<std::string> mailboxes;
  bool accept_all = false;
  std::string offer;
  std::string certificate_file, key_file;
  std::vector<std::string> users, password_variables, password_files;
  bool auth_in_clear = false;
  std::string maildir;
  std::uint64_t size_limit = 10'485'760;
  std::size_t recipient_limit = 1000;
  std::size_t error_limit = 100;
  std::size_t max_connections = 0;
  double idle_timeout_s = 300;
  std::vector<std::string> latencies;
  std::string stall;
  std::vector<std::string> rejections;
  std::string capacity;
  std::size_t threads = 1;
  std::uint64_t seed = 1;
  std::vector<std::string> faults;
  std::string json_counters;
  bool list_faults = false;
};

void AddSinkOptions(CLI::App& command, SinkOptions& options);

/// Throws std::invalid_argument, naming the option, when a value means nothing.
[[nodiscard]] sink::Config MakeSinkConfig(const SinkOptions& options);

}  // namespace smtpgauge
