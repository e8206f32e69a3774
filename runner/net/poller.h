// An epoll set.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

namespace smtpgauge {

/// Bits of interest and of readiness.
inline constexpr std::uint32_t kReadable = 1;
inline constexpr std::uint32_t kWritable = 2;
/// Readiness only: the peer closed its side, or the socket failed. Reading tells which.
inline constexpr std::uint32_t kHangup = 4;
/// Interest only: edge-triggered. Reported once per arrival, so one epoll_ctl serves the whole
/// connection; the owner must read until a short read or kWantRead, and after kHangup until kEof.
inline constexpr std::uint32_t kEdge = 8;

struct Ready {
  void* token = nullptr;
  std::uint32_t events = 0;  ///< kReadable | kWritable | kHangup
  [[nodiscard]] bool readable() const { return (events & kReadable) != 0; }
  [[nodiscard]] bool writable() const { return (events & kWritable) != 0; }
  [[nodiscard]] bool hangup() const { return (events & kHangup) != 0; }
};

class Poller {
 public:
  Poller();  ///< throws std::system_error when the kernel gives no epoll set
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  /// 0, or errno. A closed descriptor leaves the set by itself.
  [[nodiscard]] int Add(int fd, void* token, std::uint32_t interest);
  void Remove(int fd);

  /// Fills `ready` from the front, returns how many. Negative `timeout`: waits for ever. An
  /// interruption by a signal counts as nothing ready.
  [[nodiscard]] std::size_t Wait(std::span<Ready> ready, std::chrono::milliseconds timeout);

  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_ = -1;
};

}  // namespace smtpgauge
