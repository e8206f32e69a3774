// What a sink is told: plain data, filled by the command line or by a test.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runner/sink/extension.h"
#include "runner/sink/latency.h"
#include "runner/sink/verb.h"

namespace smtpgauge::sink {

enum class Profile : std::uint8_t {
  kMx,          // takes mail for its own domains, relays nothing
  kSubmission,  // MAIL needs AUTH (RFC 6409 section 4.3); then any recipient
  kLmtp,        // RFC 2033
};

/// Whether PLAIN and LOGIN are offered without TLS (RFC 4954 section 4 says no).
enum class ClearPassword : std::uint8_t { kRefused, kAllowed };

/// Which recipients exist.
enum class Acceptance : std::uint8_t { kMailboxes, kEverything };

struct User {
  std::string name;
  std::string password;
};

/// `rcpt=450:0.1`: this reply code at this moment with this probability.
struct Rejection {
  Verb moment = Verb::kUnknown;
  int code = 0;
  double probability = 0;
};

struct Limits {
  std::uint64_t message_octets = 10'485'760;  ///< the SIZE value; 0 would mean none
  std::size_t recipients = 1000;
  std::size_t errors = 100;     ///< 5yz replies in a session before 421
  std::size_t connections = 0;  ///< 0: no limit but the descriptors
  std::size_t received_fields = 100;
  std::chrono::milliseconds idle{300'000};  ///< RFC 5321 section 4.5.3.2.7
};

struct Config {
  std::string host = "127.0.0.1";              ///< numeric address to listen on
  std::optional<std::uint16_t> port = 0;       ///< 0: any free port; nothing: no clear port
  std::optional<std::uint16_t> tls_port = {};  ///< implicit TLS (RFC 8314 section 3.3)
  Profile profile = Profile::kMx;
  std::string hostname = {};  ///< empty: "mx." and the first domain
  std::vector<std::string> domains = {"example.test"};
  std::vector<std::string> mailboxes = {"user", "postmaster", "abuse"};
  Acceptance acceptance = Acceptance::kMailboxes;
  ExtensionSet offer = DefaultOffer();
  std::string certificate_file = {};  ///< PEM; empty: self-signed, made at start
  std::string key_file = {};
  std::vector<User> users = {};
  ClearPassword clear_password = ClearPassword::kRefused;
  std::string maildir = {};  ///< empty: discard; may hold %n, %d, %u
  Limits limits = {};
  std::array<std::optional<Latency>, kVerbCount> latency = {};
  std::optional<Stall> stall = {};
  std::vector<Rejection> rejections = {};
  double capacity_per_s = 0;  ///< messages; 0: as fast as it goes
  std::size_t threads = 1;
  std::uint64_t seed = 1;
  std::vector<std::string> faults = {};  ///< ids from the fault table
};

}  // namespace smtpgauge::sink
