#include "reports/json.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reports/json_reader.h"
#include "reports/octets.h"
#include "reports/writer.h"
#include "tests/unit/reports/golden.h"
#include "tests/unit/reports/samples.h"

namespace smtpgauge {
namespace {

using nlohmann::json;
using testing::HasSubstr;

std::vector<Report> Samples() {
  CheckResult partial = SampleCheck();
  partial.partial = true;
  return {SampleCheck(), CleanCheck(),  HostileCheck(), CheckResult{}, partial,
          SampleLoad(),  InvalidLoad(), HostileLoad(),  LoadResult{}};
}

std::string MessageOf(std::string_view text) {
  try {
    (void)ReadResult(text, "result.json");
  } catch (const ResultError& error) {
    return error.what();
  }
  return "no error";
}

TEST(JsonReport, LooksAsItShould) {
  ExpectGolden("check.json", WriteJson(SampleCheck()));
  ExpectGolden("load.json", WriteJson(InvalidLoad()));
}

TEST(JsonReport, HasTheShapeThatOthersRelyOn) {
  const json check = json::parse(WriteJson(SampleCheck()));
  EXPECT_EQ(check["format"], "smtpgauge-check");
  EXPECT_EQ(check["version"], 1);
  EXPECT_EQ(check["seed"], 18446744073709551615U);
  EXPECT_EQ(check["summary"],
            json::parse(R"({"pass":3,"warn":1,"fail":2,"not_applicable":1,"blocked":1,"skipped":1,
                            "error":1,"total":10})"));
  for (const json& row : check["results"]) {
    for (const char* key : {"id", "level", "rfc", "section", "verdict", "reason", "expected",
                            "actual", "transcript"}) {
      EXPECT_TRUE(row.contains(key)) << key;
    }
  }
  const json load = json::parse(WriteJson(SampleLoad()));
  for (const char* key : {"offered", "started", "completed", "accepted", "rejected", "failed"}) {
    EXPECT_TRUE(load["messages"].contains(key)) << key;
  }
  EXPECT_DOUBLE_EQ(load["throughput_per_s"], 1821.6);
  EXPECT_TRUE(load["generator"]["valid"]);
  EXPECT_TRUE(load["generator"]["reasons"].is_array());
  EXPECT_DOUBLE_EQ(load["generator"]["cpu_us_per_message"], 41.25);
  EXPECT_EQ(load["checks"]["fail"], 3);
  EXPECT_EQ(load["checks"]["total"], 18824);
  EXPECT_TRUE(load["thresholds"][2]["actual"].is_null());
  std::vector<json> times = {load["generator"]["lateness_us"]};
  for (const json& phase : load["phases"]) {
    EXPECT_TRUE(phase.contains("phase") && phase.contains("outcome"));
    times.push_back(phase["service_time_us"]);
    times.push_back(phase["response_time_us"]);
  }
  for (const json& time : times) {
    for (const char* key : {"count", "mean", "p50", "p90", "p99", "p99_9", "max"}) {
      EXPECT_TRUE(time[key].is_number()) << key;
    }
    EXPECT_EQ(time["hdr"].get<std::string>().substr(0, 5), "HISTF");
  }
}

TEST(JsonReport, IsUtf8WithoutControlCharacters) {
  for (const Report& report : Samples()) {
    const std::string text = WriteJson(report);
    EXPECT_TRUE(std::all_of(text.begin(), text.end(), [](char octet) {
      return octet == '\n' || static_cast<unsigned char>(octet) >= 0x20;
    }));
    EXPECT_TRUE(json::accept(text));
  }
}

TEST(ReadResult, LosesNothing) {
  for (const Report& report : Samples()) {
    const std::string stored = WriteJson(report);
    const Report read = ReadResult(stored, "result.json");
    ASSERT_EQ(read.index(), report.index());
    for (const Format& format : Formats()) {
      EXPECT_EQ(format.write(read), format.write(report)) << format.name;
    }
  }
}

TEST(ReadResult, GivesBackHostileOctets) {
  const auto read = std::get<CheckResult>(ReadResult(WriteJson(HostileCheck()), "result.json"));
  const CheckResult original = HostileCheck();
  ASSERT_EQ(read.results.size(), original.results.size());
  for (std::size_t i = 0; i < read.results.size(); ++i) {
    EXPECT_EQ(read.results[i].actual, original.results[i].actual);
    ASSERT_EQ(read.results[i].transcript.size(), original.results[i].transcript.size());
    for (std::size_t j = 0; j < read.results[i].transcript.size(); ++j) {
      EXPECT_EQ(read.results[i].transcript[j].octets, original.results[i].transcript[j].octets);
    }
  }
}

TEST(ReadResult, GivesBackHistogramsExactly) {
  const auto read = std::get<LoadResult>(ReadResult(WriteJson(SampleLoad()), "result.json"));
  const LoadResult original = SampleLoad();
  EXPECT_EQ(read.phases, original.phases);
  EXPECT_EQ(read.generator.lateness, original.generator.lateness);
  ASSERT_EQ(read.series.size(), original.series.size());
  for (std::size_t i = 0; i < read.series.size(); ++i) {
    EXPECT_EQ(read.series[i].message_response, original.series[i].message_response);
    EXPECT_EQ(read.series[i].messages, original.series[i].messages);
  }
}

struct Damage {
  const char* pointer;
  json value;
  const char* message;
};

TEST(ReadResult, NamesWhatIsWrongInACheck) {
  const std::string good = WriteJson(SampleCheck());
  for (const Damage& damage : {
           Damage{"/format", "something", "\"format\" must be \"smtpgauge-check\""},
           Damage{"/version", 2, "/version: expected 1, which is what this smtpgauge reads"},
           Damage{"/results/0/verdict", "pass",
                  "/summary: does not follow from the rest of the file"},
           Damage{"/summary/total", 11, "/summary/total: does not follow"},
           Damage{"/results/0/verdict", "passed", "/results/0/verdict: expected one of pass, warn"},
           Damage{"/results/0/level", 1, "/results/0/level: expected one of MUST"},
           Damage{"/results/0/actual", "a\\q", "/results/0/actual: expected a string whose"},
           Damage{"/results/0/transcript/0/connection", 256,
                  "connection: expected a whole number from 0 to 255"},
           Damage{"/results/0/transcript/0/omitted", -1, "omitted: expected a whole number"},
           Damage{"/results/0/transcript/0/kind", "said",
                  "kind: expected one of sent, received, note"},
           Damage{"/results/0/more", 1, "/results/0: unknown key \"more\""},
           Damage{"/results", json::object(), "/results: expected an array"},
           Damage{"/facts/0", "x", "/facts/0: expected an object"},
           Damage{"/seed", 1.5, "/seed: expected a whole number"},
           Damage{"/seed", "1", "/seed: expected a whole number"},
           Damage{"/partial", 0, "/partial: expected true or false, found 0"},
           Damage{"/started", "yesterday", "/started: expected a time as 2026"},
           Damage{"/tool/name", "other", "/tool/name: does not follow"},
       }) {
    json broken = json::parse(good);
    broken[json::json_pointer(damage.pointer)] = damage.value;
    EXPECT_THAT(MessageOf(broken.dump()), HasSubstr(damage.message)) << damage.pointer;
    EXPECT_TRUE(MessageOf(broken.dump()).starts_with("result.json: "));
  }
}

TEST(ReadResult, NamesWhatIsWrongInALoad) {
  const std::string good = WriteJson(SampleLoad());
  const json parsed = json::parse(good);
  for (const Damage& damage : {
           Damage{"/phases/0/phase", "quack", "/phases/0/phase: expected one of connect, greeting"},
           Damage{"/phases/1", parsed["phases"][0], "/phases/1: repeats an earlier row"},
           Damage{"/phases/0/service_time_us/p99", 7,
                  "/phases/0/service_time_us: mean or percentiles"},
           Damage{"/phases/0/service_time_us/count", 7, "/phases/0/service_time_us: histogram"},
           Damage{"/phases/0/service_time_us/max", 9000000000,
                  "/phases/0/service_time_us: histogram"},
           Damage{"/phases/0/service_time_us/hdr", "HISTF", "/phases/0/service_time_us: "},
           Damage{"/throughput_per_s", 9999, "/throughput_per_s: does not follow"},
           Damage{"/checks/fail", 0, "/checks"},
           Damage{"/replies/0/code", "250", "/replies/0/code: expected a whole number"},
           Damage{"/generator/cpu_share", "low", "/generator/cpu_share: expected a number or null"},
       }) {
    json broken = json::parse(good);
    broken[json::json_pointer(damage.pointer)] = damage.value;
    EXPECT_THAT(MessageOf(broken.dump()), HasSubstr(damage.message)) << damage.pointer;
  }
}

TEST(ReadResult, MissesEveryKey) {
  for (const Report& report : {Report(SampleCheck()), Report(SampleLoad())}) {
    const json good = json::parse(WriteJson(report));
    for (const auto& [key, value] : good.items()) {
      json broken = good;
      broken.erase(key);
      EXPECT_THAT(MessageOf(broken.dump()), HasSubstr(key)) << key;
    }
  }
}

TEST(ReadResult, RefusesWhatIsNoResult) {
  EXPECT_THAT(MessageOf(""), HasSubstr("not JSON"));
  EXPECT_THAT(MessageOf("[]"), HasSubstr("not a result of smtpgauge"));
  EXPECT_THAT(MessageOf("{}"), HasSubstr("not a result of smtpgauge"));
  EXPECT_THAT(MessageOf(R"({"format":"smtpgauge-check","format":"x"})"), HasSubstr("stands twice"));
  EXPECT_THAT(MessageOf(std::string(200000, '[')), HasSubstr("not JSON"));
  EXPECT_THAT(MessageOf(std::string(200000, '[') + std::string(200000, ']')),
              HasSubstr("not a result of smtpgauge"));
}

// Messages go to a terminal, and every prefix of a stored result is what a crash may leave behind.
TEST(ReadResult, SurvivesDamageWithAMessageThatIsSafeToPrint) {
  const auto is_safe = [](const std::string& message) {
    return std::all_of(message.begin(), message.end(), [](char octet) {
      return static_cast<unsigned char>(octet) >= 0x20 && octet != 0x7f;
    });
  };
  const std::string good = WriteJson(CleanCheck());
  for (std::size_t length = 0; length + 1 < good.size(); ++length) {
    const std::string message = MessageOf(good.substr(0, length));
    EXPECT_NE(message, "no error") << length;
    EXPECT_TRUE(is_safe(message));
  }
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const char octet : {'\0', '\x1b', '\xff', '"', '9'}) {
      std::string broken = good;
      broken[at] = octet;
      EXPECT_TRUE(is_safe(MessageOf(broken))) << at;
    }
  }
}

}  // namespace
}  // namespace smtpgauge
