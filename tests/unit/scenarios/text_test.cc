#include "scenarios/text.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "scenarios/pattern.h"
#include "tests/unit/scenarios/scenario_file.h"

namespace smtpgauge {
namespace {

struct TextCase {
  const char* json;  ///< of the text
  std::string octets;
};

const Send& FirstSend(const Script& script) {
  return std::get<Send>(script.ops.at(0).action);
}

TEST(Text, PiecesThatNeedNoRunTimeAreConstant) {
  const std::vector<TextCase> cases = {
      {R"("plain")", "plain"},
      {R"(12)", "12"},
      {R"("a\r\nb\u0000c")", std::string("a\r\nb\0c", 6)},
      {R"("$${token} costs 5$")", "${token} costs 5$"},
      {R"(["a", "b", ["c", {"hex": "0d 0a"}]])", "abc\r\n"},
      {R"({"hex": "00FF"})", std::string("\0\xff", 2)},
      {R"({"fill": "ab", "count": 5})", "ababa"},
      {R"({"fill": "ab", "count": 0})", ""},
      {R"(["<", {"pad": "x", "total": 6}, ">"])", "<xxxx>"},
      {R"(["too long", {"pad": "x", "total": 3}])", "too long"},
      {R"({"repeat": ["a", {"hex": "2e"}], "count": 3})", "a.a.a."},
      {R"({"base64": "\u0000user\u0000pencil"})", "AHVzZXIAcGVuY2ls"},
      {R"({"xtext": "a+b=c d"})", "a+2Bb+3Dc+20d"},
      {R"({"length": {"fill": "a", "count": 1000}})", "1000"},
      {R"("${recipient}|${recipient.local}|${recipient.domain}")",
       "box@example.test|box|example.test"},
      {R"("${recipient2} ${recipients.1} ${recipients.3}")",
       "second@example.test box@example.test box+3@example.test"},
      {R"("${hello} ${helo} ${profile}")", "EHLO client.example mx"},
  };
  for (const TextCase& item : cases) {
    SCOPED_TRACE(item.json);
    const Script script =
        CompileMembers(R"("probe": [{"raw": )" + std::string(item.json) + R"(}])");
    EXPECT_TRUE(FirstSend(script).text.constant);
    EXPECT_EQ(FirstSend(script).text.octets, item.octets);
    EXPECT_EQ(RenderedText(FirstSend(script).text), item.octets);
  }
}

TEST(Text, SendAddsCrlfAndAPadCountsIt) {
  const Script script =
      CompileMembers(R"("probe": [{"send": ["NOOP ", {"pad": "x", "total": 512}]}])");
  const std::string& octets = FirstSend(script).text.octets;
  EXPECT_EQ(octets.size(), 512U);
  EXPECT_TRUE(octets.ends_with("x\r\n"));
}

TEST(Text, PadAroundWhatOnlyTheRunKnows) {
  const Script script = CompileMembers(
      R"("probe": [{"send": ["NOOP ${token} ", {"pad": "x", "total": 40}, "${token}"]}])");
  const Text& text = FirstSend(script).text;
  EXPECT_FALSE(text.constant);
  for (const std::string token : {"", "t", "0123456789"}) {
    const std::string octets = RenderedText(text, {token});
    EXPECT_EQ(octets.size(), 40U) << token;
    EXPECT_TRUE(octets.ends_with(token + "\r\n"));
  }
}

TEST(Text, CountsMayComeFromSlots) {
  const Script script = CompileMembers(R"("probe": [{"repeat": 3, "as": "i", "steps": [
      {"raw": {"fill": "a", "count": "${i}+1"}}]}])");
  const Text& text = std::get<Send>(script.ops.at(1).action).text;
  Slots slots(kFirstFreeSlot + 1);
  const auto octets = [&](const std::string& value) {
    slots[kFirstFreeSlot] = value;
    return RenderedText(text, slots);
  };
  EXPECT_EQ(octets("2"), "aaa");
  EXPECT_EQ(octets("not a number"), "a");
  EXPECT_EQ(octets("-7"), "");
  EXPECT_LE(octets("99999999999999999999").size(), kMaxRendered);
}

TEST(Text, RecipientsByLoopCounter) {
  const std::string members = R"("probe": [{"repeat": 5, "as": "i", "steps": [
      {"raw": "${recipients.i} ${recipients.i.local}"}]}])";
  Bindings numbered = ExampleTarget();
  numbered.recipients = {"box+%d@example.test"};
  const Script given = CompileMembers(members);
  const Script made = CompileMembers(members, numbered);
  Slots slots(kFirstFreeSlot + 1);
  const auto octets = [&slots](const Script& script, const std::string& value) {
    slots[kFirstFreeSlot] = value;
    return RenderedText(std::get<Send>(script.ops.at(1).action).text, slots);
  };
  EXPECT_EQ(octets(given, "2"), "second@example.test second");
  EXPECT_EQ(octets(given, "57"), "box+57@example.test box+57");
  EXPECT_EQ(octets(made, "1"), "box+1@example.test box+1");
  EXPECT_EQ(octets(made, "57"), "box+57@example.test box+57");
}

TEST(Text, OnceForEachValueIsTheSameAsOneByOne) {
  const auto literal = [](std::string octets) {
    TextPiece piece;
    piece.octets = std::move(octets);
    return piece;
  };
  const auto slot = [](SlotIndex index) {
    TextPiece piece;
    piece.kind = TextPiece::Kind::kSlot;
    piece.slot = index;
    return piece;
  };
  const TextPiece value = slot(kRecipientSlot);
  TextPiece pad = literal("x");
  pad.kind = TextPiece::Kind::kPad;
  pad.count.offset = 30;
  const std::vector<std::pair<std::vector<TextPiece>, bool>> texts = {
      {{literal("RCPT TO:<"), value, literal(">\r\n")}, true},
      {{literal("RCPT TO:<"), value, literal("> ID="), slot(kTokenSlot), literal("\r\n")}, true},
      {{value, literal(" "), value}, true},
      {{literal("NOOP "), slot(kTokenSlot)}, true},
      {{value, pad}, false},
  };
  const std::vector<std::string> ring = {"a@example.test", "", "ccc@example.test"};
  for (const auto& [pieces, plain] : texts) {
    const Text text{.pieces = pieces, .constant = false, .octets = {}, .plain = plain};
    for (const std::size_t count : {0U, 1U, 2U, 7U}) {
      Slots slots(kFirstFreeSlot, "t");
      Slots same = slots;
      std::string at_once = "before";
      std::string one_by_one = at_once;
      for (std::size_t i = 0; i < count; ++i) {
        same[kRecipientSlot] = ring[(4 + i) % ring.size()];
        Render(text, same, 0, one_by_one);
      }
      RenderEach(text, slots, kRecipientSlot, {ring, 4, count}, at_once);
      EXPECT_EQ(at_once, one_by_one);
      EXPECT_EQ(slots, same);
    }
  }
}

TEST(Text, SecretsAreMarkedWhereTheyLandAlsoWhenEncoded) {
  Bindings target = ExampleTarget();
  target.user = "joe";
  target.password = "pencil";
  const Script script = CompileMembers(
      R"("probe": [{"raw": ["AUTH PLAIN ", {"base64": ["\u0000${user}\u0000${password}"]},
         " ${password}", {"pad": "x", "total": 60}, "${password}"]}])",
      target);
  const Text& text = FirstSend(script).text;
  ASSERT_FALSE(text.constant) << "a constant text has no secret ranges";
  std::string out = "before";
  std::vector<SecretRange> secrets;
  Render(text, Slots(kFirstFreeSlot), 0, out, &secrets);
  ASSERT_EQ(secrets.size(), 3U);
  std::vector<std::string> hidden;
  for (const SecretRange& range : secrets)
    hidden.push_back(out.substr(range.begin, range.end - range.begin));
  EXPECT_EQ(hidden, (std::vector<std::string>{"AGpvZQBwZW5jaWw=", "pencil", "pencil"}));
}

TEST(Text, BdatAnnouncesItsOctets) {
  const Script script = CompileMembers(R"("probe": [
      {"bdat": {"octets": "hello\r\n"}}, {"bdat": {"octets": "${token}", "last": true}},
      {"bdat": {"octets": "hello", "declared": 9}}, {"bdat": {"octets": "", "size": "-1 x"}}])");
  const auto octets = [&script](std::size_t op) {
    return RenderedText(std::get<Send>(script.ops.at(op).action).text, {"12345678"});
  };
  EXPECT_EQ(octets(0), "BDAT 7\r\nhello\r\n");
  EXPECT_EQ(octets(1), "BDAT 8 LAST\r\n12345678");
  EXPECT_EQ(octets(2), "BDAT 9\r\nhello");
  EXPECT_EQ(octets(3), "BDAT -1 x\r\n");
  EXPECT_EQ(script.ops.at(0).phase, Phase::kData);
  EXPECT_EQ(script.ops.at(1).phase, Phase::kEod);
}

TEST(Text, FilesBesideTheScenario) {
  const ScenarioFile file(Scenario(R"("probe": [{"raw": {"file": "octets.bin"}}])"));
  file.Add("octets.bin", std::string("\0\xff\r\n", 4));
  const Plan plan = Catalogue::Load({file.path()}).Compile({});
  EXPECT_EQ(FirstSend(plan.scripts.at(0)).text.octets, std::string("\0\xff\r\n", 4));
}

TEST(Pattern, LatinOneSearchAndFirstGroup) {
  const Pattern pattern("queued as (\\S+)");
  bool found = false;
  EXPECT_EQ(pattern.Capture("2.0.0 Ok: queued as 4F\xff", &found), "4F\xff");
  EXPECT_TRUE(found);
  EXPECT_EQ(pattern.Capture("2.0.0 Ok", &found), "");
  EXPECT_FALSE(found);
  EXPECT_TRUE(Pattern("[\\x80-\\xff]").Matches("caf\xe9"));
  EXPECT_EQ(Pattern("[a-z]+").Capture("12abc", nullptr), "abc");
  EXPECT_TRUE(Pattern("^" + QuotePattern("a.b+c@[1]") + "$").Matches("a.b+c@[1]"));
  EXPECT_THROW(Pattern("(a"), std::invalid_argument);
  EXPECT_THROW(Pattern("(?=a)"), std::invalid_argument);
}

}  // namespace
}  // namespace smtpgauge
