// Delivery into Maildirs: one file per recipient, written under tmp/ and renamed into new/, with
// the trace fields of RFC 5321 section 4.4 on top and the content octet by octet as it came.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runner/sink/fault.h"
#include "runner/sink/header_filter.h"

namespace smtpgauge::sink {

/// An accepted recipient.
struct Recipient {
  std::string address;  ///< as given, without brackets
  std::string mailbox;  ///< safe as a file name
  std::string domain;
  bool notify_success = false;  ///< NOTIFY=SUCCESS (RFC 3461 section 4.1)
  std::string original = {};    ///< ORCPT as given
};

struct Envelope {
  std::string sender;             ///< as given, without brackets; empty for <>
  std::string envelope_id;        ///< ENVID, decoded
  std::int64_t hold_seconds = 0;  ///< HOLDFOR, or until HOLDUNTIL (RFC 4865)
  std::vector<Recipient> recipients;

  void Clear() {
    sender.clear();
    envelope_id.clear();
    hold_seconds = 0;
    recipients.clear();
  }
};

/// What the Received field says.
struct Trace {
  std::string_view hello_name;
  std::string peer_literal;  ///< "[192.0.2.1]" or "[IPv6:...]"
  std::string_view hostname;
  std::string_view protocol;  ///< registered "with" keyword (RFC 3848, RFC 6531 section 4.3)
  std::int64_t time = 0;      ///< seconds since 1970
  std::uint64_t serial = 0;   ///< of the message on this server: with the time, its id
};

/// A Maildir path with %n, %d, %u for mailbox, domain and address; one for all when it has none.
class Maildir {
 public:
  Maildir(std::string pattern, std::string hostname);

  [[nodiscard]] std::string PathFor(const Recipient& recipient) const;
  [[nodiscard]] const std::string& hostname() const { return hostname_; }

 private:
  std::string pattern_;
  std::string hostname_;
};

/// The content of one message on its way into the Maildirs; gone without a trace unless delivered.
class Spool {
 public:
  /// `maildir` and `faults` must outlive the spool.
  Spool(const Maildir& maildir, const FaultSet& faults);
  ~Spool();
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  /// The header section of what was taken so far, at most 16 KiB of it.
  [[nodiscard]] std::string_view Header() const;

  /// Takes content as it arrives. A disk error shows in Deliver.
  void Append(std::string_view content);

  /// Adds the Date and the Message-ID that are missing, as submission does (RFC 6409 section 8).
  /// Nothing may be appended behind that.
  void Complete(const Trace& trace);

  /// Puts the message into the Maildir of every recipient; false when the disk did not take it, and
  /// then nothing was delivered.
  [[nodiscard]] bool Deliver(const Envelope& envelope, const Trace& trace);

 private:
  [[nodiscard]] bool DeliverOne(const Envelope& envelope, const Recipient& recipient,
                                const Trace& trace);

  const Maildir& maildir_;
  const FaultSet& faults_;
  HeaderFilter filter_;
  std::string content_;  // the message, or what of it has not gone to the file yet
  std::vector<std::string> delivered_;
};

/// The Received field, CRLF included.
[[nodiscard]] std::string ReceivedField(const Envelope& envelope, const Trace& trace,
                                        const FaultSet& faults);

/// The local-part as a file name: nothing but letters, digits and "+-_.", no leading dot.
[[nodiscard]] std::string SafeMailboxName(std::string_view local_part);

}  // namespace smtpgauge::sink
