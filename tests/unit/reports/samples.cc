#include "tests/unit/reports/samples.h"

#include <cmath>
#include <limits>
#include <utility>

namespace smtpgauge {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Kind = TranscriptEntry::Kind;

RunInfo Info(std::string command) {
  RunInfo info;
  info.command = std::move(command);
  info.tool_version = "0.1.0";
  info.catalogue_hash = "3fa1b2c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f80";
  info.target = "mx.example:25";
  info.addresses = {"192.0.2.1:25", "[2001:db8::1]:25"};
  info.profile = "mx";
  info.tls = "auto";
  info.seed = 18446744073709551615U;
  info.started = std::chrono::system_clock::time_point(seconds(1795363747) + microseconds(250000));
  info.elapsed = milliseconds(3217);
  return info;
}

std::vector<TranscriptEntry> Dialogue(std::string command, std::string reply) {
  return {{Kind::kReceived, 1, microseconds(412), "220 mx.example ESMTP\r\n", 0},
          {Kind::kSent, 1, microseconds(430), "EHLO tester.example\r\n", 0},
          {Kind::kReceived, 1, microseconds(1502),
           "250-mx.example\r\n250-PIPELINING\r\n250 SIZE\r\n", 0},
          {Kind::kSent, 1, microseconds(1600), std::move(command), 0},
          {Kind::kReceived, 1, microseconds(2750), std::move(reply), 0},
          {Kind::kNote, 1, microseconds(2800), "connection closed by us", 0}};
}

CaseResult Case(std::string id, std::string title, Level level, std::string section,
                Verdict verdict) {
  CaseResult result;
  result.id = std::move(id);
  result.title = std::move(title);
  result.level = level;
  result.rfc = level == Level::kSecurity || level == Level::kDeFacto ? "" : "5321";
  result.section = std::move(section);
  result.file = "rfc5321/" + result.section + ".json";
  result.verdict = verdict;
  result.step = "/probe/0";
  result.duration = milliseconds(3);
  return result;
}

Histogram Times(std::int64_t from_micros, std::int64_t step, std::uint64_t count) {
  Histogram histogram;
  for (std::uint64_t i = 0; i < count; ++i) {
    histogram.RecordMicros(from_micros + step * static_cast<std::int64_t>(i), 1);
  }
  return histogram;
}

MessageCounts Messages(std::uint64_t offered) {
  MessageCounts counts;
  counts.offered = offered;
  counts.missed = offered / 50;
  counts.delayed = offered / 25;
  counts.started = offered - counts.missed;
  counts.failed = offered / 100;
  counts.completed = counts.started - counts.failed;
  counts.rejected = offered / 20;
  counts.accepted = counts.completed - counts.rejected;
  counts.recipients_accepted = 2 * counts.accepted;
  counts.content_octets = 1024 * counts.accepted;
  return counts;
}

}  // namespace

std::vector<std::string> HostileTexts() {
  return {"</script><script>alert(1)</script>",
          "<img src=x onerror=alert(1)>",
          "\"' onmouseover='alert(1)\" x=`y`",
          "]]><!--&lt;&#27;",
          "\x1b[31mred\x1b]0;title\x07\x9b"
          "2J",
          std::string("nul\0in the middle", 17),
          "\xff\xfe\xc0\xaf\xed\xa0\x80 not UTF-8",
          "caf\xc3\xa9 \xf0\x9f\x93\xac \xe2\x80\xae right-to-left \xef\xbf\xbf \xc2\x9b"
          "1m",
          "back\\slash \\x41 \\",
          "250 ok\n::error::not yours\r\n\t##vso[x]",
          "{\"a\": [1, \"\\u0000\"]}"};
}

CheckResult SampleCheck() {
  CheckResult check;
  check.info = Info("check");
  check.facts = {{"EHLO keywords in clear", "PIPELINING SIZE 8BITMIME STARTTLS"},
                 {"recipient", "postmaster@mx.example is accepted"}};
  check.notes = {"STARTTLS is not advertised after TLS, as it should be"};

  CaseResult fail = Case("5321-3.3-rcpt-before-mail", "RCPT before MAIL is refused", Level::kMust,
                         "3.3", Verdict::kFail);
  fail.expected = "503 (tolerated: 5yz)";
  fail.actual = "250 2.1.5 Ok\r\n";
  fail.reason = "the server took a recipient without a sender";
  fail.transcript = Dialogue("RCPT TO:<postmaster@mx.example>\r\n", "250 2.1.5 Ok\r\n");

  CaseResult warn = Case("5321-4.1.1.1-ehlo-no-argument", "EHLO without a name is a syntax error",
                         Level::kShould, "4.1.1.1", Verdict::kWarn);
  warn.expected = "501 (tolerated: 5yz)";
  warn.actual = "550-no\r\n550 way\r\n";
  warn.reason = "right class, other code";
  warn.transcript = Dialogue("EHLO\r\n", "550-no\r\n550 way\r\n");

  CaseResult accepted =
      Case("5321-4.2-bare-lf", "Replies end in CRLF", Level::kMust, "4.2", Verdict::kFail);
  accepted.expected = "CRLF";
  accepted.actual = "250 ok\n";
  accepted.reason = "a bare LF ended a reply line";
  accepted.baseline_reason = "vendor ticket 4711, fixed in the next release";
  accepted.transcript = Dialogue("NOOP\r\n", "250 ok\n");

  CaseResult gone =
      Case("5321-4.1.4-noop", "NOOP is answered", Level::kMust, "4.1.4", Verdict::kPass);
  gone.baseline_reason = "was broken in 1.0";

  CaseResult blocked = Case("5321-4.1.1.4-empty-body", "An empty message is taken", Level::kMust,
                            "4.1.1.4", Verdict::kBlocked);
  blocked.reason = "MAIL was refused: 451 4.7.1 greylisted";
  CaseResult skipped =
      Case("4954-4-auth-plain", "AUTH PLAIN", Level::kMust, "4", Verdict::kSkipped);
  skipped.rfc = "4954";
  skipped.reason = "needs credentials (--user)";
  CaseResult not_applicable =
      Case("1870-3-size-parameter", "SIZE is taken", Level::kMust, "3", Verdict::kNotApplicable);
  not_applicable.rfc = "1870";
  not_applicable.reason = "SIZE is not advertised";
  CaseResult error = Case("sec-endless-line", "An endless line ends in bounded time",
                          Level::kSecurity, "", Verdict::kError);
  error.reason = "connection reset by peer";
  error.actual = "reset after 4,096 octets";
  error.transcript = {{Kind::kSent, 2, microseconds(10), std::string(64, 'a'), 4032}};
  check.results = {
      fail,
      warn,
      accepted,
      gone,
      blocked,
      skipped,
      not_applicable,
      error,
      Case("5321-4.1.1.10-quit", "QUIT is answered by 221", Level::kMust, "4.1.1.10",
           Verdict::kPass),
      Case("df-help-text", "HELP says something", Level::kDeFacto, "", Verdict::kPass)};
  check.results[8].transcript = Dialogue("QUIT\r\n", "221 2.0.0 Bye\r\n");
  return check;
}

CheckResult CleanCheck() {
  CheckResult check;
  check.info = Info("check");
  check.results = {Case("5321-4.1.1.10-quit", "QUIT is answered by 221", Level::kMust, "4.1.1.10",
                        Verdict::kPass)};
  return check;
}

CheckResult HostileCheck() {
  CheckResult check = SampleCheck();
  for (const std::string& text : HostileTexts()) {
    CaseResult result = Case("hostile-" + std::to_string(check.results.size()), text, Level::kMust,
                             "4.2", Verdict::kFail);
    result.reason = result.expected = result.actual = text;
    result.transcript = {{Kind::kReceived, 255, microseconds(1), text, 7}};
    check.results.push_back(result);
    check.facts.push_back({text, text});
    check.notes.push_back(text);
  }
  check.info.target = HostileTexts()[0];
  return check;
}

LoadResult SampleLoad() {
  LoadResult load;
  load.info = Info("load");
  load.messages = Messages(10000);
  load.in_window = Messages(9900);  // fewer were under way at the end than at the begin
  load.sessions = {120, 118, 110, 10, 50, 118, 60};
  load.measured = seconds(5);
  load.phases[{Phase::kConnect, Outcome::k2yz}] = {Times(80, 1, 120), Times(80, 1, 120)};
  load.phases[{Phase::kMail, Outcome::k2yz}] = {Times(100, 1, 9800), Times(150, 3, 9800)};
  load.phases[{Phase::kRcpt, Outcome::k2yz}] = {Times(90, 1, 18400), Times(90, 1, 18400)};
  load.phases[{Phase::kRcpt, Outcome::k4yz}] = {Times(90, 1, 500), Times(90, 1, 500)};
  load.phases[{Phase::kEod, Outcome::k2yz}] = {Times(400, 2, 9200), Times(500, 100, 9200)};
  load.phases[{Phase::kEod, Outcome::kTimeout}] = {Times(5000000, 0, 100), Times(5000000, 10, 100)};
  load.phases[{Phase::kMessage, Outcome::k2yz}] = {Times(700, 2, 9200), Times(900, 100, 9200)};
  load.phases[{Phase::kSession, Outcome::k2yz}] = {Times(900000, 100, 110),
                                                   Times(900000, 100, 110)};
  load.replies[{Phase::kMail, 250, "2.1.0"}] = 9800;
  load.replies[{Phase::kRcpt, 450, "4.7.1"}] = 500;
  load.replies[{Phase::kEod, 250, ""}] = 9200;
  for (std::uint64_t second = 0; second < 5; ++second) {
    Interval interval;
    interval.messages = Messages(1800 + 100 * second);
    interval.open_sessions = 10 * (second + 1);
    interval.message_response =
        PackedHistogram(Times(900 + 1000 * static_cast<std::int64_t>(second), 10, 1000));
    load.series.push_back(interval);
  }
  load.generator.lateness = Times(5, 1, 200);
  load.generator.loop_stalls = Times(1, 1, 90);
  load.generator.cpu_us_per_message = 41.25;
  load.generator.cpu_share = 0.375;
  load.generator.cpu_wait_share = 0.0625;
  load.generator.workers = 2;
  load.generator.descriptor_limit = 1048576;
  load.generator.peak_descriptors = 74;
  load.checks = {{"deliver", "/steps/0", {9800, 0, 0, 0, 0, 0, 0}},
                 {"deliver", "/steps/1", {9000, 20, 3, 0, 0, 0, 1}}};
  load.examples = {{"deliver", "/steps/1", Verdict::kFail, "250", "354 go ahead\r\n",
                    milliseconds(1204),
                    Dialogue("RCPT TO:<a@mx.example>\r\n", "354 go ahead\r\n")}};
  const ThresholdResult missed{"p99(eod) < 250ms", 912.4, "ms", "", false, false};
  const ThresholdResult held{"rate(accepted) > 90%", 92, "%", "", true, false};
  const double unknown = std::numeric_limits<double>::quiet_NaN();
  load.thresholds = {
      missed, held, {"p99(auth) < 1s", unknown, "s", "no AUTH was measured", false, false}};
  load.notes = {"pipelining: on (advertised)"};
  return load;
}

LoadResult InvalidLoad() {
  LoadResult load = SampleLoad();
  load.generator.valid = false;
  load.generator.reasons = {"p99 of the lateness is 48 ms, above the bound of 10 ms"};
  load.generator.paused = milliseconds(1250);
  load.messages.failed -= 20;
  load.partial = true;
  return load;
}

LoadResult HostileLoad() {
  LoadResult load = InvalidLoad();
  for (const std::string& text : HostileTexts()) {
    FailureExample example = load.examples.front();
    example.scenario = example.expected = example.actual = text;
    example.transcript = {{Kind::kReceived, 1, microseconds(1), text, 0}};
    load.examples.push_back(example);
    load.notes.push_back(text);
    load.generator.reasons.push_back(text);
    load.thresholds.push_back({text, 1, text, text, false, true});
    load.replies[{Phase::kOther, 0, text}] = 1;
    load.checks.push_back({text, text, {0, 0, 1, 0, 0, 0, 0}});
  }
  return load;
}

}  // namespace smtpgauge
