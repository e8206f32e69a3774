// Delivered messages on disk.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace smtpgauge {

/// `pattern` with %n, %d, %u replaced by local part, domain and whole address, as Dovecot writes
/// it. Slashes in the address become underscores: an address must not lead out of the store.
[[nodiscard]] std::filesystem::path MaildirPath(std::string_view pattern, std::string_view address);

/// Every message in new/ and cur/ that contains `marker` with no further digit behind it, whole; at
/// most 16 MiB of each are read.
/// A folder that is not there (yet) holds none.
[[nodiscard]] std::vector<std::string> ReadMaildir(const std::filesystem::path& folder,
                                                   std::string_view marker);

}  // namespace smtpgauge
