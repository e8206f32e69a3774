// One case on its sockets: gathers what the report will say of it.
#pragma once

#include <functional>

#include "runner/check/knowledge.h"
#include "runner/check/observation_log.h"
#include "runner/drive/seat.h"

namespace smtpgauge {

/// What the seats of a check share.
struct CheckContext {
  EventLoop& loop;
  TlsContext& tls;
  const Destination& destination;
  const SessionOptions& options;
  const Plan& plan;
  ObservationLog& observations;
  std::string sender;
  std::string recipient;  ///< the first; empty when none was given
};

class CheckSeat final : public Seat {
 public:
  using DoneFunction = std::function<void(CheckSeat&, CaseResult)>;
  /// `learn`, when not null, is taught by every reply (sane conversations only).
  CheckSeat(CheckContext& context, std::uint16_t script, Knowledge* learn, DoneFunction done);

  void Begin(std::string_view token);
  void OnReply(Session& session, const ObservedReply& observed) override;
  void OnPeerClosed(Session& session, CloseKind kind, bool allowed) override;
  void OnTlsFacts(const Connection& connection) override;
  /// Whether the case was cut short by the service closing (421): worth one more try.
  [[nodiscard]] bool service_closed() const { return service_closed_; }
  /// Whether a sender or recipient was refused for now (4yz): greylisting takes the next try.
  [[nodiscard]] bool deferred() const { return deferred_; }

 protected:
  void Finished() override;

 private:
  CheckContext& context_;
  Knowledge* learn_;
  DoneFunction done_;
  TimePoint began_{};
  bool greeted_ = false;
  bool service_closed_ = false;
  bool deferred_ = false;
};

/// Header, title and level of a case, without a verdict.
[[nodiscard]] CaseResult Describe(const Plan& plan, const Script& script);

}  // namespace smtpgauge
