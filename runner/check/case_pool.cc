#include "runner/check/case_pool.h"

#include <fmt/format.h>

namespace smtpgauge {

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
    waiting_.push_back({script, false});
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

void CasePool::Fill() {
  if (filling_) return;  // a case that ends at once calls back from inside
  filling_ = true;
  while (!stopped_ && !waiting_.empty()) {
    // Whoever was turned away may have met a limit to connections at a time: now it gets its turn
    // alone.
    if (running_.size() >= (waiting_.front().again ? 1 : limits_.jobs)) break;
    const TimePoint now = std::chrono::steady_clock::now();
    if (now < next_start_) {
      context_.loop.SetDeadline(*this, next_start_);
      break;
    }
    next_start_ = now + limits_.spacing;
    BeginNext();
  }
  filling_ = false;
  if (looping_ && running_.empty() && (waiting_.empty() || stopped_)) context_.loop.Stop();
}

void CasePool::BeginNext() {
  const Waiting which = waiting_.front();
  waiting_.pop_front();
  auto seat = std::make_unique<CheckSeat>(context_, which.script, learn_,
                                          [this, which](CheckSeat& done, CaseResult result) {
                                            OnDone(done, which, std::move(result));
                                          });
  CheckSeat* raw = seat.get();
  running_.emplace(raw, std::move(seat));
  raw->Begin(fmt::format("{}-{}", token_prefix_, ++tokens_));
}

void CasePool::OnDone(CheckSeat& seat, Waiting which, CaseResult result) {
  const bool try_again =
      result.verdict == Verdict::kBlocked && seat.service_closed() && !which.again && !stopped_;
  running_.erase(&seat);
  if (try_again) {
    waiting_.push_back({which.script, true});
  } else if (!(*on_result_)(which.script, std::move(result))) {
    waiting_.clear();
    stopped_ = true;
  }
  Fill();
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
