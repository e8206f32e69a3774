// Server side of the SASL mechanisms in SMTP (RFC 4954): PLAIN (RFC 4616), LOGIN, CRAM-MD5
// (RFC 2195), SCRAM-SHA-1 and SCRAM-SHA-256 (RFC 5802, RFC 7677).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runner/sink/config.h"
#include "runner/sink/fault.h"

namespace smtpgauge::sink {

/// What SCRAM needs of a password (RFC 5802 section 3): digests of one hash function.
struct ScramKeys {
  std::string stored;
  std::string server;
};

/// One of the users, with what SCRAM needs derived once at start.
struct Account {
  User user;
  std::string salt = {};
  ScramKeys sha1 = {};
  ScramKeys sha256 = {};
};

inline constexpr int kScramIterations = 4096;  // RFC 7677 section 4

class Accounts {
 public:
  explicit Accounts(const std::vector<User>& users);

  [[nodiscard]] bool empty() const { return accounts_.empty(); }
  /// The account, or one that nobody can log in to, so that both take the same steps.
  [[nodiscard]] const Account& FindOrDecoy(std::string_view name) const;
  /// Takes the same time for an unknown user and a wrong password.
  [[nodiscard]] bool Matches(std::string_view name, std::string_view password) const;
  /// Whether anybody has this password: what no server should ask.
  [[nodiscard]] bool SomebodyHas(std::string_view password) const;
  [[nodiscard]] bool IsDecoy(const Account& account) const { return &account == &decoy_; }

 private:
  std::vector<Account> accounts_;
  Account decoy_;
};

enum class AuthState : std::uint8_t {
  kContinue,  ///< `challenge` goes out, base64 and all, behind "334 "
  kSucceeded,
  kFailed,     ///< 535
  kMalformed,  ///< 501: the message is none of this mechanism
};

struct AuthStep {
  AuthState state = AuthState::kFailed;
  std::string challenge = {};  ///< decoded
};

/// One exchange of one mechanism; messages are decoded octets.
class AuthExchange {
 public:
  virtual ~AuthExchange() = default;

  /// The challenge before anything was received; nothing where the client speaks first.
  [[nodiscard]] virtual std::optional<std::string> FirstChallenge() { return std::nullopt; }
  [[nodiscard]] virtual AuthStep Receive(std::string_view message) = 0;
  /// Whom the client claims to be; meaningful once the exchange has succeeded.
  [[nodiscard]] const std::string& user() const { return user_; }

 protected:
  std::string user_;
};

/// What a mechanism exchange needs to know; must outlive it.
struct AuthSurroundings {
  const Accounts& accounts;
  const FaultSet& faults;
  const std::string& hostname;
};

struct Mechanism {
  std::string_view name;
  bool clear_password;  ///< sends the password itself: not without TLS
  bool server_first;    ///< takes no initial response (RFC 4954 section 4)
  std::unique_ptr<AuthExchange> (*start)(const AuthSurroundings&);
};

/// The mechanism of a name in any case; null when it is not supported.
[[nodiscard]] const Mechanism* FindMechanism(std::string_view name);

/// Names for the EHLO line, separated by SP; with or without those that send the password.
[[nodiscard]] std::string MechanismNames(ClearPassword clear_password);

}  // namespace smtpgauge::sink
