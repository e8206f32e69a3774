// Private to runner/net: send and receive on a socket. Those of the C library are points of
// cancellation, which nobody here uses and which costs each call as much again as all else it does
// outside the kernel: these ask the kernel themselves.
#pragma once

#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include <cstddef>
#include <span>

#include <unistd.h>

namespace smtpgauge {

/// As recv(2) without flags.
inline ssize_t ReceiveOctets(int fd, char* into, std::size_t room) {
  return ::syscall(SYS_recvfrom, fd, into, room, 0, nullptr, nullptr);
}

/// As send(2); a peer that is gone is EPIPE, without SIGPIPE.
inline ssize_t SendOctets(int fd, const void* from, std::size_t octets) {
  return ::syscall(SYS_sendto, fd, from, octets, MSG_NOSIGNAL, nullptr, 0);
}

/// The same for several pieces. One, as most commands are, needs no list to be copied into the
/// kernel.
inline ssize_t SendPieces(int fd, std::span<const iovec> from) {
  if (from.size() == 1) return SendOctets(fd, from[0].iov_base, from[0].iov_len);
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(from.data());  // the interface lacks a const
  message.msg_iovlen = from.size();
  return ::syscall(SYS_sendmsg, fd, &message, MSG_NOSIGNAL);
}

}  // namespace smtpgauge
