#include "reports/file.h"

#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <string>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "reports/octets.h"

namespace smtpgauge {
namespace {

constexpr mode_t kNewFileMode = 0666;  // before the umask
constexpr int kNameAttempts = 100;

[[noreturn]] void Fail(std::string_view action, const std::filesystem::path& path, int error) {
  throw FileError(fmt::format("cannot {} {}: {}", action, EscapeOctets(path.native()),
                              std::generic_category().message(error)));
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }
  /// Some file systems report a full disk only here.
  [[nodiscard]] bool Close() { return ::close(std::exchange(fd_, -1)) == 0; }

 private:
  int fd_;
};

// False with errno set.
bool WriteAll(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// A new file beside `path`; the number keeps two runs that write the same report apart.
std::pair<int, std::filesystem::path> CreateBeside(const std::filesystem::path& path) {
  for (int attempt = 0; attempt < kNameAttempts; ++attempt) {
    std::filesystem::path name = path;
    name += fmt::format(".{}-{}.part", ::getpid(), attempt);
    const int fd = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kNewFileMode);
    if (fd >= 0) return {fd, name};
    if (errno != EEXIST) Fail("write", path, errno);
  }
  Fail("write", path, EEXIST);
}

// A rename is durable once its folder is.
void SyncFolder(const std::filesystem::path& path) {
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  const Descriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() >= 0) ::fsync(fd.get());
}

void WriteDirectly(const std::filesystem::path& path, std::string_view content) {
  Descriptor fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (fd.get() < 0 || !WriteAll(fd.get(), content) || !fd.Close()) Fail("write", path, errno);
}

void Replace(const std::filesystem::path& path, const struct stat* old, std::string_view content) {
  const auto [raw, temporary] = CreateBeside(path);
  Descriptor fd(raw);
  const bool kept_mode = old == nullptr || ::fchmod(raw, old->st_mode & 07777) == 0;
  if (kept_mode && WriteAll(raw, content) && ::fsync(raw) == 0 && fd.Close() &&
      ::rename(temporary.c_str(), path.c_str()) == 0) {
    SyncFolder(path);
    return;
  }
  const int error = errno;
  ::unlink(temporary.c_str());
  Fail("write", path, error);
}

}  // namespace

void WriteFileWhole(const std::filesystem::path& path, std::string_view content) {
  std::error_code error;
  std::filesystem::path real = std::filesystem::canonical(path, error);
  if (error) real = path;
  struct stat old {};
  if (::stat(real.c_str(), &old) != 0) return Replace(real, nullptr, content);
  if (S_ISDIR(old.st_mode)) Fail("write", path, EISDIR);
  if (S_ISREG(old.st_mode)) return Replace(real, &old, content);
  WriteDirectly(real, content);
}

std::string ReadFileWhole(const std::filesystem::path& path, std::size_t limit) {
  const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) Fail("read", path, errno);
  std::string content;
  std::array<char, 64 * 1024> buffer{};
  while (true) {
    const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) Fail("read", path, errno);
    if (got == 0) return content;
    content.append(buffer.data(), static_cast<std::size_t>(got));
    if (content.size() > limit) Fail("read", path, EFBIG);
  }
}

}  // namespace smtpgauge
