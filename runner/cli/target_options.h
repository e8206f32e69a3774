// The options that describe a target, shared by check and load.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runner/drive/seat.h"
#include "runner/net/target.h"
#include "runner/net/tls_context.h"
#include "runner/record/run_info.h"
#include "runner/session/host.h"
#include "scenarios/catalogue.h"

namespace CLI {
class App;
}

namespace smtpgauge {

struct TargetOptions {
  std::string target;                   ///< as written
  std::string profile;                  ///< empty: from the URL's scheme
  std::vector<std::string> recipients;  ///< one with %d stands for 200 numbered ones
  std::string unknown_recipient;
  std::string foreign_recipient = "someone@smtpgauge.example";
  std::string sender = "sender@smtpgauge.example";
  std::string helo_name = "client.smtpgauge.example";
  std::string user;
  std::string password_env;
  std::string password_file;
  std::string tls;  ///< empty: from the URL's scheme
  std::uint16_t tls_port = 0;
  std::string ca_file;
  bool insecure = false;
  std::string delivered;     ///< maildir:PATH
  std::string dns;           ///< HOST:PORT
  double timeout_scale = 0;  ///< 0: the command's default
  std::uint64_t seed = 1;
};

/// Everything that a run needs to know about its target, resolved and checked.
struct ResolvedTarget {
  Target target;
  Bindings bindings;
  Destination destination;
  SessionOptions options;  ///< limits, scale, LMTP, implicit TLS
  TlsContext::Options tls;
  RunInfo info;
  bool many_recipients = false;
  bool stays_local = false;      ///< only loopback and private addresses
  bool on_this_machine = false;  ///< only loopback addresses
};

/// Number of addresses that a recipient with %d stands for.
inline constexpr int kManyRecipients = 200;

void AddTargetOptions(CLI::App& app, TargetOptions& options);
/// Throws UsageError, or Unreachable-like std::runtime_error when the name does not resolve.
[[nodiscard]] ResolvedTarget Resolve(const TargetOptions& options);

/// `--target FILE.json` holds options by their long names without dashes; they are put in front of
/// the others, so that the command line wins. Throws UsageError naming file and key.
[[nodiscard]] std::vector<std::string> ExpandTargetFile(const std::vector<std::string>& arguments);

}  // namespace smtpgauge
