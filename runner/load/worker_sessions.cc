// A worker's sessions: when they are opened, what they are given to send, what follows their end.
#include <algorithm>
#include <array>
#include <charconv>

#include "runner/load/worker.h"

namespace smtpgauge {
namespace {

constexpr Duration kFirstBackOff = std::chrono::milliseconds(50);
constexpr Duration kLongestBackOff = std::chrono::seconds(2);

/// 0, then 50 ms, doubling up to 2 s: a server that is down must not make us spin.
Duration BackOff(std::uint32_t failures) {
  if (failures == 0) return {};
  return std::min(kLongestBackOff, kFirstBackOff * (1U << std::min(failures - 1, 10U)));
}

}  // namespace

LoadSeat& LoadWorker::Open(std::uint16_t script, TimePoint scheduled, std::size_t which) {
  auto owned =
      std::make_unique<LoadSeat>(*this, settings_.plan->scripts[script], script, settings_.session);
  LoadSeat& seat = *owned;
  seat.place = seats_.size();
  seat.slot = which;
  seats_.push_back(std::move(owned));
  ++connecting_[script];
  recorder_.OnSessionStarted();
  seat.session().SetSlot(kSenderSlot, settings_.senders.front());
  seat.session().SetSlot(kRecipientSlot, settings_.recipients.front());
  seat.session().SetSlot(kTokenSlot, token_);
  seat.Begin(scheduled);
  return seat;
}

/// Messages that no session, nor one on its way up, will take.
std::uint64_t LoadWorker::Unclaimed() const {
  if (remaining_ == kNoLimit) return kNoLimit;
  std::uint64_t claimed = 0;
  for (const std::size_t count : connecting_)
    claimed += count;
  return remaining_ - std::min(remaining_, claimed);
}

void LoadWorker::StartDueSlots(TimePoint now) {
  while (!restarts_.empty() && restarts_.top().at <= now) {
    const Restart restart = restarts_.top();
    restarts_.pop();
    if (Unclaimed() == 0) continue;
    const std::uint64_t number = opened_++ * settings_.workers + index_;
    Open(mix_.At(number), restart.at, restart.slot);
  }
}

void LoadWorker::OfferArrivals(TimePoint now) {
  const auto is_due = [&](Duration time) { return began_ + time <= now && began_ + time < ends_; };
  while (backlog_.next() && is_due(*backlog_.next())) {
    const Backlog::Due due = backlog_.Offer();
    const TimePoint scheduled = began_ + due.time;
    recorder_.OnLateness(scheduled, now);
    if (settings_.plan->scripts[due.script].delivers) recorder_.OnOffered(scheduled);
    ServeWaiting(due.script, now);
    const bool waits = backlog_.waiting(due.script) > connecting_[due.script];
    if (waits && settings_.plan->scripts[due.script].delivers) recorder_.OnDelayed(scheduled);
  }
}

/// Gives what waits for `script` to idle sessions; opens as many as are needed and allowed.
void LoadWorker::ServeWaiting(std::uint16_t script, TimePoint now) {
  auto& idle = idle_[script];
  while (backlog_.waiting(script) > connecting_[script] && !idle.empty()) {
    LoadSeat& seat = *idle.back();
    idle.pop_back();
    seat.listed = false;
    seat.Wake(now);  // asks for its message from inside; does nothing when it was not idle yet
  }
  while (backlog_.waiting(script) > connecting_[script] && seats_.size() < most_open_)
    Open(script, began_ + backlog_.oldest(script), 0);
}

SessionHost::Next LoadWorker::NextMessage(LoadSeat& seat, MessageJob& job) {
  const std::uint16_t script = seat.session().index();
  const bool first = !seat.asked;
  if (first) {
    seat.asked = true;
    --connecting_[script];
  }
  const std::uint32_t most = settings_.messages_per_connection;
  // At the end of a run, one that was opened for an arrival still gets it.
  const bool owed = first && open_loop() && backlog_.waiting(script) > 0;
  if ((stage_ != Stage::kRunning && !owed) || (most != 0 && seat.taken >= most))
    return SessionHost::Next::kClose;
  const TimePoint now = Now();
  if (!open_loop()) {
    if (remaining_ == 0 || now >= ends_) return SessionHost::Next::kClose;
    if (MustThink(seat, job, now)) return SessionHost::Next::kWait;
    if (remaining_ != kNoLimit) --remaining_;
    FillJob(seat, job, now, now);
    return SessionHost::Next::kMessage;
  }
  if (backlog_.waiting(script) == 0) {
    if (!backlog_.next()) return SessionHost::Next::kClose;  // no arrival will ever come
    if (!seat.listed) {
      seat.listed = true;
      idle_[script].push_back(&seat);
    }
    return SessionHost::Next::kWait;
  }
  const TimePoint scheduled = began_ + backlog_.oldest(script);
  backlog_.Take(script);
  FillJob(seat, job, scheduled, now);
  return SessionHost::Next::kMessage;
}

/// Closed loop: draws the pause before the next message once, and asks to be woken behind it.
bool LoadWorker::MustThink(LoadSeat& seat, MessageJob& job, TimePoint now) {
  if (settings_.think.constant() && settings_.think.Mean() <= 0) return false;
  if (seat.thinks_until == TimePoint{}) {
    constexpr std::uint64_t kLongest = 24ULL * 3600 * 1'000'000'000;
    seat.thinks_until =
        now + Duration(static_cast<std::int64_t>(settings_.think.Sample(random_, kLongest)));
  }
  if (now < seat.thinks_until) {
    job.scheduled = seat.thinks_until;
    return true;
  }
  seat.thinks_until = TimePoint{};
  return false;
}

void LoadWorker::FillJob(LoadSeat& seat, MessageJob& job, TimePoint scheduled, TimePoint now) {
  ++seat.taken;
  job.scheduled = scheduled;
  job.recipients = &settings_.recipients;
  job.first_recipient = next_recipient_;
  job.recipient_count = settings_.recipients_per_message;
  next_recipient_ = (next_recipient_ + settings_.recipients_per_message * settings_.workers) %
                    settings_.recipients.size();
  job.sender = settings_.senders[next_sender_];
  next_sender_ = (next_sender_ + settings_.workers) % settings_.senders.size();
  job.content = settings_.contents->Pick(random_);
  token_.resize(token_prefix_);
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), ++tokens_).ptr;
  token_.append(digits.data(), end);
  seat.session().SetSlot(kTokenSlot, token_);
  if (!seat.session().script().delivers) return;
  if (!open_loop()) recorder_.OnOffered(now);
  recorder_.OnMessageStarted(scheduled, now);
}

void LoadWorker::OnFinished(LoadSeat& seat) {
  const std::uint16_t script = seat.session().index();
  const TimePoint now = Now();
  const Outcome ended = seat.ended;
  const bool never_asked = !seat.asked;
  const bool failed = ended != Outcome::k2yz && !seat.progressed;
  const std::size_t which = seat.slot;
  if (never_asked) --connecting_[script];
  if (!seat.reported) recorder_.OnSessionCut();
  if (seat.listed) std::erase(idle_[script], &seat);
  seats_.back()->place = seat.place;
  std::swap(seats_[seat.place], seats_.back());
  seats_.pop_back();  // destroys `seat`
  if (open_loop() && never_asked && failed) FailOldest(script, ended, now);
  if (stage_ == Stage::kRunning) {
    if (open_loop()) {
      ServeWaiting(script, now);
    } else {
      Slot& own = slots_[which];
      own.failures = failed ? own.failures + 1 : 0;
      restarts_.push({now + BackOff(own.failures), which});
      StartDueSlots(now);
      if (!failed) return EndWhenIdle();
      Arm();
    }
  }
  EndWhenIdle();
}

/// Open loop: a session that was opened for an arrival never got as far as to take it.
void LoadWorker::FailOldest(std::uint16_t script, Outcome outcome, TimePoint now) {
  if (backlog_.waiting(script) == 0) return;
  const TimePoint scheduled = began_ + backlog_.oldest(script);
  backlog_.Take(script);
  if (!settings_.plan->scripts[script].delivers) return;
  recorder_.OnEvent({.phase = Phase::kMessage,
                     .outcome = outcome,
                     .verdict = Verdict::kError,
                     .script = script,
                     .due = scheduled,
                     .scheduled = scheduled,
                     .started = now,
                     .finished = now});
}

}  // namespace smtpgauge
