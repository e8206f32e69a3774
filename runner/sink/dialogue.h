// The conversation: octets from a client in, replies out, no socket in sight. One per worker
// thread; what belongs to one client is in its Connection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runner/sink/connection.h"
#include "runner/sink/counters.h"
#include "runner/sink/held_mail.h"
#include "runner/sink/latency.h"
#include "runner/sink/service.h"

namespace smtpgauge::sink {

/// Where a client and this server are, as text; asked for only when a message is delivered or a
/// recipient is an address literal.
class Endpoints {
 public:
  virtual ~Endpoints() = default;
  /// `[192.0.2.1]` or `[IPv6:2001:db8::1]`.
  [[nodiscard]] virtual std::string PeerLiteral(const Connection& connection) const = 0;
  [[nodiscard]] virtual std::string OwnLiteral(const Connection& connection) const = 0;
};

class Dialogue {
 public:
  /// All references must outlive the dialogue.
  Dialogue(Service& service, WorkerCounters& counters, const Endpoints& endpoints,
           std::uint64_t seed);

  /// Says the 220 (or not, if --reject has it so).
  void Greet(Connection& connection);

  /// Takes octets from the client, appends replies to output(), and returns how many octets it
  /// took. It stops early where a reply is held back (hold_until), where the connection is to do
  /// something else first (next), or where the output has grown enough to be sent. An incomplete
  /// command line is not taken; it is to be offered again with what follows it.
  [[nodiscard]] std::size_t Consume(Connection& connection, std::string_view input);

  /// The unsolicited 421 of a timeout or a shutdown.
  void Farewell(Connection& connection, Reply reply);

  /// The client is gone: what it left unfinished is dropped.
  void Dropped(Connection& connection);

  /// Delivers what was on hold until now.
  void DeliverHeld();
  /// When that is next to be called, steady nanoseconds.
  [[nodiscard]] std::optional<std::int64_t> NextRelease() const { return held_.NextDue(); }

  /// Forgets all that was known of the client (RFC 3207 section 4.2).
  void ResetSession(Connection& connection);

  /// Replies of the connection that is being served; the worker takes them away.
  [[nodiscard]] std::string& output() { return output_; }
  /// Where in output() the held-back part starts; meaningful when hold_until is set.
  [[nodiscard]] std::size_t held_from() const { return held_from_; }

  /// The time of this turn of the event loop, steady nanoseconds.
  void set_now(std::int64_t now) { now_ = now; }

 private:
  using Line = std::string_view;

  // dialogue.cc: framing, dispatch and replies.
  std::size_t ConsumeLine(Connection& c, std::string_view input);
  std::size_t SkipLine(Connection& c, std::string_view input);
  void OnLine(Connection& c, Line line);
  void OnCommand(Connection& c, Line line);
  void Dispatch(Connection& c, Verb verb, Line argument);
  void Say(Connection& c, Reply reply);
  void SayText(Connection& c, std::string_view text, char reply_class);
  bool Rejects(Connection& c, Verb moment);
  void Hold(Connection& c, Verb moment, std::size_t from);
  void ResetTransaction(Connection& c);
  std::size_t LineLimit(const Connection& c, std::string_view start) const;
  void SayLast(Connection& c, Reply reply);
  void CorruptOrder(Connection& c, Verb verb, std::size_t from);

  // commands.cc: everything but MAIL, RCPT, AUTH and content.
  void OnHello(Connection& c, Verb verb, Line argument);
  void OnReset(Connection& c, Line argument);
  [[nodiscard]] bool IsTooExempt(const Connection& c) const;
  void OnNoop(Connection& c, Line argument);
  void OnHelp(Connection& c, Line argument);
  void OnVerify(Connection& c, Line argument);
  void OnQuit(Connection& c, Line argument);
  void OnStartTls(Connection& c, Line argument);
  void OnEtrn(Connection& c, Line argument);
  void OnUnknown(Connection& c, Line line);

  // envelope.cc
  void OnMail(Connection& c, Line argument);
  void OnRcpt(Connection& c, Line argument);
  Reply JudgeRecipient(Connection& c, const Path& path, const Parameters& parameters);
  void AcceptRecipient(Connection& c, const Path& path, const Parameters& parameters, Reply reply);
  void RefuseRecipient(Connection& c, Reply reply);

  // content.cc
  void OnData(Connection& c, Line argument);
  void OnChunk(Connection& c, Line argument);
  std::size_t ConsumeData(Connection& c, std::string_view input);
  std::size_t ConsumeChunk(Connection& c, std::string_view input);
  void StartContent(Connection& c);
  void TakeContent(Connection& c, std::string_view content);
  void EndChunk(Connection& c);
  void EndMessage(Connection& c);
  void AcceptMessage(Connection& c);
  [[nodiscard]] bool Store(Connection& c);
  void ReportDelivery(const Envelope& envelope, const Trace& trace, std::string_view header,
                      const std::string& own_literal);
  Reply JudgeContent(const Connection& c) const;
  Trace MakeTrace(const Connection& c) const;

  // late_fault.cc
  void RecallFirst(Connection& c, const Parameters& parameters);
  void RememberMessage(Connection& c, Reply reply);
  [[nodiscard]] bool IsLargerThanFirst(const Connection& c) const;
  [[nodiscard]] bool TakesUtf8ByNow(const Connection& c) const;
  [[nodiscard]] bool KnowsUpperCaseByNow(const Connection& c) const;
  [[nodiscard]] bool RelaysByNow(const Connection& c) const;
  [[nodiscard]] bool TakesAnyPath(const Connection& c, Line argument) const;
  [[nodiscard]] bool IsDataOverdue(const Connection& c) const;
  void AnswerLate(Connection& c, std::size_t from);

  // login.cc
  void OnAuth(Connection& c, Line argument);
  void OnAuthLine(Connection& c, Line line);
  void AuthReceive(Connection& c, std::string_view message);
  void AuthContinue(Connection& c, std::string_view challenge);

  [[nodiscard]] bool Has(Fault fault) const { return service_.faults().Has(fault); }

  Service& service_;
  WorkerCounters& counters_;
  const Endpoints& endpoints_;
  Random random_;
  HeldMail held_;
  std::string output_;
  std::size_t held_from_ = 0;
  std::int64_t now_ = 0;
};

}  // namespace smtpgauge::sink
