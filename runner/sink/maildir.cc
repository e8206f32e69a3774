#include "runner/sink/maildir.h"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "runner/sink/ascii.h"
#include "runner/sink/content_fault.h"
#include "runner/sink/date_time.h"

namespace smtpgauge::sink {
namespace {

std::string UniqueName(const std::string& hostname) {
  static std::atomic<std::uint64_t> counter{0};
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
  return fmt::format("{}.M{}P{}Q{}.{}", microseconds / 1'000'000, microseconds % 1'000'000,
                     ::getpid(), counter.fetch_add(1, std::memory_order_relaxed), hostname);
}

bool WriteFile(const std::string& path, std::string_view octets) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  while (!octets.empty()) {
    const ssize_t n = ::write(fd, octets.data(), octets.size());
    if (n < 0) break;
    octets.remove_prefix(static_cast<std::size_t>(n));
  }
  return ::close(fd) == 0 && octets.empty();
}

bool StoreMessage(const std::string& maildir, const std::string& hostname, std::string_view message,
                  std::string& stored) {
  std::error_code error;
  for (const char* part : {"tmp", "new", "cur"})
    std::filesystem::create_directories(std::filesystem::path(maildir) / part, error);
  const std::string name = UniqueName(hostname);
  const std::string temporary = maildir + "/tmp/" + name;
  stored = maildir + "/new/" + name;
  if (WriteFile(temporary, message) && ::rename(temporary.c_str(), stored.c_str()) == 0)
    return true;
  ::unlink(temporary.c_str());
  return false;
}

}  // namespace

Maildir::Maildir(std::string pattern, std::string hostname)
    : pattern_(std::move(pattern)), hostname_(std::move(hostname)) {}

std::string Maildir::PathFor(const Recipient& recipient) const {
  std::string path;
  for (std::size_t i = 0; i < pattern_.size(); ++i) {
    if (pattern_[i] != '%' || i + 1 == pattern_.size()) {
      path += pattern_[i];
      continue;
    }
    switch (pattern_[++i]) {
      case 'n':
        path += recipient.mailbox;
        break;
      case 'd':
        path += recipient.domain;
        break;
      case 'u':
        path.append(recipient.mailbox).append("@").append(recipient.domain);
        break;
      default:
        path += pattern_[i];
    }
  }
  return path;
}

Spool::Spool(const Maildir& maildir, const FaultSet& faults)
    : maildir_(maildir), faults_(faults), filter_(maildir.hostname(), faults) {}

Spool::~Spool() = default;

void Spool::Append(std::string_view content) {
  filter_.Feed(content, content_);
}

std::string_view Spool::Header() const {
  const std::string_view content = content_;
  const std::string_view header = content.substr(0, content.find("\r\n\r\n"));
  return header.substr(0, 16 * 1024);
}

bool Spool::DeliverOne(const Envelope& envelope, const Recipient& recipient, const Trace& trace) {
  std::string message;
  if (!faults_.Has(Fault::kReturnPathMissing))
    message += fmt::format("Return-Path: <{}>\r\n", faults_.Has(Fault::kReturnPathWrong)
                                                        ? "postmaster@" + maildir_.hostname()
                                                        : envelope.sender);
  if (!faults_.Has(Fault::kReceivedMissing)) message += ReceivedField(envelope, trace, faults_);
  message += content_;
  std::string stored;
  const std::string path = maildir_.PathFor(recipient);
  if (!StoreMessage(path, maildir_.hostname(), message, stored)) return false;
  delivered_.push_back(stored);
  if (faults_.Has(Fault::kMessageDeliveredTwice))
    return StoreMessage(path, maildir_.hostname(), message, stored);
  return true;
}

void Spool::Complete(const Trace& trace) {
  filter_.Finish(content_);
  if (faults_.Has(Fault::kSubmissionIncomplete)) return;
  const auto has = [&](std::string_view name) {
    const std::string_view header = Header();
    for (std::size_t from = 0; from < header.size();) {
      if (StartsWithIgnoreCase(header.substr(from), name)) return true;
      from = std::min(header.find('\n', from), header.size() - 1) + 1;
    }
    return false;
  };
  if (!has("Message-ID:"))
    content_.insert(
        0, fmt::format("Message-ID: <{:x}.{:x}@{}>\r\n", trace.time, trace.serial, trace.hostname));
  if (!has("Date:")) content_.insert(0, fmt::format("Date: {}\r\n", HeaderDate(trace.time)));
}

bool Spool::Deliver(const Envelope& envelope, const Trace& trace) {
  filter_.Finish(content_);
  content_ = CorruptContent(std::move(content_), faults_);
  if (faults_.Has(Fault::kMessageLost)) return true;
  std::size_t most = envelope.recipients.size();
  if (faults_.Has(Fault::kOnlyFirstRecipientDelivered)) most = 1;
  if (faults_.Has(Fault::kEleventhRecipientLost)) most = 10;
  if (faults_.Has(Fault::kHundredthRecipientLost)) most = std::min<std::size_t>(most, 99);
  if (faults_.Has(Fault::kLastRecipientLost) && most > 2) --most;
  for (const Recipient& recipient : envelope.recipients) {
    if (delivered_.size() >= most) break;
    const bool outer =
        &recipient == &envelope.recipients.front() || &recipient == &envelope.recipients.back();
    if (!outer && faults_.Has(Fault::kMiddleRecipientLost)) continue;
    if (DeliverOne(envelope, recipient, trace)) continue;
    for (const std::string& path : delivered_)
      ::unlink(path.c_str());
    return false;
  }
  return true;
}

std::string ReceivedField(const Envelope& envelope, const Trace& trace, const FaultSet& faults) {
  const std::string_view protocol =
      faults.Has(Fault::kReceivedProtocolUnregistered) ? "MYSMTP" : trace.protocol;
  std::string field = "Received: ";
  if (!faults.Has(Fault::kReceivedWithoutFrom))
    field += fmt::format("from {} ({})\r\n\t", trace.hello_name, trace.peer_literal);
  if (!faults.Has(Fault::kReceivedWithoutBy)) field += fmt::format("by {} ", trace.hostname);
  field += fmt::format("with {} id {:x}.{:x}", protocol, trace.time, trace.serial);
  if (envelope.recipients.size() == 1) {
    field += fmt::format("\r\n\tfor <{}>", envelope.recipients.front().address);
  } else if (faults.Has(Fault::kReceivedNamesAllRecipients)) {
    for (const Recipient& recipient : envelope.recipients)
      field += fmt::format("\r\n\tfor <{}>", recipient.address);
  }
  std::string date = HeaderDate(trace.time);
  if (faults.Has(Fault::kReceivedDateObsolete)) date = date.substr(5, 7) + "24 12:00 GMT";
  return field + ";\r\n\t" + date + "\r\n";
}

std::string SafeMailboxName(std::string_view local_part) {
  std::string name;
  for (char c : local_part.substr(0, 64)) {
    const bool safe = IsAlnum(c) || std::string_view("+-_.").find(c) != std::string_view::npos;
    name += safe ? Lower(c) : '_';
  }
  if (name.empty() || name.front() == '.') name.insert(name.begin(), '_');
  return name;
}

}  // namespace smtpgauge::sink
