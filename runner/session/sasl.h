// The client's side of a SASL exchange, by libgsasl: messages only, no I/O, no base64.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace smtpgauge {

struct Credentials {
  std::string user;
  std::string password;
  std::string authzid;
};

/// One exchange. Mechanisms: PLAIN, LOGIN, CRAM-MD5, DIGEST-MD5, SCRAM-SHA-1, SCRAM-SHA-256,
/// EXTERNAL, ANONYMOUS.
class SaslClient {
 public:
  /// nullptr when the mechanism is not known here.
  static std::unique_ptr<SaslClient> Create(std::string_view mechanism,
                                            const Credentials& credentials);
  ~SaslClient();
  SaslClient(const SaslClient&) = delete;
  SaslClient& operator=(const SaslClient&) = delete;

  /// The client speaks first (PLAIN, SCRAM, EXTERNAL), so an initial response is possible.
  [[nodiscard]] bool client_first() const { return client_first_; }
  /// The next client message for a decoded challenge (empty before the first message of a
  /// client-first mechanism); nullopt when the challenge is not acceptable.
  std::optional<std::string> Step(std::string_view challenge);

 private:
  struct Handle;
  SaslClient(std::unique_ptr<Handle> handle, bool client_first);
  std::unique_ptr<Handle> handle_;
  bool client_first_;
};

/// The strongest mechanism that both sides know; empty when there is none.
[[nodiscard]] std::string BestMechanism(const std::vector<std::string>& offered);

}  // namespace smtpgauge
