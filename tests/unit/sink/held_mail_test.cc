#include "runner/sink/held_mail.h"

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "runner/sink/base64.h"
#include "tests/unit/sink/talk.h"

namespace smtpgauge::sink {
namespace {

using namespace std::literals;

HeldMessage Message(std::int64_t due, std::uint64_t octets) {
  HeldMessage message;
  message.due = due;
  message.octets = octets;
  return message;
}

TEST(HeldMail, GivesBackWhatIsDueInOrder) {
  HeldMail mail;
  EXPECT_FALSE(mail.NextDue());
  for (const std::int64_t due : {30, 10, 20})
    mail.Add(Message(due, 1));
  EXPECT_EQ(mail.NextDue(), 10);
  EXPECT_FALSE(mail.TakeDue(9));
  EXPECT_EQ(mail.TakeDue(25)->due, 10);
  EXPECT_EQ(mail.TakeDue(25)->due, 20);
  EXPECT_FALSE(mail.TakeDue(25));
  EXPECT_EQ(mail.NextDue(), 30);
}

TEST(HeldMail, HasALimit) {
  HeldMail mail;
  const std::uint64_t large = 40 * 1024 * 1024;
  EXPECT_TRUE(mail.HasRoom(large));
  mail.Add(Message(1, large));
  EXPECT_FALSE(mail.HasRoom(large));
  EXPECT_TRUE(mail.TakeDue(1));
  EXPECT_TRUE(mail.HasRoom(large));
  for (int i = 0; i < 1000; ++i)
    mail.Add(Message(1, 0));
  EXPECT_FALSE(mail.HasRoom(0));
}

// A server that delivers into a folder of its own, and a user who has logged in.
class Hold : public ::testing::Test {
 protected:
  Hold() {
    std::string pattern = ::testing::TempDir() + "sink-hold-XXXXXX";
    directory_ = ::mkdtemp(pattern.data());
    Config config;
    config.profile = Profile::kSubmission;
    config.clear_password = ClearPassword::kAllowed;
    config.offer = FullOffer();
    config.maildir = directory_;
    config.users = {{"jo", "secret"}};
    talk_ = std::make_unique<Talk>(config);
    talk_->Line("EHLO x.example");
    talk_->Line("AUTH PLAIN " + EncodeBase64("\0jo\0secret"s));
  }
  ~Hold() override { std::filesystem::remove_all(directory_); }

  std::string Submit(const std::string& parameter) {
    return talk_->Send("MAIL FROM:<a@b.example>" + parameter +
                       "\r\nRCPT TO:<user@example.test>\r\nDATA\r\nx: y\r\n\r\nz\r\n.\r\n");
  }

  std::size_t Delivered() const {
    std::error_code none;
    const std::filesystem::directory_iterator files(directory_ + "/new", none);
    return static_cast<std::size_t>(std::distance(begin(files), end(files)));
  }

  std::string directory_;
  std::unique_ptr<Talk> talk_;
};

TEST_F(Hold, EndsAtItsTime) {
  EXPECT_NE(Submit(" HOLDFOR=60").find("250 2.5.0 Message accepted"), std::string::npos);
  talk_->Drop();
  EXPECT_EQ(Delivered(), 0U);
  talk_->PassUntil(59);
  EXPECT_EQ(Delivered(), 0U);
  talk_->PassUntil(60);
  EXPECT_EQ(Delivered(), 1U);
}

TEST_F(Hold, IsOfOneMessageOnly) {
  Submit(" HOLDFOR=60");
  Submit("");
  EXPECT_EQ(Delivered(), 1U);
}

}  // namespace
}  // namespace smtpgauge::sink
