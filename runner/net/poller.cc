#include "runner/net/poller.h"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include <unistd.h>

namespace smtpgauge {

namespace {

constexpr std::size_t kBatch = 512;

epoll_event EventOf(void* token, std::uint32_t interest) {
  epoll_event event{};
  if ((interest & kReadable) != 0) event.events |= EPOLLIN | EPOLLRDHUP;
  if ((interest & kWritable) != 0) event.events |= EPOLLOUT;
  if ((interest & kEdge) != 0) event.events |= EPOLLET;
  event.data.ptr = token;
  return event;
}

std::uint32_t Readiness(std::uint32_t events) {
  std::uint32_t readiness = 0;
  if ((events & EPOLLIN) != 0) readiness |= kReadable;
  if ((events & EPOLLOUT) != 0) readiness |= kWritable;
  if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) readiness |= kHangup;
  return readiness;
}

}  // namespace

Poller::Poller() : fd_(epoll_create1(EPOLL_CLOEXEC)) {
  if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
}

Poller::~Poller() {
  ::close(fd_);
}

int Poller::Add(int fd, void* token, std::uint32_t interest) {
  epoll_event event = EventOf(token, interest);
  return epoll_ctl(fd_, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : errno;
}

void Poller::Remove(int fd) {
  epoll_ctl(fd_, EPOLL_CTL_DEL, fd, nullptr);
}

std::size_t Poller::Wait(std::span<Ready> ready, std::chrono::milliseconds timeout) {
  std::array<epoll_event, kBatch> events;
  const int capacity = static_cast<int>(std::min(ready.size(), events.size()));
  const int limit = timeout.count() < 0 ? -1 : static_cast<int>(timeout.count());
  const int count = epoll_wait(fd_, events.data(), capacity, limit);
  if (count <= 0) return 0;
  const auto found = static_cast<std::size_t>(count);
  for (std::size_t i = 0; i < found; ++i) {
    ready[i] = {events[i].data.ptr, Readiness(events[i].events)};
  }
  return found;
}

}  // namespace smtpgauge
