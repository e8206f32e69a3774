// What all threads of one server share: constant after construction, but for two counters.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runner/sink/auth.h"
#include "runner/sink/config.h"
#include "runner/sink/ehlo_fault.h"
#include "runner/sink/fault.h"
#include "runner/sink/mailboxes.h"
#include "runner/sink/maildir.h"
#include "runner/sink/reply.h"
#include "runner/sink/tls.h"

namespace smtpgauge::sink {

/// Longest command lines, CRLF included: 512 and the growth that each offered extension brings
/// (RFC 5321 section 4.5.3.1.4).
struct LineLimits {
  std::size_t mail = 512;
  std::size_t rcpt = 512;
  std::size_t other = 512;
  std::size_t auth = 12288 + 2;  // RFC 4954 section 4
};

class Service {
 public:
  /// Throws std::invalid_argument on an unknown fault id, std::runtime_error on a bad certificate.
  explicit Service(Config config);

  [[nodiscard]] const Config& config() const { return config_; }
  [[nodiscard]] const FaultSet& faults() const { return faults_; }
  [[nodiscard]] const ReplyTable& replies() const { return replies_; }
  [[nodiscard]] const Mailboxes& mailboxes() const { return mailboxes_; }
  [[nodiscard]] const Accounts& accounts() const { return accounts_; }
  [[nodiscard]] const Maildir* maildir() const { return maildir_ ? &*maildir_ : nullptr; }
  [[nodiscard]] const std::string& hostname() const { return hostname_; }
  [[nodiscard]] const LineLimits& line_limits() const { return line_limits_; }
  [[nodiscard]] SSL_CTX* tls_context() const { return tls_.get(); }

  /// The extensions in force, with TLS active or not.
  [[nodiscard]] ExtensionSet Offered(bool tls) const;
  /// The whole reply to EHLO or LHLO.
  [[nodiscard]] std::string_view EhloReply(bool tls) const { return ehlo_[tls ? 1 : 0]; }
  [[nodiscard]] ClearPassword ClearPasswordAt(bool tls) const {
    return tls ? ClearPassword::kAllowed : config_.clear_password;
  }

  /// The steady time in nanoseconds at which a message that is complete `now` has been served by
  /// the queue of --capacity; `now` itself without one. Called by all threads.
  [[nodiscard]] std::int64_t ServiceTime(std::int64_t now);

  /// One more open connection; false, and not counted, above the limit.
  [[nodiscard]] bool AdmitConnection();
  void ReleaseConnection() { open_connections_.fetch_sub(1, std::memory_order_relaxed); }

 private:
  [[nodiscard]] std::string MakeEhlo(bool tls) const;

  Config config_;
  FaultSet faults_;
  std::string hostname_;
  ReplyTable replies_;
  Mailboxes mailboxes_;
  Accounts accounts_;
  std::optional<Maildir> maildir_;
  LineLimits line_limits_;
  SslContext tls_;
  std::array<std::string, 2> ehlo_;
  std::atomic<std::int64_t> next_slot_{0};
  std::atomic<std::size_t> open_connections_{0};
};

}  // namespace smtpgauge::sink
