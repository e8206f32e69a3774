// Accepted deviations: what a baseline explains, what is new, what is gone.
#include "runner/check/baseline.h"

#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "scenarios/catalogue.h"

namespace smtpgauge {
namespace {

/// A file of its own for each test, removed at the end.
class BaselineFile : public testing::Test {
 protected:
  void SetUp() override {
    path_ = std::filesystem::temp_directory_path() /
            fmt::format("smtpgauge-baseline-{}-{}.json", getpid(),
                        testing::UnitTest::GetInstance()->current_test_info()->name());
  }
  void TearDown() override { std::filesystem::remove(path_); }

  [[nodiscard]] Baseline Read(const std::string& json) const {
    std::ofstream(path_) << json;
    return ReadBaseline(path_);
  }
  [[nodiscard]] std::string ProblemOf(const std::string& json) const {
    try {
      (void)Read(json);
    } catch (const InputError& error) {
      const std::string what = error.what();
      EXPECT_NE(what.find(path_.string()), std::string::npos) << what;
      return what.substr(what.find(path_.string()) + path_.string().size());
    }
    return "";
  }

  std::filesystem::path path_;
};

CaseResult Result(std::string id, Verdict verdict, std::string actual = {}) {
  CaseResult result;
  result.id = std::move(id);
  result.verdict = verdict;
  result.actual = std::move(actual);
  return result;
}

TEST_F(BaselineFile, ExplainsFailuresWarningsAndUnexpectedPasses) {
  const Baseline baseline = Read(R"({"server": "x", "accepted": [
      {"id": "a", "reason": "known"}, {"id": "b/*", "reason": "all of them"},
      {"id": "c", "actual": "^250", "reason": "takes it"}]})");
  CheckResult result;
  result.results = {Result("a", Verdict::kFail),           Result("b/one", Verdict::kWarn),
                    Result("b/two", Verdict::kPass),       Result("c", Verdict::kFail, "250 ok"),
                    Result("c", Verdict::kFail, "554 no"), Result("a", Verdict::kPass),
                    Result("a", Verdict::kBlocked),        Result("d", Verdict::kFail)};
  ApplyBaseline(baseline, result);
  std::vector<std::string> reasons;
  for (const CaseResult& one : result.results)
    reasons.push_back(one.baseline_reason.value_or("-"));
  EXPECT_EQ(reasons, (std::vector<std::string>{"known", "all of them", "-", "takes it", "-",
                                               "known", "-", "-"}));
}

TEST_F(BaselineFile, WhatIsWrittenIsReadAgain) {
  CheckResult result;
  result.info.target = "mx.example.test";
  result.results = {Result("a", Verdict::kFail), Result("b", Verdict::kPass),
                    Result("c", Verdict::kWarn)};
  const Baseline baseline = Read(WriteBaseline(result));
  EXPECT_EQ(baseline.server, "mx.example.test");
  ASSERT_EQ(baseline.accepted.size(), 2U);
  EXPECT_EQ(baseline.accepted[0].id, "a");
  EXPECT_EQ(baseline.accepted[1].reason, "not looked into yet");
}

TEST_F(BaselineFile, SaysWhereItIsWrong) {
  EXPECT_EQ(ProblemOf(R"({"server": "x", "accepted": []})"), "");
  EXPECT_NE(ProblemOf("[]").find("expected {"), std::string::npos);
  EXPECT_NE(ProblemOf("{").find("expected {"), std::string::npos);
  EXPECT_NE(ProblemOf(R"({"server": 7, "accepted": []})").find("/server"), std::string::npos);
  EXPECT_NE(ProblemOf(R"({"accepted": [{"id": "a"}]})").find("/accepted/0"), std::string::npos);
  EXPECT_NE(ProblemOf(R"({"accepted": [7]})").find("/accepted/0"), std::string::npos);
  EXPECT_NE(ProblemOf(R"({"accepted": [{"id": "a", "reason": "b", "why": "c"}]})").find("/why"),
            std::string::npos);
  EXPECT_NE(
      ProblemOf(R"({"accepted": [{"id": "a", "reason": "b", "actual": "("}]})").find("/actual"),
      std::string::npos);
}

TEST(Baseline, AFileThatIsNotThereIsNamed) {
  EXPECT_THROW((void)ReadBaseline("/nonexistent/baseline.json"), InputError);
}

}  // namespace
}  // namespace smtpgauge
