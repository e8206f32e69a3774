// Which limit of this machine an error number stands for, and how to raise it.
#pragma once

#include <cstddef>
#include <string>

namespace smtpgauge {

/// A clause for an error message, with the present value: EMFILE (`ulimit -n`), ENFILE
/// (fs.file-max), EADDRNOTAVAIL (net.ipv4.ip_local_port_range, --source), ENOBUFS and ENOMEM, and
/// of watching a socket ENOSPC (fs.epoll.max_user_watches). Empty for every other error.
[[nodiscard]] std::string LimitHint(int error);

/// Raises the soft limit of open descriptors to the hard one and returns it.
std::size_t RaiseDescriptorLimit();

}  // namespace smtpgauge
