// A session on real sockets. Check and load derive from it what they do with replies and events.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runner/drive/channel.h"
#include "runner/net/endpoint.h"
#include "runner/net/tls_context.h"
#include "runner/session/session.h"

namespace smtpgauge {

/// Where the sessions of a run connect; shared by all seats, outlives them.
struct Destination {
  std::vector<Endpoint> endpoints;        ///< tried in order
  std::vector<Endpoint> tls_endpoints;    ///< for implicit TLS on a port of its own; may be empty
  std::vector<Endpoint> sources;          ///< local addresses in turn; empty: the kernel chooses
  std::vector<std::string> server_names;  ///< of each endpoint, for SNI and the host name check
  std::string maildir;  ///< pattern with %n %d %u; empty: deliveries cannot be read
  TlsResumption resumption = TlsResumption::kFull;
};

class Seat : public SessionHost {
 public:
  Seat(EventLoop& loop, TlsContext& tls, const Destination& destination, const Script& script,
       std::uint16_t index, const SessionOptions& options);
  ~Seat() override;
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;

  Session& session() { return session_; }
  EventLoop& loop() { return loop_; }
  TlsContext& tls() { return tls_; }
  const Destination& destination() const { return destination_; }
  /// The local address of the next connection.
  std::optional<Endpoint> NextSource();

  void Begin(TimePoint scheduled);
  /// Behind every call into the session: moves the deadline; ends with Finished() when it is over.
  /// The seat may be gone when this returns.
  void AfterSession();
  /// The same behind a deadline that has just passed (the loop has cleared it).
  void AfterDeadline() {
    armed_ = TimePoint::max();
    AfterSession();
  }

  void Connect(Session& session, std::uint8_t connection, const smtpgauge::Connect& how) override;
  void StartTls(Session& session, std::uint8_t connection, const smtpgauge::StartTls* how) override;
  bool Write(Session& session, std::uint8_t connection, std::span<const iovec> octets) override;
  void Close(Session& session, std::uint8_t connection, Close::How how) override;
  std::vector<std::string> ReadDelivered(std::string_view recipient,
                                         std::string_view marker) override;
  void OnReply(Session&, const ObservedReply&) override {}
  void OnPeerClosed(Session&, CloseKind, bool) override {}
  Next NextMessage(Session&, MessageJob&) override { return Next::kClose; }
  void OnEvent(const Event&) override {}
  void OnLimit(std::string_view) override {}
  void OnExample(Session&, const Op&, Verdict, std::string_view) override {}
  void OnDone(Session&) override {}
  /// Called once by the channel that established TLS.
  virtual void OnTlsFacts(const Connection&) {}

 protected:
  /// The session is over and nothing of it is on the stack: the seat may be destroyed.
  virtual void Finished() = 0;

 private:
  Channel& ChannelOf(std::uint8_t connection);

  EventLoop& loop_;
  TlsContext& tls_;
  const Destination& destination_;
  Session session_;
  std::vector<std::unique_ptr<Channel>> channels_;
  TimePoint armed_ = TimePoint::max();
  std::uint32_t source_ = 0;
};

}  // namespace smtpgauge
