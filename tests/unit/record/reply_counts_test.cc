#include "runner/record/reply_counts.h"

#include <gtest/gtest.h>

namespace smtpgauge {
namespace {

TEST(ReplyCounts, TellsKeysApart) {
  ReplyCounts counts;
  counts.Add(Phase::kMail, 250, {});
  counts.Add(Phase::kMail, 250, {2, 1, 0});
  counts.Add(Phase::kMail, 250, {2, 0, 1});
  counts.Add(Phase::kRcpt, 250, {2, 1, 0});
  counts.Add(Phase::kRcpt, 250, {2, 1, 0});
  counts.Add(Phase::kSession, 599, {5, 999, 999});
  const ReplyCounts::Map expected = {{{Phase::kMail, 250, ""}, 1},
                                     {{Phase::kMail, 250, "2.1.0"}, 1},
                                     {{Phase::kMail, 250, "2.0.1"}, 1},
                                     {{Phase::kRcpt, 250, "2.1.0"}, 2},
                                     {{Phase::kSession, 599, "5.999.999"}, 1}};
  EXPECT_EQ(counts.ToMap(), expected);
}

TEST(ReplyCounts, FoldsWhatComesAfterTheLastKey) {
  ReplyCounts counts;
  std::uint64_t added = 0;
  for (std::uint16_t subject = 0; subject < 1000; ++subject) {
    for (const Phase phase : {Phase::kMail, Phase::kRcpt}) {
      counts.Add(phase, 450, {4, subject, 1});
      ++added;
    }
  }
  counts.Add(Phase::kMail, 450, {4, 0, 1});  // known before the table was full: still told apart
  const ReplyCounts::Map map = counts.ToMap();
  EXPECT_EQ(map.size(), ReplyCounts::kMaxKeys + 2);
  EXPECT_EQ((map.at({Phase::kMail, 450, "4.0.1"})), 2U);
  EXPECT_EQ((map.at({Phase::kMail, 0, "other"})), 1000U - ReplyCounts::kMaxKeys / 2);
  std::uint64_t sum = 0;
  for (const auto& [key, count] : map)
    sum += count;
  EXPECT_EQ(sum, added + 1);
}

}  // namespace
}  // namespace smtpgauge
