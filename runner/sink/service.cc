#include "runner/sink/service.h"

#include <algorithm>

#include <fmt/format.h>

#include "runner/sink/parameters.h"

namespace smtpgauge::sink {
namespace {

LineLimits MakeLineLimits(const ExtensionSet& offer, const FaultSet& faults) {
  LineLimits limits;
  if (faults.Has(Fault::kCommandLimit256)) limits.mail = limits.rcpt = limits.other = 256;
  if (faults.Has(Fault::kExtendedLineRefused)) return limits;
  struct Growth {
    Extension extension;
    std::size_t mail;
    std::size_t rcpt;
  };
  // RFC 1870 3, 6152 and 3030 3, 6531 3.1, 3461 5.4, 4954 3, 2852 2, 4865 3, 6710 3, 7293 3.1,
  // 8689 2, 3865 2.4.
  for (const Growth& growth :
       {Growth{Extension::kSize, 26, 0}, Growth{Extension::kEightBitMime, 17, 0},
        Growth{Extension::kBinaryMime, 16, 0}, Growth{Extension::kSmtpUtf8, 10, 0},
        Growth{Extension::kDsn, 524, 560}, Growth{Extension::kAuth, 500, 0},
        Growth{Extension::kDeliverBy, 17, 0}, Growth{Extension::kFutureRelease, 34, 0},
        Growth{Extension::kMtPriority, 15, 0}, Growth{Extension::kRrvs, 0, 33},
        Growth{Extension::kRequireTls, 11, 0}, Growth{Extension::kNoSoliciting, 1009, 0}}) {
    if (!offer.Has(growth.extension)) continue;
    limits.mail += growth.mail;
    limits.rcpt += growth.rcpt;
  }
  return limits;
}

Config Completed(Config config) {
  const FaultSet faults(config.faults);
  if (faults.Has(Fault::kImpatient)) config.limits.idle = std::chrono::seconds(2);
  if (faults.Has(Fault::kConnectionSlotsLeak)) config.limits.connections = 40;
  if (faults.Has(Fault::kVariantFewErrors)) config.limits.errors = 3;
  if (faults.Has(Fault::kVariantSmallLimits)) {
    config.limits.message_octets = 65536;
    config.limits.recipients = 100;
    config.limits.errors = 20;
    config.offer.Remove(Extension::kLimits);  // it announces more
  }
  if (config.domains.empty()) config.domains = {"example.test"};
  if (config.hostname.empty()) config.hostname = "mx." + config.domains.front();
  if (config.users.empty()) config.offer.Remove(Extension::kAuth);
  if (config.profile != Profile::kSubmission)
    config.offer.Remove(Extension::kFutureRelease);  // RFC 4865 section 3 (7)
  else
    config.offer.Remove(Extension::kEtrn);  // RFC 6409 section 7
  if (!config.offer.Has(Extension::kChunking)) config.offer.Remove(Extension::kBinaryMime);
  if (!config.offer.Has(Extension::kEightBitMime)) config.offer.Remove(Extension::kSmtpUtf8);
  return config;
}

}  // namespace

Service::Service(Config config)
    : config_(Completed(std::move(config))),
      faults_(config_.faults),
      hostname_(config_.hostname),
      replies_(hostname_, faults_),
      mailboxes_(config_, faults_),
      accounts_(config_.users),
      line_limits_(MakeLineLimits(config_.offer, faults_)) {
  if (!config_.maildir.empty()) maildir_.emplace(config_.maildir, hostname_);
  if (config_.offer.Has(Extension::kStartTls) || config_.tls_port)
    tls_ = MakeTlsContext(config_.certificate_file, config_.key_file, hostname_, faults_);
  ehlo_ = {MakeEhlo(false), MakeEhlo(true)};
}

ExtensionSet Service::Offered(bool tls) const {
  ExtensionSet offered = config_.offer;
  if (tls)
    offered.Remove(Extension::kStartTls);  // RFC 3207 section 4.2
  else
    offered.Remove(Extension::kRequireTls);  // RFC 8689 section 2
  if (!tls && MechanismNames(config_.clear_password).empty()) offered.Remove(Extension::kAuth);
  return offered;
}

std::string Service::MakeEhlo(bool tls) const {
  const ExtensionSet offered = Offered(tls);
  std::vector<std::string> lines = {hostname_};
  for (std::size_t i = 0; i < kExtensionCount; ++i) {
    const auto extension = static_cast<Extension>(i);
    if (!offered.Has(extension)) continue;
    std::string line(Keyword(extension));
    if (extension == Extension::kSize)
      line += fmt::format(" {}", config_.limits.message_octets);
    else if (extension == Extension::kAuth)
      line += " " + MechanismNames(ClearPasswordAt(tls));
    else if (extension == Extension::kDeliverBy)
      line += fmt::format(" {}", kDeliverByMinimum);
    else if (extension == Extension::kFutureRelease)
      line += fmt::format(" {} {}", kHoldMaximum, kHoldLatest);
    else if (extension == Extension::kLimits)
      line += fmt::format(" MAILMAX={} RCPTMAX={}", kMailMax, config_.limits.recipients);
    lines.push_back(std::move(line));
  }
  CorruptEhlo(lines, tls, faults_);
  std::string reply;
  for (std::size_t i = 0; i < lines.size(); ++i)
    reply += fmt::format("250{}{}\r\n", i + 1 < lines.size() ? '-' : ' ', lines[i]);
  return DistortReply(std::move(reply), faults_);
}

// A queue with one server and a fixed service time: each message takes the next free slot.
std::int64_t Service::ServiceTime(std::int64_t now) {
  if (config_.capacity_per_s <= 0) return now;
  const auto slot = static_cast<std::int64_t>(1e9 / config_.capacity_per_s);
  std::int64_t free_at = next_slot_.load(std::memory_order_relaxed);
  std::int64_t done_at = 0;
  do {
    done_at = std::max(free_at, now) + slot;
  } while (!next_slot_.compare_exchange_weak(free_at, done_at, std::memory_order_relaxed));
  return done_at;
}

bool Service::AdmitConnection() {
  const std::size_t before = open_connections_.fetch_add(1, std::memory_order_relaxed);
  if (config_.limits.connections == 0 || before < config_.limits.connections) return true;
  ReleaseConnection();
  return false;
}

}  // namespace smtpgauge::sink
