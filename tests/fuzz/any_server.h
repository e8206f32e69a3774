// A server of any behaviour, in memory, for one session: every turn comes from the fuzzer's octets.
#pragma once

#include <array>
#include <cstdlib>
#include <set>
#include <string>
#include <vector>

#include <fuzzer/FuzzedDataProvider.h>

#include "runner/session/session.h"

namespace smtpgauge {

class AnyServer : public SessionHost {
 public:
  explicit AnyServer(FuzzedDataProvider& input) : input_(input) {}

  void Connect(Session&, std::uint8_t connection, const smtpgauge::Connect&) override {
    connecting_.insert(connection);
  }
  void StartTls(Session&, std::uint8_t connection, const smtpgauge::StartTls*) override {
    shaking_.insert(connection);
  }
  bool Write(Session&, std::uint8_t connection, std::span<const iovec>) override {
    if (input_.remaining_bytes() == 0 || input_.ConsumeIntegral<std::uint8_t>() % 16 != 0)
      return true;
    writing_.insert(connection);
    return false;
  }
  void Close(Session&, std::uint8_t connection, Close::How how) override {
    if (how == Close::How::kHalf) return;
    open_.erase(connection);
    writing_.erase(connection);
    shaking_.erase(connection);
  }
  std::vector<std::string> ReadDelivered(std::string_view, std::string_view) override { return {}; }
  void OnReply(Session&, const ObservedReply&) override {}
  void OnPeerClosed(Session&, CloseKind, bool) override {}
  Next NextMessage(Session&, MessageJob&) override { return Next::kClose; }
  void OnEvent(const Event&) override {}
  void OnLimit(std::string_view) override {}
  void OnExample(Session&, const Op&, Verdict, std::string_view) override {}
  void OnDone(Session&) override {}

  /// Turns until the input is used up, then silence until the session has given up. Aborts when it
  /// never does.
  void Talk(Session& session) {
    session.Start(now_, now_);
    while (!session.done() && input_.remaining_bytes() > 0)
      Turn(session);
    for (int i = 0; !session.done() && i < kMostTimers; ++i) {
      FailConnecting(session);
      if (session.done()) return;
      if (session.deadline() == TimePoint::max()) session.GiveUp(now_);
      if (!session.done()) WaitForDeadline(session);
    }
    if (!session.done()) std::abort();
  }

 protected:
  TimePoint now_{std::chrono::seconds(100)};

 private:
  static constexpr int kMostTimers = 2'000'000;

  void Turn(Session& session) {
    now_ += std::chrono::milliseconds(input_.ConsumeIntegral<std::uint8_t>());
    const std::uint8_t what = input_.ConsumeIntegral<std::uint8_t>();
    if (!connecting_.empty()) return Connected(session, what);
    if (!shaking_.empty()) return Handshake(session, what);
    if (!writing_.empty() && what % 4 != 0) {
      const std::uint8_t connection = *writing_.begin();
      writing_.erase(connection);
      return session.OnWritten(connection, now_);
    }
    if (what % 32 == 0 || open_.empty()) return WaitForDeadline(session);
    const std::uint8_t connection =
        open_.size() > 1 && what % 2 == 0 ? *open_.rbegin() : *open_.begin();
    if (what % 32 == 1) {
      open_.erase(connection);
      writing_.erase(connection);
      return session.OnClosed(connection, what < 128 ? CloseKind::kFin : CloseKind::kReset, now_);
    }
    // What a server usually says leads deeper than chance.
    const std::string octets = what % 3 != 0 ? std::string(kUsual[what % kUsual.size()])
                                             : input_.ConsumeRandomLengthString(600);
    if (!octets.empty()) session.OnOctets(connection, octets, now_);
  }

  static constexpr std::array<std::string_view, 13> kUsual = {
      "220 mx.example.test ESMTP\r\n",
      "250-mx.example.test\r\n250-PIPELINING\r\n250-SIZE 1000000\r\n250-CHUNKING\r\n250-AUTH PLAIN "
      "LOGIN CRAM-MD5 SCRAM-SHA-256\r\n250-STARTTLS\r\n250-DSN\r\n250 ENHANCEDSTATUSCODES\r\n",
      "250 2.0.0 ok\r\n",
      "250 2.0.0 ok\r\n250 2.0.0 ok\r\n250 2.0.0 ok\r\n",
      "354 go on\r\n",
      "235 2.7.0 in\r\n",
      "334 \r\n",
      "334 PDE4OTYuNjk3MTcwOTUyQG14LmV4YW1wbGUudGVzdD4=\r\n",
      "503 5.5.1 out of order\r\n",
      "421 4.4.2 closing\r\n",
      "221 2.0.0 bye\r\n",
      "450 4.2.0 later\r\n",
      "550 5.1.1 nobody\r\n"};

  void Connected(Session& session, std::uint8_t what) {
    const std::uint8_t connection = *connecting_.begin();
    connecting_.erase(connection);
    if (what % 16 == 0)
      return session.OnFailed(connection, NetFailure::kRefused, "Connection refused", now_);
    open_.insert(connection);
    session.OnConnected(connection, now_);
  }
  void Handshake(Session& session, std::uint8_t what) {
    const std::uint8_t connection = *shaking_.begin();
    shaking_.erase(connection);
    session.OnHandshake(connection, what % 8 != 0, "version=TLSv1.3", now_);
  }
  void FailConnecting(Session& session) {
    while (!connecting_.empty() && !session.done()) {
      const std::uint8_t connection = *connecting_.begin();
      connecting_.erase(connection);
      session.OnFailed(connection, NetFailure::kTimedOut, "Connection timed out", now_);
    }
  }
  void WaitForDeadline(Session& session) {
    if (session.deadline() == TimePoint::max()) return;
    now_ = std::max(now_, session.deadline());
    session.OnTimer(now_);
  }

  FuzzedDataProvider& input_;
  std::set<std::uint8_t> connecting_, shaking_, writing_, open_;
};

}  // namespace smtpgauge
