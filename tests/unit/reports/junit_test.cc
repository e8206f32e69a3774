#include "reports/junit.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>
#include <pugixml.hpp>

#include "reports/octets.h"
#include "tests/unit/reports/golden.h"
#include "tests/unit/reports/samples.h"

namespace smtpgauge {
namespace {

pugi::xml_document Parse(const std::string& xml) {
  pugi::xml_document document;
  const pugi::xml_parse_result result = document.load_string(xml.c_str());
  EXPECT_TRUE(result) << result.description() << " at " << result.offset;
  return document;
}

std::size_t Count(const pugi::xml_node& node, const char* path) {
  return node.select_nodes(path).size();
}

TEST(JunitReport, LooksAsItShould) {
  ExpectGolden("check.xml", WriteJunit(SampleCheck()));
  ExpectGolden("load.xml", WriteJunit(InvalidLoad()));
}

TEST(JunitReport, CountsWhatItContains) {
  for (const Report& report :
       {Report(SampleCheck()), Report(HostileCheck()), Report(CleanCheck()), Report(CheckResult{}),
        Report(SampleLoad()), Report(HostileLoad())}) {
    const auto document = Parse(WriteJunit(report));
    const pugi::xml_node suites = document.child("testsuites");
    for (const auto& [attribute, path] : {std::pair{"tests", ".//testcase"},
                                          {"failures", ".//failure"},
                                          {"errors", ".//error"},
                                          {"skipped", ".//skipped"}}) {
      EXPECT_EQ(suites.attribute(attribute).as_uint(), Count(suites, path)) << attribute;
      for (const pugi::xml_node& suite : suites.children("testsuite")) {
        EXPECT_EQ(suite.attribute(attribute).as_uint(), Count(suite, path)) << attribute;
      }
    }
  }
}

TEST(JunitReport, TellsFailureErrorAndSkippedApart) {
  const auto document = Parse(WriteJunit(SampleCheck()));
  const auto child = [&document](const std::string& name) {
    const std::string path = "//testcase[@name='" + name + "']/*";
    return std::string(document.select_node(path.c_str()).node().name());
  };
  EXPECT_EQ(child("5321-3.3-rcpt-before-mail"), "failure");
  EXPECT_EQ(child("sec-endless-line"), "error");
  EXPECT_EQ(child("5321-4.1.1.4-empty-body"), "skipped");
  EXPECT_EQ(child("4954-4-auth-plain"), "skipped");
  EXPECT_EQ(child("1870-3-size-parameter"), "skipped");
  EXPECT_EQ(child("5321-4.2-bare-lf"), "skipped") << "accepted by the baseline";
  EXPECT_EQ(child("5321-4.1.1.1-ehlo-no-argument"), "system-out") << "a warning passes";
  EXPECT_EQ(child("5321-4.1.1.10-quit"), "");
}

TEST(JunitReport, PutsTheStoryIntoTheBody) {
  const auto document = Parse(WriteJunit(SampleCheck()));
  const std::string body =
      document.select_node("//testcase[@name='5321-3.3-rcpt-before-mail']/failure")
          .node()
          .text()
          .get();
  EXPECT_NE(body.find("expected  503 (tolerated: 5yz)"), std::string::npos);
  EXPECT_NE(body.find("actual    250 2.1.5 Ok"), std::string::npos);
  EXPECT_NE(body.find("0.001600 1 > RCPT TO:<postmaster@mx.example>\\r\\n"), std::string::npos);
}

TEST(JunitReport, GivesEveryCaseANameOfItsOwn) {
  CheckResult twice = SampleCheck();
  twice.results.insert(twice.results.end(), twice.results.begin(), twice.results.end());
  for (const Report& report : {Report(twice), Report(HostileLoad())}) {
    const auto document = Parse(WriteJunit(report));
    std::set<std::string> names;
    for (const auto& row : document.select_nodes("//testcase")) {
      const std::string name = std::string(row.node().attribute("classname").value()) + "\n" +
                               row.node().attribute("name").value();
      EXPECT_TRUE(names.insert(name).second) << name;
      EXPECT_NE(row.node().attribute("time").value(), std::string());
    }
  }
}

TEST(JunitReport, CarriesHostileOctetsWithoutLoss) {
  const auto document = Parse(WriteJunit(HostileCheck()));
  const auto texts = HostileTexts();
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::string path = "//testcase[@name='hostile-" + std::to_string(10 + i) + "']/failure";
    const std::string body = document.select_node(path.c_str()).node().text().get();
    EXPECT_NE(body.find("because   " + EscapeOctets(texts[i]) + "\n"), std::string::npos) << body;
  }
}

// XML 1.0 section 2.2 forbids them even as character references; pugixml would not mind.
TEST(JunitReport, HasNoCharacterThatXmlForbids) {
  for (const Report& report : {Report(HostileCheck()), Report(HostileLoad())}) {
    const std::string xml = WriteJunit(report);
    EXPECT_TRUE(std::all_of(xml.begin(), xml.end(), [](char octet) {
      return octet == '\n' || static_cast<unsigned char>(octet) >= 0x20;
    }));
    EXPECT_EQ(xml.find("&#x"), std::string::npos);
    EXPECT_EQ(xml.find("\xef\xbf\xbf"), std::string::npos) << "U+FFFF";
    EXPECT_EQ(xml.find('\xff'), std::string::npos) << "not UTF-8";
  }
}

TEST(JunitReport, JudgesALoadRun) {
  const auto document = Parse(WriteJunit(InvalidLoad()));
  EXPECT_EQ(Count(document, "//testcase[@classname='smtpgauge.load.generator']/error"), 1U);
  EXPECT_EQ(Count(document, "//testcase[@classname='smtpgauge.load.thresholds']/failure"), 2U);
  EXPECT_EQ(Count(document, "//testcase[@name='deliver /steps/1']/failure"), 1U);
  EXPECT_EQ(Count(document, "//testcase[@name='deliver /steps/0']/failure"), 0U);
}

TEST(JunitReport, KeepsAFailureShort) {
  CheckResult check = CleanCheck();
  check.results[0].verdict = Verdict::kFail;
  for (int i = 0; i < 5000; ++i) {
    check.results[0].transcript.push_back(
        {TranscriptEntry::Kind::kReceived, 1, {}, std::string(4000, 'x'), 0});
  }
  EXPECT_LT(WriteJunit(check).size(), 100'000U);
}

}  // namespace
}  // namespace smtpgauge
