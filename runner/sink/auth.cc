#include "runner/sink/auth.h"

#include <algorithm>
#include <array>

#include <openssl/crypto.h>

#include "runner/sink/address.h"
#include "runner/sink/ascii.h"
#include "runner/sink/auth_hash.h"

namespace smtpgauge::sink {
namespace {

// Hashing first makes the comparison independent of where, and whether, the lengths differ.
bool SamePassword(std::string_view a, std::string_view b) {
  const std::string left = Digest(Hash::kSha256, a);
  const std::string right = Digest(Hash::kSha256, b);
  return CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

Account MakeAccount(const User& user) {
  Account account{.user = user, .salt = RandomOctets(16)};
  account.sha1 = DeriveScramKeys(Hash::kSha1, user.password, account.salt);
  account.sha256 = DeriveScramKeys(Hash::kSha256, user.password, account.salt);
  return account;
}

std::string_view Stripped(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return Trimmed(text);
}

// The right password where a faulty server takes another for it.
std::string_view Taken(std::string_view password, std::string_view name,
                       const AuthSurroundings& around) {
  const std::string& right = around.accounts.FindOrDecoy(name).user.password;
  const bool prefix =
      (around.faults.Has(Fault::kPasswordPrefixAccepted) && password.starts_with(right)) ||
      (around.faults.Has(Fault::kPasswordPartAccepted) && right.starts_with(password));
  const bool blanks = around.faults.Has(Fault::kPasswordTrimmed) && Stripped(password) == right;
  return prefix || blanks ? std::string_view(right) : password;
}

// RFC 4616 section 2: [authzid] NUL authcid NUL password.
class PlainExchange : public AuthExchange {
 public:
  explicit PlainExchange(const AuthSurroundings& around) : around_(around) {}

  AuthStep Receive(std::string_view message) override {
    const bool lax = around_.faults.Has(Fault::kPlainMalformedAccepted);
    const auto first = message.find('\0');
    const auto second = first == std::string_view::npos ? first : message.find('\0', first + 1);
    if (second == std::string_view::npos)
      return {lax ? AuthState::kSucceeded : AuthState::kMalformed};
    const std::string_view authorise = message.substr(0, first);
    const std::string_view name = message.substr(first + 1, second - first - 1);
    const std::string_view password = message.substr(second + 1);
    const bool part = around_.faults.Has(Fault::kPasswordPartAccepted);
    if (name.empty() || (password.empty() && !part) ||
        password.find('\0') != std::string_view::npos || !IsUtf8(message))
      return {lax ? AuthState::kSucceeded : AuthState::kMalformed};
    user_ = name;
    const bool allowed =
        authorise.empty() || authorise == name || around_.faults.Has(Fault::kAuthzidUnchecked);
    if (!around_.accounts.Matches(name, Taken(password, name, around_)) &&
        !(around_.faults.Has(Fault::kPasswordOfAnybody) && around_.accounts.SomebodyHas(password)))
      return {AuthState::kFailed};
    return {allowed ? AuthState::kSucceeded : AuthState::kFailed};
  }

 private:
  AuthSurroundings around_;
};

// Never standardised; the prompts are what clients look for (draft-murchison-sasl-login).
class LoginExchange : public AuthExchange {
 public:
  explicit LoginExchange(const AuthSurroundings& around) : around_(around) {}

  std::optional<std::string> FirstChallenge() override { return "Username:"; }

  AuthStep Receive(std::string_view message) override {
    if (!named_) {
      named_ = true;
      user_ = message;
      if (around_.faults.Has(Fault::kLoginRevealsUser) &&
          around_.accounts.IsDecoy(around_.accounts.FindOrDecoy(user_)))
        return {AuthState::kFailed};
      return {AuthState::kContinue, "Password:"};
    }
    if (around_.faults.Has(Fault::kLoginPasswordUnchecked) &&
        !around_.accounts.IsDecoy(around_.accounts.FindOrDecoy(user_)))
      return {AuthState::kSucceeded};
    return {around_.accounts.Matches(user_, Taken(message, user_, around_)) ? AuthState::kSucceeded
                                                                            : AuthState::kFailed};
  }

 private:
  AuthSurroundings around_;
  bool named_ = false;
};

constexpr std::array kMechanisms = {
    Mechanism{"SCRAM-SHA-256", false, false, StartScramSha256},
    Mechanism{"SCRAM-SHA-1", false, false, StartScramSha1},
    Mechanism{"CRAM-MD5", false, true, StartCramMd5},
    Mechanism{"PLAIN", true, false,
              [](const AuthSurroundings& around) -> std::unique_ptr<AuthExchange> {
                return std::make_unique<PlainExchange>(around);
              }},
    Mechanism{"LOGIN", true, false,
              [](const AuthSurroundings& around) -> std::unique_ptr<AuthExchange> {
                return std::make_unique<LoginExchange>(around);
              }},
};

}  // namespace

Accounts::Accounts(const std::vector<User>& users)
    : decoy_(MakeAccount({.name = "", .password = RandomOctets(24)})) {
  for (const User& user : users)
    accounts_.push_back(MakeAccount(user));
}

const Account& Accounts::FindOrDecoy(std::string_view name) const {
  for (const Account& account : accounts_)
    if (account.user.name == name) return account;
  return decoy_;
}

bool Accounts::Matches(std::string_view name, std::string_view password) const {
  const Account& account = FindOrDecoy(name);
  return SamePassword(account.user.password, password) && !IsDecoy(account);
}

bool Accounts::SomebodyHas(std::string_view password) const {
  return std::any_of(accounts_.begin(), accounts_.end(), [password](const Account& account) {
    return SamePassword(account.user.password, password);
  });
}

const Mechanism* FindMechanism(std::string_view name) {
  for (const Mechanism& mechanism : kMechanisms)
    if (EqualsIgnoreCase(mechanism.name, name)) return &mechanism;
  return nullptr;
}

std::string MechanismNames(ClearPassword clear_password) {
  std::string names;
  for (const Mechanism& mechanism : kMechanisms) {
    if (mechanism.clear_password && clear_password == ClearPassword::kRefused) continue;
    if (!names.empty()) names += ' ';
    names += mechanism.name;
  }
  return names;
}

}  // namespace smtpgauge::sink
