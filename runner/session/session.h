// Executes one script as a machine without I/O: octets, closings and the clock go in, octets and
// events come out. Check and load run the same machine, over sockets or over a test's script.
//
// Why not a coroutine over sockets: with 15,000 sessions a frame with its nested frames costs
// several KiB each, and a machine can be driven through every split of the octets in a test.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runner/judge/delivered_message.h"
#include "runner/judge/expectation.h"
#include "runner/session/host.h"
#include "runner/session/link.h"
#include "runner/session/transcript.h"
#include "scenarios/plan.h"

namespace smtpgauge {

/// How a case ended. In setup only kBlocked, kNotApplicable, kError (and kPass: all went well)
/// occur.
struct CaseOutcome {
  Verdict verdict = Verdict::kPass;
  std::string reason;
  std::string expected;
  std::string actual;
  std::uint16_t pointer = 0;  ///< index into Script::pointers
  int code = 0;               ///< reply code that decided, 0 when none did
};

/// Not thread-safe; lives on one worker. Every method is O(octets given).
class Session {
 public:
  /// `script`, `options` and `host` outlive the session. `index` is the script's in its plan.
  Session(const Script& script, std::uint16_t index, const SessionOptions& options,
          SessionHost& host);
  ~Session();

  /// Binds a slot before Start(): token, recipient, sender.
  void SetSlot(SlotIndex slot, std::string_view value);
  /// Load: the instant the load shape wanted this session to begin.
  void Start(TimePoint scheduled, TimePoint now);

  // What the host reports.
  void OnConnected(std::uint8_t connection, TimePoint now);
  void OnFailed(std::uint8_t connection, NetFailure failure, std::string_view text, TimePoint now);
  void OnHandshake(std::uint8_t connection, bool completed, std::string_view facts, TimePoint now);
  void OnOctets(std::uint8_t connection, std::string_view octets, TimePoint now);
  void OnClosed(std::uint8_t connection, CloseKind kind, TimePoint now);
  void OnWritten(std::uint8_t connection, TimePoint now);
  /// To be called when deadline() has passed; earlier calls do nothing.
  void OnTimer(TimePoint now);
  /// Load: after Next::kWait, when there is something to do.
  void OnMessageReady(TimePoint now);
  /// Load: what is awaited has not come, and will not be awaited any longer: a timeout.
  void GiveUp(TimePoint now);
  /// Ends at once: the run is being stopped. Load: what was under way has no end to report.
  void Abort(std::string_view why, TimePoint now);

  /// When OnTimer() wants to be called; TimePoint::max() for never. Moves with every call above.
  [[nodiscard]] TimePoint deadline() const { return deadline_; }
  [[nodiscard]] bool done() const { return waiting_ == Waiting::kDone; }
  /// Whether anyone will look at the facts of a handshake; they are costly to gather.
  [[nodiscard]] bool wants_tls_facts() const { return !options_.load; }
  [[nodiscard]] bool idle() const { return waiting_ == Waiting::kMessage; }
  [[nodiscard]] const Script& script() const { return script_; }
  [[nodiscard]] std::uint16_t index() const { return index_; }
  [[nodiscard]] const CaseOutcome& outcome() const { return outcome_; }
  [[nodiscard]] const Slots& slots() const { return slots_; }
  [[nodiscard]] const smtp::ExtensionSet* extensions(std::uint8_t connection) const;
  [[nodiscard]] std::vector<TranscriptEntry> TakeTranscript();
  /// What was sent and no report may show; null without transcripts.
  [[nodiscard]] const Secrets* secrets() const {
    return transcript_ ? &transcript_->secrets() : nullptr;
  }
  /// Load: messages begun on this session's connection so far.
  [[nodiscard]] std::uint32_t messages_begun() const { return message_; }

 private:
  enum class Waiting : std::uint8_t {
    kNothing,
    kConnect,
    kReplies,
    kSegment,
    kPause,
    kSilence,
    kClose,
    kHandshake,
    kDelivered,
    kMessage,
    kDone
  };
  struct AuthState;
  /// Load: a message between its first command and its final reply.
  struct MessageState {
    TimePoint scheduled{}, started{};
    TimePoint turn{};               ///< when nothing stood before its MAIL any more; zero: unknown
    std::uint32_t outstanding = 0;  ///< exchanges owed
    std::uint32_t accepted = 0;     ///< recipients
    std::uint32_t final_replies = 0;
    std::uint32_t final_accepted = 0;  ///< LMTP: recipients
    std::uint64_t octets = 0;
    Outcome outcome = Outcome::k2yz;  ///< what decided, with the code
    std::uint16_t code = 0;
    smtp::EnhancedCode enhanced;
    bool decided = false;
    bool issued = false;  ///< every command of it was queued
    bool refused = false;
    bool complete = false;

    void Decide(const Event& event) {
      outcome = event.outcome;
      code = event.code;
      enhanced = event.enhanced;
      decided = true;
    }
  };
  struct LoadState;

  // session.cc: the loop
  void Advance(TimePoint now);
  void AfterEvent(TimePoint now);
  void Digest(std::uint8_t connection, Link& link, std::string_view input, TimePoint now);
  Link& LinkOf(std::uint8_t connection) { return links_[connection - 1U]; }
  void Flush(std::uint8_t connection, Link& link, TimePoint now);
  void FlushAll(TimePoint now);
  void StartClocks(std::uint8_t connection, Link& link, TimePoint now);
  [[nodiscard]] bool StillWriting(TimePoint now);
  void WaitFor(Waiting what, std::uint8_t connection, TimePoint deadline);
  void Resume(TimePoint now);
  void Decide(Verdict verdict, const Op& op, std::string expected, std::string actual,
              std::string reason);
  void Finish();
  void CloseLinks();
  void Expire(TimePoint now);
  [[nodiscard]] Duration Limit(Phase phase) const;
  [[nodiscard]] Duration Scaled(Duration time) const;

  // session_steps.cc: one function for each kind of operation
  void Run(const Connect& step, const Op& op, TimePoint now);
  void Run(const Send& step, const Op& op, TimePoint now);
  void Run(const SendMessage& step, const Op& op, TimePoint now);
  void Run(const Await& step, const Op& op, TimePoint now);
  void Run(const Silence& step, const Op& op, TimePoint now);
  void Run(const AwaitClose& step, const Op& op, TimePoint now);
  void Run(const Close& step, const Op& op, TimePoint now);
  void Run(const StartTls& step, const Op& op, TimePoint now);
  void Run(const Authenticate& step, const Op& op, TimePoint now);
  void Run(const Pause& step, const Op& op, TimePoint now);
  void Run(const Compare& step, const Op& op, TimePoint now);
  void Run(const Delivered& step, const Op& op, TimePoint now);
  void Run(const Conclude& step, const Op& op, TimePoint now);
  void Run(const SkipUnless& step, const Op& op, TimePoint now);
  void Run(const LoopBegin& step, const Op& op, TimePoint now);
  void Run(const LoopEnd& step, const Op& op, TimePoint now);
  void Run(const Assign& step, const Op& op, TimePoint now);
  void QueueText(Link& link, std::uint8_t connection, const Text& text, bool secret, TimePoint now);
  void QueueOctets(Link& link, std::uint8_t connection, std::string_view octets, bool secret,
                   TimePoint now);
  void QueueGenerated(const SendMessage& step, Link& link);
  void SendToEachRecipient(const LoopBegin& step, TimePoint now);
  void SendSegment(TimePoint now);
  void LookForDelivered(TimePoint now);
  void JudgeClose(CloseKind kind);
  [[nodiscard]] bool Fulfilled(const Condition& condition, std::uint8_t connection) const;
  [[nodiscard]] bool Relates(const Compare& compare) const;

  // session_replies.cc
  [[nodiscard]] bool TakesOctets(const Link& link, std::uint8_t connection) const;
  void NoteCode(int code);
  void HandleReply(std::uint8_t connection, Link& link, const smtp::Reply& reply, TimePoint now);
  void TakeTurn(Exchange& exchange, TimePoint now);
  Exchange Answered(Link& link, Exchange& exchange, std::uint32_t replies);
  void JudgeReply(std::uint8_t connection, Link& link, Exchange& exchange, const Op& op,
                  const Await& await, const smtp::Reply& reply, TimePoint now);
  [[nodiscard]] Judgement JudgeWhole(const Expectation& expectation, const Await& await,
                                     const Link& link, const smtp::Reply& reply, Duration took);
  void JudgeUnasked(Link& link, const smtp::Reply& reply, TimePoint now);
  void LearnExtensions(std::uint8_t connection, Link& link, const smtp::Reply& reply);
  void HandleNoReply(Link& link, Outcome outcome, std::string_view what, TimePoint now);
  void Observe(const Link& link, const Exchange& exchange, const smtp::Reply& reply, TimePoint now);

  // session_auth.cc
  void HandleAuthReply(std::uint8_t connection, Link& link, const smtp::Reply& reply,
                       TimePoint now);
  void SendAuthMessage(std::uint8_t connection, Link& link, std::string message,
                       std::string_view prefix, TimePoint now);

  // session_proof.cc: NOOP and QUIT behind the probe
  void ProveSync(TimePoint now);
  void HandleProofReply(std::uint8_t connection, Link& link, const smtp::Reply& reply,
                        TimePoint now);
  void CloseBeforeProof(std::string_view reply);
  void LoseSync(std::string actual, std::string reason);
  [[nodiscard]] Duration ProofLimit() const;

  // session_load.cc
  void BeginMessage(TimePoint now);
  void TakeJob(const MessageJob& job, TimePoint now);
  void EndSteps(TimePoint now);
  void AwaitOwed(TimePoint now);
  void TakeRepeats(std::uint8_t connection, Link& link, const smtp::Reply& reply,
                   std::string_view& input, TimePoint now);
  void LoadReply(std::uint8_t connection, Link& link, const Exchange& exchange, const Op& op,
                 const smtp::Reply& reply, Verdict verdict, std::uint32_t count, TimePoint now);
  void JudgeMessage(MessageState& message, std::uint32_t number, Phase phase, const Event& event);
  void RefuseMessage(MessageState& message, std::uint32_t number, const Event& event);
  void HandleRecoveryReply(std::uint8_t connection, Link& link, const smtp::Reply& reply,
                           TimePoint now);
  void CompleteMessage(MessageState& message, TimePoint now);
  void FailMessages(Outcome outcome, TimePoint now);
  void EndLoadSession(Outcome outcome, TimePoint now);
  void EndUnasked(std::string_view octets, TimePoint now);
  Event Emit(const Exchange& exchange, Outcome outcome, Verdict verdict, std::uint16_t code,
             smtp::EnhancedCode enhanced, TimePoint now, std::uint32_t count = 1);
  void EmitSession(Outcome outcome, Verdict verdict, TimePoint now);
  MessageState& MessageOf(std::uint32_t number);
  /// Null when that message is over, or there is none: the exchange belongs to the connection.
  [[nodiscard]] MessageState* InFlight(std::uint32_t number);
  [[nodiscard]] Duration Lateness(const MessageState* message) const;
  [[nodiscard]] bool Pipelines() const;
  [[nodiscard]] bool Chunks() const;

  const Script& script_;
  const SessionOptions& options_;
  SessionHost& host_;
  Slots slots_;
  std::vector<Link> links_;           ///< one for each connection of the script; never grows
  std::vector<std::uint32_t> loops_;  ///< rounds done of the open loops, innermost last
  CaseOutcome outcome_;
  std::unique_ptr<Transcript> transcript_;
  std::unique_ptr<AuthState> auth_;
  std::unique_ptr<LoadState> load_;
  TimePoint deadline_ = TimePoint::max();
  TimePoint step_began_{};
  Duration slowest_reply_{};  ///< check: the longest that any reply took so far
  TimePoint give_up_{};       ///< kDelivered: end of the wait; deadline_ is the next look
  std::size_t segment_ = 0;
  std::size_t segment_at_ = 0;
  std::string segmented_;
  std::uint32_t message_ = 0;
  std::uint16_t index_;
  std::uint16_t pc_ = 0;  ///< the next operation
  Waiting waiting_ = Waiting::kNothing;
  std::uint8_t waiting_on_ = 1;            ///< connection
  std::uint16_t accepted_recipients_ = 0;  ///< check: 2yz to RCPT since the last message
  bool proving_ = false;
  bool settling_ = false;
  int code_ = 0;  ///< of the last reply, 0 before: what kCodeSlot says
  bool advancing_ = false;
};

inline bool Session::TakesOctets(const Link& link, std::uint8_t connection) const {
  if (waiting_ == Waiting::kNothing || waiting_ == Waiting::kDone ||
      waiting_ == Waiting::kHandshake)
    return false;
  if (!link.exchanges.empty()) return true;
  return waiting_on_ == connection &&
         (waiting_ == Waiting::kSilence || waiting_ == Waiting::kClose);
}

}  // namespace smtpgauge
