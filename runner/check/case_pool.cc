#include "runner/check/case_pool.h"

#include <algorithm>

#include <fmt/format.h>

namespace smtpgauge {
namespace {

/// How long a case that was refused for now waits, at the least. Greylisting of minutes is met by
/// another run; this is for servers that only want to see a second try.
constexpr Duration kDeferral = std::chrono::seconds(2);
/// So many second tries in a row that ended like the first: the others need not be made.
constexpr std::size_t kMostInVain = 8;
/// Of a case that is turned away with 421 or without a greeting, the first one among others.
constexpr int kMostTriesAlone = 3;
constexpr Duration kSettling = std::chrono::milliseconds(200);

}  // namespace

CasePool::CasePool(CheckContext& context, const PoolLimits& limits, std::string token_prefix)
    : context_(context), limits_(limits), token_prefix_(std::move(token_prefix)) {}

CasePool::~CasePool() {
  context_.loop.ClearDeadline(*this);
}

void CasePool::Run(const std::vector<std::uint16_t>& scripts, Knowledge* learn,
                   const ResultFunction& on_result) {
  if (stopped_) return;
  learn_ = learn;
  on_result_ = &on_result;
  for (const std::uint16_t script : scripts)
    waiting_.push_back({script});
  Fill();
  if (!running_.empty() || !waiting_.empty()) {
    looping_ = true;
    context_.loop.Run();
    looping_ = false;
  }
  waiting_.clear();
}

void CasePool::OnTimer(TimePoint) {
  Fill();
}

bool CasePool::MayBeginNext(TimePoint now) {
  const Turn turn = waiting_.front().turn;
  // Whoever was turned away may have met a limit to connections at a time: now it gets its turn
  // alone.
  if (running_.size() >= (turn == Turn::kAlone ? 1 : limits_.jobs)) return false;
  if (turn == Turn::kDeferred && deferred_until_ == TimePoint{}) deferred_until_ = now + kDeferral;
  const TimePoint due =
      turn == Turn::kDeferred ? std::max(next_start_, deferred_until_) : next_start_;
  if (now >= due) return true;
  context_.loop.SetDeadline(*this, due);
  return false;
}

void CasePool::Fill() {
  if (filling_) return;  // a case that ends at once calls back from inside
  filling_ = true;
  while (!stopped_ && !waiting_.empty()) {
    if (waiting_.front().turn == Turn::kDeferred && tries_in_vain_ >= kMostInVain) {
      Waiting which = std::move(waiting_.front());
      waiting_.pop_front();
      HandIn(which.script, std::move(which.earlier));
      continue;
    }
    const TimePoint now = std::chrono::steady_clock::now();
    if (!MayBeginNext(now)) break;
    next_start_ = now + limits_.spacing;
    BeginNext();
  }
  filling_ = false;
  if (looping_ && running_.empty() && (waiting_.empty() || stopped_)) context_.loop.Stop();
}

void CasePool::BeginNext() {
  Waiting which = std::move(waiting_.front());
  waiting_.pop_front();
  which.earlier = {};
  ++which.tries;
  const std::uint16_t script = which.script;
  auto seat = std::make_unique<CheckSeat>(context_, script, learn_,
                                          [this, which](CheckSeat& done, CaseResult result) {
                                            OnDone(done, which, std::move(result));
                                          });
  CheckSeat* raw = seat.get();
  running_.emplace(raw, std::move(seat));
  raw->Begin(fmt::format("{}-{}", token_prefix_, ++tokens_));
}

void CasePool::OnDone(CheckSeat& seat, Waiting which, CaseResult result) {
  const bool blocked = result.verdict == Verdict::kBlocked;
  if (which.turn == Turn::kDeferred) tries_in_vain_ = blocked ? tries_in_vain_ + 1 : 0;
  const bool alone =
      seat.service_closed() && which.turn != Turn::kDeferred && which.tries < kMostTriesAlone;
  const bool later = seat.deferred() && which.turn == Turn::kFirst;
  running_.erase(&seat);
  if (blocked && !stopped_ && alone) {
    // The server may still be busy with the end of the connection before.
    if (which.turn == Turn::kAlone) next_start_ = std::chrono::steady_clock::now() + kSettling;
    which.turn = Turn::kAlone;
    waiting_.push_back(std::move(which));
  } else if (blocked && !stopped_ && later) {
    which.turn = Turn::kDeferred;
    which.earlier = std::move(result);
    waiting_.push_back(std::move(which));
  } else {
    HandIn(which.script, std::move(result));
  }
  Fill();
}

void CasePool::HandIn(std::uint16_t script, CaseResult result) {
  if ((*on_result_)(script, std::move(result))) return;
  waiting_.clear();
  stopped_ = true;
}

void CasePool::Stop(std::string_view why) {
  if (stopped_) return;
  stopped_ = true;
  waiting_.clear();
  std::vector<CheckSeat*> seats;
  for (const auto& [raw, seat] : running_)
    seats.push_back(raw);
  for (CheckSeat* seat : seats) {
    seat->session().Abort(why, std::chrono::steady_clock::now());
    seat->AfterSession();
  }
  if (looping_) context_.loop.Stop();
}

}  // namespace smtpgauge
