#include "runner/sink/worker.h"

#include <sys/eventfd.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <system_error>
#include <thread>

#include <pthread.h>
#include <signal.h>

namespace smtpgauge::sink {
namespace {

constexpr std::int64_t kLingerTime = 2'000'000'000;  // for a client that has not seen the 421 yet
constexpr int kEventsPerTurn = 256;
constexpr int kAcceptsPerTurn = 64;

[[noreturn]] void Fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

// Nanosecond time-outs where the kernel has them (5.11), so that --latency 200us means it.
int Wait(int epoll, epoll_event* events, std::int64_t timeout) {
  if (timeout < 0) return ::epoll_wait(epoll, events, kEventsPerTurn, -1);
  const timespec limit{timeout / 1'000'000'000, timeout % 1'000'000'000};
  const int n = ::epoll_pwait2(epoll, events, kEventsPerTurn, &limit, nullptr);
  if (n >= 0 || errno != ENOSYS) return n;
  return ::epoll_wait(epoll, events, kEventsPerTurn,
                      static_cast<int>((timeout + 999'999) / 1'000'000));
}

}  // namespace

std::int64_t SteadyNow() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

Worker::Worker(Service& service, Descriptor listener, Descriptor tls_listener, std::uint64_t seed)
    : service_(service),
      dialogue_(service, counters_, *this, seed),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      listener_(std::move(listener)),
      tls_listener_(std::move(tls_listener)),
      buffer_(2 * kReadRoom) {
  if (!epoll_.open()) Fail("epoll_create1");
  if (!wake_.open()) Fail("eventfd");
  for (Descriptor* descriptor : {&wake_, &listener_, &tls_listener_}) {
    if (!descriptor->open()) continue;
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = descriptor;
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor->get(), &event) != 0) Fail("epoll_ctl");
  }
}

Worker::~Worker() {
  for (Connection& c : connections_)
    if (c.fd >= 0) ::close(c.fd);
}

void Worker::Stop() {
  stopping_.store(true, std::memory_order_relaxed);
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
}

void Worker::Run() {
  // OpenSSL writes without MSG_NOSIGNAL; a client that is gone must not end the process.
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  started_ = SteadyNow();
  now_ = started_;
  while (!stopping_.load(std::memory_order_relaxed))
    Turn();
  listener_.Reset();
  tls_listener_.Reset();
  while (oldest_ != nullptr) {
    Connection& c = *oldest_;
    if (!c.handshaking && !c.lingering) {
      dialogue_.output().clear();
      dialogue_.Farewell(c, Reply::kShutdown);
      (void)Send(c, dialogue_.output());
    }
    Close(c);
  }
}

std::int64_t Worker::NextDeadline() const {
  std::int64_t deadline = -1;
  const auto earlier = [&](std::int64_t time) {
    if (deadline < 0 || time < deadline) deadline = time;
  };
  if (!due_.empty()) earlier(due_.top().time);
  if (const auto release = dialogue_.NextRelease()) earlier(*release);
  if (oldest_ != nullptr)
    earlier(oldest_->last_active + std::chrono::nanoseconds(service_.config().limits.idle).count());
  if (const auto& stall = service_.config().stall) {
    const std::int64_t period = stall->period.count();
    const std::int64_t awake = period - stall->length.count();
    earlier(now_ - (now_ - started_) % period + awake);
  }
  return deadline;
}

// Every thread falls asleep at the same times, as a machine would.
void Worker::SleepThroughStall() {
  const auto& stall = service_.config().stall;
  if (!stall) return;
  const std::int64_t period = stall->period.count();
  const std::int64_t phase = (now_ - started_) % period;
  if (phase < period - stall->length.count()) return;
  // A stalled server answers nobody: the whole loop has to stand still.
  std::this_thread::sleep_for(std::chrono::nanoseconds(period - phase));  // simulates the stall
  now_ = SteadyNow();
}

void Worker::Turn() {
  std::array<epoll_event, kEventsPerTurn> events;
  const std::int64_t deadline = NextDeadline();
  const std::int64_t timeout =
      deadline < 0 ? -1 : std::max<std::int64_t>(0, deadline - SteadyNow());
  const int n = Wait(epoll_.get(), events.data(), timeout);
  now_ = SteadyNow();
  SleepThroughStall();
  dialogue_.set_now(now_);
  RunDue();
  dialogue_.DeliverHeld();
  for (int i = 0; i < n; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    if (event.data.ptr == &wake_) continue;
    if (event.data.ptr == &listener_ || event.data.ptr == &tls_listener_)
      Accept(static_cast<Descriptor*>(event.data.ptr)->get());
    else
      Ready(*static_cast<Connection*>(event.data.ptr), event.events);
  }
  ExpireIdle();
  for (Connection* c : closed_) {
    const std::uint64_t serial = c->serial + 1;
    *c = Connection();
    c->serial = serial;
    free_.push_back(c);
  }
  closed_.clear();
}

void Worker::RunDue() {
  while (!due_.empty() && due_.top().time <= now_) {
    const Due due = due_.top();
    due_.pop();
    Connection& c = *due.connection;
    if (c.serial != due.serial || c.closed || c.fd < 0) continue;
    if (c.lingering) {
      Close(c);
      continue;
    }
    c.hold_until = 0;
    Resume(c);
  }
}

void Worker::ExpireIdle() {
  const std::int64_t idle = std::chrono::nanoseconds(service_.config().limits.idle).count();
  while (oldest_ != nullptr && oldest_->last_active + idle <= now_) {
    Connection& c = *oldest_;
    Touch(c);
    if (c.hold_until != 0) continue;
    if (c.handshaking || c.next == Next::kAbandon || (c.rare && !c.rare->output.empty())) {
      Close(c);
      continue;
    }
    dialogue_.Dropped(c);
    dialogue_.Farewell(c, Reply::kTimeout);
    Settle(c);
  }
}

Connection* Worker::New(int fd) {
  Connection* c = nullptr;
  if (free_.empty()) {
    c = &connections_.emplace_back();
  } else {
    c = free_.back();
    free_.pop_back();
  }
  c->fd = fd;
  c->last_active = now_;
  c->older = newest_;
  if (newest_ != nullptr) newest_->newer = c;
  newest_ = c;
  if (oldest_ == nullptr) oldest_ = c;
  return c;
}

void Worker::Unlink(Connection& c) {
  (c.newer != nullptr ? c.newer->older : newest_) = c.older;
  (c.older != nullptr ? c.older->newer : oldest_) = c.newer;
  c.newer = c.older = nullptr;
}

void Worker::Touch(Connection& c) {
  c.last_active = now_;
  if (newest_ == &c) return;
  Unlink(c);
  c.older = newest_;
  newest_->newer = &c;
  newest_ = &c;
}

void Worker::Watch(Connection& c, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &c;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, c.fd, &event);
  c.input_paused = (events & EPOLLIN) == 0;
}

// What comes now waits in the queue until a connection ends.
void Worker::PauseAccepting() {
  for (const Descriptor* each : {&listener_, &tls_listener_})
    if (each->open()) ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, each->get(), nullptr);
  accepting_ = false;
}

void Worker::EndService() {
  if (accepting_) PauseAccepting();
  ended_ = true;
}

void Worker::Accept(int listener) {
  for (int i = 0; i < kAcceptsPerTurn && accepting_; ++i) {
    const int fd = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
      if (errno != EMFILE && errno != ENFILE) return;
      return PauseAccepting();  // out of descriptors
    }
    if (!service_.AdmitConnection()) {
      counters_.refused_connections.Add(1);
      const std::string_view busy = service_.replies().Text(Reply::kGreetingBusy);
      if (listener != tls_listener_.get()) ::send(fd, busy.data(), busy.size(), MSG_NOSIGNAL);
      ::close(fd);
      continue;
    }
    counters_.connections.Add(1);
    counters_.open_connections.Add(1);
    if (service_.faults().Has(Fault::kOneClientAtATime)) PauseAccepting();
    Connection& c = *New(fd);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = &c;
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
    const bool implicit_tls = listener == tls_listener_.get();
    if (implicit_tls) {
      c.greets_in_tls = true;
      if (service_.faults().Has(Fault::kImplicitTlsGreetsInClear)) {
        dialogue_.Greet(c);
        Settle(c);
      }
      c.next = Next::kStartTls;
    } else {
      dialogue_.Greet(c);
    }
    Settle(c);
  }
}

void Worker::Linger(Connection& c) {
  if (c.errors > service_.config().limits.errors &&
      service_.faults().Has(Fault::kErrorLimitEndsService))
    EndService();
  if (c.tls) c.rare->tls->CloseNotify();
  ::shutdown(c.fd, SHUT_WR);
  c.lingering = true;
  dialogue_.Dropped(c);
  if (c.input_paused) Watch(c, EPOLLIN);
  due_.push({now_ + kLingerTime, &c, c.serial});
}

void Worker::Close(Connection& c) {
  if (c.closed) return;
  dialogue_.Dropped(c);
  if (c.tls && c.rare->tls && !c.lingering && !service_.faults().Has(Fault::kClosedWithoutNotify))
    c.rare->tls->CloseNotify();
  Unlink(c);
  ::close(c.fd);
  c.fd = -1;
  c.closed = true;
  closed_.push_back(&c);
  counters_.open_connections.Subtract(1);
  if (!service_.faults().Has(Fault::kConnectionSlotsLeak)) service_.ReleaseConnection();
  if (accepting_ || ended_) return;
  accepting_ = true;
  for (Descriptor* each : {&listener_, &tls_listener_}) {
    if (!each->open()) continue;
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = each;
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, each->get(), &event);
  }
}

}  // namespace smtpgauge::sink
