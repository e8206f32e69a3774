#include "reports/file.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

namespace smtpgauge {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr std::size_t kLimit = 1 << 20;

class WriteFileWholeTest : public testing::Test {
 protected:
  WriteFileWholeTest() {
    std::string name = (fs::temp_directory_path() / "smtpgauge-file-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~WriteFileWholeTest() override { fs::remove_all(folder_); }

  [[nodiscard]] std::size_t Files() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }

  fs::path folder_;
};

std::string MessageOf(const std::function<void()>& act) {
  try {
    act();
  } catch (const FileError& error) {
    return error.what();
  }
  return "no error";
}

// Files of this process cannot grow past `octets` while it lives: a disk that is full.
class FullDisk {
 public:
  explicit FullDisk(rlim_t octets) : old_handler_(::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit limit{octets, old_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &old_);
    ::signal(SIGXFSZ, old_handler_);
  }

 private:
  rlimit old_{};
  void (*old_handler_)(int);
};

TEST_F(WriteFileWholeTest, WritesEveryOctet) {
  const std::string content = std::string("a\0b\r\n\xff", 6) + std::string(300000, 'x');
  WriteFileWhole(folder_ / "report.json", content);
  EXPECT_EQ(ReadFileWhole(folder_ / "report.json", kLimit), content);
  WriteFileWhole(folder_ / "report.json", "");
  EXPECT_EQ(ReadFileWhole(folder_ / "report.json", kLimit), "");
  EXPECT_EQ(Files(), 1U) << "no temporary file stays";
}

TEST_F(WriteFileWholeTest, KeepsTheOldFileWhenTheDiskIsFull) {
  const fs::path path = folder_ / "report.json";
  WriteFileWhole(path, "old");
  std::string message;
  {
    const FullDisk full(4096);
    message = MessageOf([&path] { WriteFileWhole(path, std::string(100000, 'x')); });
  }
  EXPECT_THAT(message, HasSubstr(path.string()));
  EXPECT_THAT(message, HasSubstr("File too large"));
  EXPECT_EQ(ReadFileWhole(path, kLimit), "old");
  EXPECT_EQ(Files(), 1U);
}

TEST_F(WriteFileWholeTest, LeavesNoTruncatedFileUnderTheFinalName) {
  {
    const FullDisk full(4096);
    EXPECT_THROW(WriteFileWhole(folder_ / "new.json", std::string(100000, 'x')), FileError);
  }
  EXPECT_EQ(Files(), 0U);
}

TEST_F(WriteFileWholeTest, NamesWhatIsWrong) {
  EXPECT_THAT(MessageOf([this] { WriteFileWhole(folder_ / "no" / "such" / "f", "x"); }),
              testing::AllOf(HasSubstr("no/such/f"), HasSubstr("No such file or directory")));
  EXPECT_THAT(MessageOf([this] { WriteFileWhole(folder_, "x"); }), HasSubstr("Is a directory"));
  EXPECT_THAT(MessageOf([] { WriteFileWhole("/dev/full", "x"); }), HasSubstr("No space left"));
  EXPECT_THAT(MessageOf([this] { (void)ReadFileWhole(folder_ / "none", kLimit); }),
              HasSubstr("cannot read"));
  EXPECT_THAT(MessageOf([this] { (void)ReadFileWhole(folder_, kLimit); }), HasSubstr("directory"));
}

TEST_F(WriteFileWholeTest, FollowsALinkAndKeepsTheMode) {
  const fs::path path = folder_ / "real.json";
  WriteFileWhole(path, "old");
  ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
  fs::create_symlink("real.json", folder_ / "link.json");
  WriteFileWhole(folder_ / "link.json", "new");
  EXPECT_TRUE(fs::is_symlink(folder_ / "link.json"));
  EXPECT_EQ(ReadFileWhole(path, kLimit), "new");
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0640U);
}

TEST_F(WriteFileWholeTest, WritesToDevicesInPlace) {
  WriteFileWhole("/dev/null", "gone");
  EXPECT_FALSE(fs::is_regular_file("/dev/null"));
}

TEST_F(WriteFileWholeTest, ReadsNoMoreThanAllowed) {
  WriteFileWhole(folder_ / "big", std::string(100, 'x'));
  EXPECT_THAT(MessageOf([this] { (void)ReadFileWhole(folder_ / "big", 99); }),
              HasSubstr("File too large"));
  EXPECT_EQ(ReadFileWhole(folder_ / "big", 100).size(), 100U);
}

}  // namespace
}  // namespace smtpgauge
