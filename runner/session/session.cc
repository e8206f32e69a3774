#include "runner/session/session.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "runner/session/auth_state.h"
#include "runner/session/load_state.h"

namespace smtpgauge {
namespace {

/// What a reason says of a reply: its codes. Names and times in the text would make every reason
/// another one, and reports group by them.
std::string_view CodesOf(std::string_view actual) {
  constexpr std::string_view kCodes = "0123456789.";
  const std::size_t code = actual.find_first_not_of(kCodes);
  if (code != 3) return actual.substr(0, std::min<std::size_t>(actual.find(" within "), 100));
  if (actual.size() < 8 || actual[5] != '.') return actual.substr(0, 3);
  return actual.substr(0, actual.find_first_not_of(kCodes, 4));
}

}  // namespace

std::array<Duration, kPhaseCount> DefaultLimits() {
  using std::chrono::minutes;
  std::array<Duration, kPhaseCount> limits{};
  limits.fill(minutes(5));  // greeting, MAIL, RCPT, and what the RFC does not name
  limits[static_cast<std::size_t>(Phase::kData)] = minutes(2);
  limits[static_cast<std::size_t>(Phase::kEod)] = minutes(10);
  return limits;
}

Session::Session(const Script& script, std::uint16_t index, const SessionOptions& options,
                 SessionHost& host)
    : script_(script),
      options_(options),
      host_(host),
      slots_(script.slot_count),
      links_(script.connections),
      index_(index) {
  if (options_.load) load_ = std::make_unique<LoadState>();
}

Session::~Session() = default;

void Session::SetSlot(SlotIndex slot, std::string_view value) {
  slots_[slot].assign(value);
}

void Session::Start(TimePoint scheduled, TimePoint now) {
  if (options_.transcripts && !options_.load) transcript_ = std::make_unique<Transcript>(now);
  if (load_) {
    load_->scheduled = scheduled;
    load_->started = now;
    load_->session_lateness = now - scheduled;
  }
  for (const Assign& assign : script_.initial) {
    slots_[assign.slot].clear();
    Render(assign.value, slots_, 0, slots_[assign.slot]);
  }
  Advance(now);
  AfterEvent(now);
}

const smtp::ExtensionSet* Session::extensions(std::uint8_t connection) const {
  return connection <= links_.size() ? links_[connection - 1U].extensions.get() : nullptr;
}

std::vector<TranscriptEntry> Session::TakeTranscript() {
  return transcript_ ? transcript_->Take() : std::vector<TranscriptEntry>();
}

Duration Session::Scaled(Duration time) const {
  if (options_.timeout_scale == 1.0) [[likely]] {
    return time;
  }
  return std::chrono::duration_cast<Duration>(time * options_.timeout_scale);
}

Duration Session::Limit(Phase phase) const {
  return Scaled(options_.limits[static_cast<std::size_t>(phase)]);
}

void Session::WaitFor(Waiting what, std::uint8_t connection, TimePoint deadline) {
  waiting_ = what;
  waiting_on_ = connection;
  deadline_ = deadline;
}

/// Runs operations until one has to wait for the outside.
void Session::Advance(TimePoint now) {
  if (advancing_) return;  // an operation that did not wait is on the stack below
  advancing_ = true;
  while (waiting_ == Waiting::kNothing) {
    const bool between = pc_ == script_.steps || pc_ == script_.close;
    if (between && load_ && !load_->closing) {
      if (pc_ == script_.close) {
        EndSteps(now);
        continue;
      }
      BeginMessage(now);
      if (waiting_ != Waiting::kNothing || load_->closing) continue;
    }
    if (proving_ || pc_ >= script_.ops.size()) {
      ProveSync(now);
      continue;
    }
    const Op& op = script_.ops[pc_++];
    std::visit([&](const auto& action) { Run(action, op, now); }, op.action);
  }
  advancing_ = false;
}

void Session::Resume(TimePoint now) {
  if (waiting_ == Waiting::kDone) return;
  waiting_ = Waiting::kNothing;
  deadline_ = TimePoint::max();
  Advance(now);
}

/// Octets that came early may answer what was queued since.
void Session::AfterEvent(TimePoint now) {
  for (std::size_t i = 0; i < links_.size() && !done(); ++i) {
    const auto connection = static_cast<std::uint8_t>(i + 1);
    if (!links_[i].backlog.empty() && TakesOctets(links_[i], connection)) {
      OnOctets(connection, {}, now);
    }
  }
}

void Session::Flush(std::uint8_t connection, Link& link, TimePoint now) {
  for (Exchange& exchange : link.exchanges.TakeUnsent()) {
    exchange.started = now;
    if (exchange.deadline == TimePoint{}) exchange.deadline = now + Limit(exchange.phase);
  }
  if (link.filling().empty() || !link.flying().empty() || link.ended || !link.open) return;
  link.active = now;
  if (host_.Write(*this, connection, link.filling().Gather())) return link.filling().Clear();
  link.Flip();  // what the host could not write stays where it is
}

void Session::FlushAll(TimePoint now) {
  std::uint8_t connection = 0;
  for (Link& link : links_)
    Flush(++connection, link, now);
}

void Session::OnWritten(std::uint8_t connection, TimePoint now) {
  Link& link = LinkOf(connection);
  link.flying().Clear();
  link.active = now;
  if (!load_) StartClocks(connection, link, now);
  Flush(connection, link, now);
}

/// No reply is due before the octets that it answers have left: large messages take their time.
void Session::StartClocks(std::uint8_t connection, Link& link, TimePoint now) {
  for (Exchange& exchange : link.exchanges.Sent()) {
    exchange.deadline += now - exchange.started;
    exchange.started = now;
  }
  if (waiting_ == Waiting::kReplies && waiting_on_ == connection && !link.exchanges.empty())
    deadline_ = link.exchanges.front().deadline;
}

/// Whether a limit has passed while our own octets were still on their way, and may go on.
bool Session::StillWriting(TimePoint now) {
  Link& link = LinkOf(waiting_on_);
  if (load_ || link.flying().empty() || link.exchanges.empty()) return false;
  deadline_ = link.exchanges.front().started + 2 * Limit(Phase::kEod);
  return now < deadline_;
}

void Session::OnOctets(std::uint8_t connection, std::string_view octets, TimePoint now) {
  if (done()) return;
  if (transcript_ && !octets.empty()) transcript_->Received(connection, octets, now);
  Link& link = LinkOf(connection);
  link.active = now;
  if (load_ && waiting_ == Waiting::kMessage && !octets.empty()) return EndUnasked(octets, now);
  if (link.backlog.empty()) [[likely]] {
    Digest(connection, link, octets, now);
  } else {
    link.backlog.append(octets);
  }
  while (!link.backlog.empty() && TakesOctets(link, connection)) {
    const std::string held = std::exchange(link.backlog, {});
    Digest(connection, link, held, now);
    if (link.backlog.size() >= held.size()) break;  // no whole reply in it yet
  }
  if (link.ended && !done() && waiting_ == Waiting::kReplies && waiting_on_ == connection &&
      !link.exchanges.empty()) [[unlikely]] {
    return HandleNoReply(link, Outcome::kClosed, "the server had closed the connection", now);
  }
  if (!done() && link.backlog.size() > smtp::kMaxReplySize) [[unlikely]] {
    HandleNoReply(link, Outcome::kMalformed, "octets without end", now);
  }
}

/// Replies out of `input`, as far as the session wants any; what is left goes to the backlog.
void Session::Digest(std::uint8_t connection, Link& link, std::string_view input, TimePoint now) {
  while (TakesOctets(link, connection)) {
    const auto reply = link.parser.Next(input);
    if (!reply) break;
    HandleReply(connection, link, *reply, now);
    if (load_ && !input.empty()) TakeRepeats(connection, link, *reply, input, now);
    if (done()) return;
  }
  const bool unasked = !input.empty() && load_ && waiting_ == Waiting::kNothing &&
                       pc_ < script_.ops.size() &&
                       !std::holds_alternative<smtpgauge::StartTls>(script_.ops[pc_].action);
  if (unasked) return EndUnasked(input, now);
  // It belongs to whatever comes next, and STARTTLS must be able to see it.
  if (!input.empty()) link.backlog.assign(input);
  if (waiting_ == Waiting::kNothing) Advance(now);
}

void Session::OnTimer(TimePoint now) {
  if (done() || now < deadline_) return;
  Expire(now);
  AfterEvent(now);
}

void Session::Expire(TimePoint now) {
  const Op& op = script_.ops[pc_ == 0 ? 0U : std::min<std::size_t>(pc_, script_.ops.size()) - 1U];
  switch (waiting_) {
    case Waiting::kPause:
    case Waiting::kSilence:
      Resume(now);
      return;
    case Waiting::kSegment:
      SendSegment(now);
      if (waiting_ == Waiting::kNothing) Resume(now);
      return;
    case Waiting::kDelivered:
      LookForDelivered(now);
      if (waiting_ == Waiting::kNothing) Resume(now);
      return;
    case Waiting::kConnect:
      OnFailed(waiting_on_, NetFailure::kTimedOut, "timed out", now);
      return;
    case Waiting::kHandshake:
      OnHandshake(waiting_on_, false, "no end of the handshake in time", now);
      return;
    case Waiting::kReplies:
      if (StillWriting(now)) return;
      HandleNoReply(LinkOf(waiting_on_), Outcome::kTimeout, "no reply", now);
      return;
    case Waiting::kClose: {
      const auto& step = std::get<AwaitClose>(op.action);
      LinkOf(waiting_on_).close_observed = true;
      Decide(step.open, op, step.expected, "the connection is still open", {});
      Resume(now);
      return;
    }
    case Waiting::kMessage:
      OnMessageReady(now);
      return;
    case Waiting::kNothing:
    case Waiting::kDone:
      deadline_ = TimePoint::max();
      return;
  }
}

/// What one step found. In setup anything but success blocks the case; cleanup is never judged.
void Session::Decide(Verdict verdict, const Op& op, std::string expected, std::string actual,
                     std::string reason) {
  if (op.section == Section::kCleanup || done()) return;
  if (reason.empty()) reason = script_.notes[op.note];
  if (op.section == Section::kSetup) {
    if (verdict == Verdict::kWarn || verdict == Verdict::kPass) return;
    if (verdict == Verdict::kFail) verdict = Verdict::kBlocked;
    if (reason.empty() && verdict == Verdict::kBlocked)
      reason = fmt::format("a precondition was refused: {}", CodesOf(actual));
  }
  if (reason.empty() && verdict == Verdict::kNotApplicable)
    reason = fmt::format("does not arise here: {}", CodesOf(actual));
  if (reason.empty() && verdict == Verdict::kBlocked)
    reason = fmt::format("cannot be told here: {}", CodesOf(actual));
  if (Worse(verdict, outcome_.verdict) == outcome_.verdict) return;
  outcome_.verdict = verdict;
  outcome_.expected = std::move(expected);
  outcome_.actual = std::move(actual);
  outcome_.reason = std::move(reason);
  outcome_.pointer = op.pointer;
  if (verdict != Verdict::kWarn) {
    pc_ = static_cast<std::uint16_t>(script_.ops.size());  // the case is decided
    for (Link& link : links_)
      link.exchanges.Clear();
    waiting_ = Waiting::kNothing;
    proving_ = true;
  }
}

void Session::Abort(std::string_view why, TimePoint now) {
  if (done()) return;
  if (transcript_) transcript_->Note(1, why, now);
  if (load_) return Finish();
  if (outcome_.verdict == Verdict::kPass) {
    outcome_.verdict = Verdict::kSkipped;
    outcome_.reason = why;
  }
  Finish();
}

void Session::GiveUp(TimePoint now) {
  const bool owed = waiting_ == Waiting::kConnect || waiting_ == Waiting::kHandshake ||
                    waiting_ == Waiting::kReplies;
  if (owed && !done()) Expire(now);
  Abort("the run was over", now);
}

void Session::CloseLinks() {
  for (std::size_t i = 0; i < links_.size(); ++i) {
    Link& link = links_[i];
    if (!link.open || link.we_closed) continue;
    link.we_closed = true;
    host_.Close(*this, static_cast<std::uint8_t>(i + 1), load_ ? options_.close : Close::How::kFin);
  }
}

void Session::Finish() {
  if (done()) return;
  if (transcript_) {
    transcript_->secrets().Mask(outcome_.actual);
    transcript_->secrets().Mask(outcome_.reason);
  }
  CloseLinks();
  waiting_ = Waiting::kDone;
  deadline_ = TimePoint::max();
  host_.OnDone(*this);
}

}  // namespace smtpgauge
