#include "runner/sink/auth_hash.h"

#include <array>
#include <stdexcept>

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "runner/sink/ascii.h"
#include "runner/sink/base64.h"

namespace smtpgauge::sink {
namespace {

const unsigned char* Octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string Hex(std::string_view octets) {
  std::string text;
  for (char c : octets)
    text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

const EVP_MD* Algorithm(Hash hash) {
  switch (hash) {
    case Hash::kMd5:
      return EVP_md5();
    case Hash::kSha1:
      return EVP_sha1();
    case Hash::kSha256:
      break;
  }
  return EVP_sha256();
}

using DigestSpace = std::array<unsigned char, EVP_MAX_MD_SIZE>;

std::string Text(const DigestSpace& digest, std::size_t length) {
  return {reinterpret_cast<const char*>(digest.data()), length};
}

class CramMd5Exchange : public AuthExchange {
 public:
  explicit CramMd5Exchange(const AuthSurroundings& around)
      : around_(around),
        challenge_(fmt::format(
            "<{}@{}>",
            around.faults.Has(Fault::kCramSameChallenge) ? "1896.697170952" : Hex(RandomOctets(12)),
            around.hostname)) {}

  std::optional<std::string> FirstChallenge() override { return challenge_; }

  AuthStep Receive(std::string_view message) override {
    const auto space = message.rfind(' ');
    if (space == std::string_view::npos) return {AuthState::kMalformed};
    user_ = message.substr(0, space);
    const Account& account = around_.accounts.FindOrDecoy(user_);
    const std::string expected = Hex(Hmac(Hash::kMd5, account.user.password, challenge_));
    const std::string_view digest = message.substr(space + 1);
    const bool part = around_.faults.Has(Fault::kCramDigestPartAccepted);
    const bool same = part
                          ? expected.starts_with(digest)
                          : digest.size() == expected.size() &&
                                CRYPTO_memcmp(digest.data(), expected.data(), expected.size()) == 0;
    if (around_.faults.Has(Fault::kCramDigestUnchecked)) return {AuthState::kSucceeded};
    return {same && !around_.accounts.IsDecoy(account) ? AuthState::kSucceeded
                                                       : AuthState::kFailed};
  }

 private:
  AuthSurroundings around_;
  std::string challenge_;
};

// Takes "x=value" from the front of a comma-separated list.
std::optional<std::string_view> TakeAttribute(std::string_view& list, char name) {
  if (list.size() < 2 || list[0] != name || list[1] != '=') return std::nullopt;
  const auto comma = std::min(list.find(','), list.size());
  const std::string_view value = list.substr(2, comma - 2);
  list.remove_prefix(std::min(comma + 1, list.size()));
  return value;
}

// saslname of RFC 5802 section 5.1: "=" only as "=2C" or "=3D".
std::optional<std::string> DecodeSaslName(std::string_view text, bool lax) {
  std::string name;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=' || (lax && i + 2 >= text.size())) {
      name += text[i];
      continue;
    }
    const std::string_view code = text.substr(i, 3);
    if (code != "=2C" && code != "=3D") {
      if (!lax) return std::nullopt;
      name += text[i];
      continue;
    }
    name += code == "=2C" ? ',' : '=';
    i += 2;
  }
  return name;
}

class ScramExchange : public AuthExchange {
 public:
  ScramExchange(const AuthSurroundings& around, Hash hash) : around_(around), hash_(hash) {}

  AuthStep Receive(std::string_view message) override {
    switch (step_++) {
      case 0:
        return First(message);
      case 1:
        return Final(message);
      default:  // the empty answer to the server's signature (RFC 4954 section 4)
        return {message.empty() ? AuthState::kSucceeded : AuthState::kMalformed};
    }
  }

 private:
  AuthStep First(std::string_view message) {
    const FaultSet& faults = around_.faults;
    const auto flag_end = message.find(',');
    if (flag_end == std::string_view::npos) return {AuthState::kMalformed};
    const std::string_view flag = message.substr(0, flag_end);
    const auto header_end = message.find(',', flag_end + 1);
    if (header_end == std::string_view::npos) return {AuthState::kMalformed};
    if (flag.starts_with("p=")) return {AuthState::kFailed};  // no channel binding here
    if (flag != "n" && flag != "y" && !faults.Has(Fault::kScramHeaderUnchecked))
      return {AuthState::kMalformed};
    const std::string_view authorise = message.substr(flag_end + 1, header_end - flag_end - 1);
    if (!authorise.empty() && !authorise.starts_with("a=")) return {AuthState::kMalformed};
    header_ = message.substr(0, header_end + 1);
    if (faults.Has(Fault::kScramHeaderUnchecked)) header_ = "n,,";
    std::string_view bare = message.substr(header_end + 1);
    if (bare.starts_with("m=")) {
      if (!faults.Has(Fault::kScramMandatoryIgnored)) return {AuthState::kFailed};
      (void)TakeAttribute(bare, 'm');
    }
    client_first_ = bare;
    const auto name = TakeAttribute(bare, 'n');
    const auto nonce = TakeAttribute(bare, 'r');
    if (!name || name->empty() || !nonce || nonce->empty()) return {AuthState::kMalformed};
    if (!bare.empty() && faults.Has(Fault::kScramOptionalRefused)) return {AuthState::kFailed};
    const auto user = DecodeSaslName(*name, faults.Has(Fault::kScramNameUnchecked));
    if (!user) return {AuthState::kMalformed};
    lax_name_ = !DecodeSaslName(*name, false);
    user_ = *user;
    if (!authorise.empty() && authorise.substr(2) != *name) return {AuthState::kFailed};
    account_ = &around_.accounts.FindOrDecoy(user_);
    const std::string own =
        faults.Has(Fault::kScramNonceFixed) ? "3rfcNHYJY1ZVvWVs7j" : Hex(RandomOctets(12));
    nonce_ = faults.Has(Fault::kScramNonceUnrelated) ? own : std::string(*nonce) + own;
    server_first_ =
        fmt::format("r={},s={},i={}", nonce_, EncodeBase64(account_->salt), kScramIterations);
    return {AuthState::kContinue, server_first_};
  }

  AuthStep Final(std::string_view message) {
    const FaultSet& faults = around_.faults;
    const auto proof_at = message.rfind(",p=");
    if (proof_at == std::string_view::npos) return {AuthState::kMalformed};
    const std::string_view without_proof = message.substr(0, proof_at);
    const auto proof = DecodeBase64(message.substr(proof_at + 3));
    std::string_view rest = without_proof;
    const auto binding = TakeAttribute(rest, 'c');
    const auto nonce = TakeAttribute(rest, 'r');
    if (!binding || !nonce || !proof || proof->size() != Keys().stored.size())
      return {AuthState::kMalformed};
    if (rest.starts_with("m=") && !faults.Has(Fault::kScramMandatoryIgnored))
      return {AuthState::kFailed};
    if (!rest.empty() && faults.Has(Fault::kScramOptionalRefused)) return {AuthState::kFailed};
    const auto bound = DecodeBase64(*binding);
    const bool binding_good = bound && *bound == header_;
    const bool nonce_good = *nonce == nonce_;
    if (!binding_good && !faults.Has(Fault::kScramBindingUnchecked)) return {AuthState::kFailed};
    if (!nonce_good && !faults.Has(Fault::kScramNonceUnchecked)) return {AuthState::kFailed};
    const std::string own_nonce = fmt::format("c={},r={}", *binding, nonce_);
    const std::string signed_text =
        fmt::format("{},{},{}", client_first_, server_first_,
                    faults.Has(Fault::kScramNonceUnchecked) ? own_nonce : without_proof);
    if (!ProofHolds(*proof, signed_text) && !faults.Has(Fault::kScramProofUnchecked) && !lax_name_)
      return {AuthState::kFailed};
    if (faults.Has(Fault::kScramNoSignature)) return {AuthState::kSucceeded};
    std::string signature = Hmac(hash_, Keys().server, signed_text);
    if (faults.Has(Fault::kScramWrongSignature)) signature[0] = static_cast<char>(~signature[0]);
    return {AuthState::kContinue, "v=" + EncodeBase64(signature)};
  }

  const ScramKeys& Keys() const { return hash_ == Hash::kSha1 ? account_->sha1 : account_->sha256; }

  bool ProofHolds(std::string_view proof, std::string_view signed_text) const {
    std::string client_key = Hmac(hash_, Keys().stored, signed_text);
    for (std::size_t i = 0; i < client_key.size(); ++i)
      client_key[i] = static_cast<char>(client_key[i] ^ proof[i]);
    const std::string stored = Digest(hash_, client_key);
    return CRYPTO_memcmp(stored.data(), Keys().stored.data(), stored.size()) == 0 &&
           !around_.accounts.IsDecoy(*account_);
  }

  AuthSurroundings around_;
  Hash hash_;
  const Account* account_ = nullptr;
  int step_ = 0;
  bool lax_name_ = false;  // accepted by a fault
  std::string header_, client_first_, server_first_, nonce_;
};

}  // namespace

std::string Digest(Hash hash, std::string_view octets) {
  DigestSpace digest{};
  unsigned length = 0;
  EVP_Digest(octets.data(), octets.size(), digest.data(), &length, Algorithm(hash), nullptr);
  return Text(digest, length);
}

std::string Hmac(Hash hash, std::string_view key, std::string_view octets) {
  DigestSpace digest{};
  unsigned length = 0;
  HMAC(Algorithm(hash), key.data(), static_cast<int>(key.size()), Octets(octets), octets.size(),
       digest.data(), &length);
  return Text(digest, length);
}

ScramKeys DeriveScramKeys(Hash hash, std::string_view password, std::string_view salt) {
  DigestSpace derived{};
  const int length = EVP_MD_get_size(Algorithm(hash));
  PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), Octets(salt),
                    static_cast<int>(salt.size()), kScramIterations, Algorithm(hash), length,
                    derived.data());
  const std::string salted = Text(derived, static_cast<std::size_t>(length));
  return {.stored = Digest(hash, Hmac(hash, salted, "Client Key")),
          .server = Hmac(hash, salted, "Server Key")};
}

std::string RandomOctets(std::size_t count) {
  std::string octets(count, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(octets.data()), static_cast<int>(count)) != 1)
    throw std::runtime_error("the system gives no random numbers");
  return octets;
}

std::unique_ptr<AuthExchange> StartCramMd5(const AuthSurroundings& around) {
  return std::make_unique<CramMd5Exchange>(around);
}

std::unique_ptr<AuthExchange> StartScramSha1(const AuthSurroundings& around) {
  return std::make_unique<ScramExchange>(around, Hash::kSha1);
}

std::unique_ptr<AuthExchange> StartScramSha256(const AuthSurroundings& around) {
  return std::make_unique<ScramExchange>(around, Hash::kSha256);
}

}  // namespace smtpgauge::sink
