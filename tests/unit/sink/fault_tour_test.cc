// Every fault shows somewhere: a tour through the whole protocol goes differently with it than
// without, in what is said, in what is done next, or in what is delivered.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/sink/talk.h"
#include "tests/unit/sink/tour.h"

namespace smtpgauge::sink {
namespace {

// Takes out what stands behind `mark` and consists of `octets`.
void Erase(std::string& text, std::string_view mark, std::string_view octets) {
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
    const auto from = at + mark.size();
    const auto end = std::min(text.find_first_not_of(octets, from), text.size());
    text.erase(from, end - from);
  }
}

// What no two runs have in common: ids and times.
std::string Masked(std::string text) {
  constexpr std::string_view kDate =
      "MonTueWedThuFriSatSunJanFebMarAprMayJunJulAugSepOctNovDec, :0123456789";
  Erase(text, " id ", "0123456789abcdef.");
  Erase(text, "Message-ID: <", "0123456789abcdef.");
  Erase(text, "report-", "0123456789abcdef-");
  Erase(text, ";\r\n\t", kDate);
  Erase(text, "Date: ", kDate);
  return text;
}

// Replies with the random part of a challenge, its last word, taken out.
std::string WithoutChallenge(std::string said) {
  for (auto at = said.find("334 "); at != std::string::npos; at = said.find("334 ", at + 4)) {
    const auto end = said.find("\r\n", at);
    const auto word = said.rfind(' ', end) + 1;
    if (end != std::string::npos && end - word > 20) said.erase(word, end - word);
  }
  return said;
}

std::string Delivered(const std::string& directory) {
  std::vector<std::string> messages;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(directory + "/new", none)) {
    std::ifstream file(entry.path(), std::ios::binary);
    messages.push_back(
        Masked({std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()}));
  }
  std::sort(messages.begin(), messages.end());
  std::string all;
  for (const std::string& message : messages)
    all += message + "<end>";
  return all;
}

// In parts, each within a test's time also under a sanitizer.
constexpr std::size_t kParts = 8;

class FaultTour : public ::testing::TestWithParam<std::size_t> {
 protected:
  FaultTour() {
    std::string pattern = ::testing::TempDir() + "sink-tour-XXXXXX";
    directory_ = ::mkdtemp(pattern.data());
  }
  ~FaultTour() override { std::filesystem::remove_all(directory_); }

  // The server of a leg with these faults.
  Config ConfigOf(Where where, const std::vector<std::string>& faults) const {
    Config config;
    config.faults = faults;
    config.offer = FullOffer();
    config.maildir = directory_;
    config.limits.message_octets = 66'000;
    config.users = {{"jo", "secret"}};
    if (where == Where::kSubmission) config.profile = Profile::kSubmission;
    if (where == Where::kLmtp) config.profile = Profile::kLmtp;
    return config;
  }

  // What one leg comes to: replies, the next step, and the mail.
  std::string Travel(const Leg& leg, Service& service) const {
    std::filesystem::remove_all(directory_ + "/new");
    Talk talk(service);
    std::string result = talk.greeting();
    if (leg.where == Where::kTls || leg.where == Where::kSubmission) {
      talk.Send(OpenEnvelope() + "RSET\r\n");
      talk.EnterTls();
    }
    for (const std::string& octets : leg.sends) {
      result += WithoutChallenge(talk.Send(octets));
      result += "<" + std::to_string(static_cast<int>(talk.connection().next)) + ">";
    }
    talk.Drop();
    return result + Delivered(directory_);
  }

  // The results of all legs up to the first that differs from `expected`.
  std::vector<std::string> TravelAll(const std::vector<Leg>& legs,
                                     const std::vector<std::string>& faults,
                                     const std::vector<std::string>& expected) const {
    Service mx(ConfigOf(Where::kMx, faults));
    Service submission(ConfigOf(Where::kSubmission, faults));
    Service lmtp(ConfigOf(Where::kLmtp, faults));
    std::vector<std::string> results;
    for (const Leg& leg : legs) {
      results.push_back(Travel(leg, leg.where == Where::kLmtp         ? lmtp
                                    : leg.where == Where::kSubmission ? submission
                                                                      : mx));
      if (!expected.empty() && results.back() != expected[results.size() - 1]) break;
    }
    return results;
  }

  std::string directory_;
};

// These need a socket, a handshake, a SCRAM client, time or a thousand messages: tests of their own
// show them, or the suite itself (ci/mutation).
const std::set<std::string_view> kShownElsewhere = {"starttls-injection",
                                                    "tls-greets-again",
                                                    "failed-handshake-hangs",
                                                    "implicit-tls-greets-in-clear",
                                                    "cram-same-challenge",
                                                    "tls-keeps-login",
                                                    "one-client-at-a-time",
                                                    "dropped-client-ends-service",
                                                    "chunk-cut-4k",
                                                    "cr-lost-at-edge-of-read",
                                                    "idle-timeout-short",
                                                    "chunk-unoffered-taken",
                                                    "recipient-limit-voids-others",
                                                    "hundredth-recipient-lost",
                                                    "variant-octet-by-octet",
                                                    "tls-1.0-taken",
                                                    "tls-1.3-missing",
                                                    "tls-null-cipher-taken",
                                                    "tls-wants-certificate",
                                                    "tls-foreign-protocol-taken",
                                                    "tls-master-secret-not-extended",
                                                    "tls-certificate-expired",
                                                    "tls-closed-without-notify",
                                                    "tls-keeps-half-line",
                                                    "hold-any-zone",
                                                    "size-one-over-taken",
                                                    "cancel-logs-in",
                                                    "password-of-anybody",
                                                    "endless-line-hangs",
                                                    "cram-digest-part-accepted",
                                                    "error-limit-ends-service",
                                                    "connection-slots-leak",
                                                    "drop-in-command-ends-service",
                                                    "drop-in-transaction-ends-service",
                                                    "drop-in-data-ends-service",
                                                    "end-of-data-late",
                                                    "data-deadline",
                                                    "tls-anonymous-taken",
                                                    "tls-static-rsa-taken",
                                                    "tls-unknown-name-hangs",
                                                    "tls-weak-454"};

bool ShownElsewhere(std::string_view id) {
  return id.starts_with("scram-") || kShownElsewhere.contains(id);
}

INSTANTIATE_TEST_SUITE_P(Part, FaultTour, ::testing::Range<std::size_t>(0, kParts));

TEST_P(FaultTour, ShowsEveryFault) {
  const std::vector<Leg> legs = Tour();
  const std::vector<std::string> without = TravelAll(legs, {}, {});
  for (std::size_t i = GetParam(); i < FaultRows().size(); i += kParts) {
    const FaultRow& row = FaultRows()[i];
    if (ShownElsewhere(row.id)) continue;
    const auto results = TravelAll(legs, {std::string(row.id)}, without);
    EXPECT_NE(results.back(), without[results.size() - 1]) << row.id;
  }
  const std::vector<std::string> again = TravelAll(legs, {}, {});
  for (std::size_t i = 0; i < legs.size(); ++i)
    EXPECT_EQ(again[i], without[i]) << "the tour has to go the same way at any time";
}

}  // namespace
}  // namespace smtpgauge::sink
