// Reports on disk: whole, or not at all.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string_view>

namespace smtpgauge {

/// what() names the path, what failed and why; safe to print.
class FileError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Writes `content` under a temporary name in the same folder, makes it durable, then renames:
/// under `path` there is the old file or the whole new one, even when the disk is full or the
/// machine stops. A symbolic link is followed. What is no regular file (a terminal, /dev/null, a
/// FIFO) is written to directly. Throws FileError; the temporary file is gone then.
void WriteFileWhole(const std::filesystem::path& path, std::string_view content);

/// Throws FileError, also for a file larger than `limit` octets.
[[nodiscard]] std::string ReadFileWhole(const std::filesystem::path& path, std::size_t limit);

}  // namespace smtpgauge
