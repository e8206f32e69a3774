#include "scenarios/json_reader.h"

#include <string>

#include <gtest/gtest.h>

namespace smtpgauge {
namespace {

std::string FirstProblem(const std::string& text) {
  Problems problems;
  const auto value = ReadJson(text, "f.json", problems);
  EXPECT_EQ(value.has_value(), problems.empty());
  return problems.empty() ? "" : ProblemLine(problems.list().front());
}

TEST(ReadJson, KeepsOrderKindAndPlace) {
  Problems problems;
  const auto value = ReadJson(R"({"b": [1, 2.5, "x", true, null], "a/~": {}})", "f.json", problems);
  ASSERT_TRUE(value.has_value());
  ASSERT_EQ(value->members.size(), 2U);
  EXPECT_EQ(value->members[0].key, "b");
  const JsonValue& list = value->members[0].value;
  ASSERT_EQ(list.items.size(), 5U);
  EXPECT_EQ(list.items[0].integer, 1);
  EXPECT_TRUE(list.items[1].Is(JsonValue::Kind::kReal));
  EXPECT_EQ(list.items[2].pointer, "/b/2");
  EXPECT_EQ(list.items[2].file, "f.json");
  EXPECT_EQ(value->members[1].value.pointer, "/a~1~0");
  EXPECT_EQ(value->Find("c"), nullptr);
}

TEST(ReadJson, RefusesWhatIsNotStrictJson) {
  for (const char* text : {"", " ", "{", "[1,]", "{\"a\": 1,}", "{'a': 1}", "// no\n{}", "{} {}",
                           "nul", "\"\xff\"", "\"\x01\"", "[1e999999]", "{\"a\" 1}"})
    EXPECT_NE(FirstProblem(text), "") << text;
  EXPECT_EQ(FirstProblem("{\"a\": 1, \"b\": {\"c\": 1, \"c\": 2}}"),
            "f.json:/b: the key \"c\" stands twice");
}

TEST(ReadJson, EveryPrefixOfADocumentIsRefusedInPeace) {
  const std::string whole = R"({"a": [1, {"b": "\u00e9\n"}, -2.5e3, true, false, null], "c": {}})";
  EXPECT_EQ(FirstProblem(whole), "");
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_NE(FirstProblem(whole.substr(0, size)), "") << size;
}

TEST(ReadJson, BoundsDepthAndSize) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_EQ(FirstProblem(nested(kMaxJsonDepth)), "");
  EXPECT_NE(FirstProblem(nested(kMaxJsonDepth + 1)), "");
  EXPECT_NE(FirstProblem(nested(100'000)), "");
  std::string many = "[0";
  for (std::size_t i = 0; i < kMaxJsonValues; ++i)
    many += ",0";
  EXPECT_NE(FirstProblem(many + "]"), "");
  EXPECT_NE(FirstProblem(std::string(kMaxJsonOctets, ' ') + "1"), "");
  // Long keys on every level would make pointers, and memory, grow with the square of the file.
  std::string deep;
  const std::string key(60'000, 'k');
  for (int i = 0; i < 30; ++i)
    deep += "{\"" + key + "\":";
  deep += "[0";
  for (int i = 0; i < 1000; ++i)
    deep += ",0";
  EXPECT_NE(FirstProblem(deep), "");
}

}  // namespace
}  // namespace smtpgauge
