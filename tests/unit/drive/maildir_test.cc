#include "runner/drive/maildir.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

namespace smtpgauge {
namespace {

class Maildir : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder_ / "new"); }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void Deliver(const std::string& name, const std::string& content) const {
    std::ofstream(folder_ / "new" / name) << content;
  }

  std::filesystem::path folder_ = std::filesystem::path(testing::TempDir()) /
                                  testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(Maildir, FindsATokenAsAWhole) {
  Deliver("1", "X-Smtpgauge-Run: sgc-33\n\n");
  Deliver("2", "X-Smtpgauge-Run: sgc-33\nX-Other: sgc-3\n\n");
  Deliver("3", "X-Smtpgauge-Run: sgc-3-next\n\n");
  Deliver("4", "sgc-3");
  EXPECT_EQ(ReadMaildir(folder_, "sgc-3").size(), 3);
  EXPECT_EQ(ReadMaildir(folder_, "sgc-33").size(), 2);
  EXPECT_EQ(ReadMaildir(folder_, "sgc-4").size(), 0);
}

TEST_F(Maildir, HoldsNothingWhereThereIsNone) {
  EXPECT_TRUE(ReadMaildir(folder_ / "nobody", "sgc-3").empty());
}

}  // namespace
}  // namespace smtpgauge
