#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "scenarios/read_value.h"
#include "scenarios/step_kinds.h"

namespace smtpgauge {

namespace {

struct Verb {
  std::string_view name;
  Phase phase;
};
constexpr std::array<Verb, 9> kVerbs = {{{"EHLO", Phase::kEhlo},
                                         {"LHLO", Phase::kEhlo},
                                         {"HELO", Phase::kEhlo},
                                         {"STARTTLS", Phase::kTls},
                                         {"AUTH", Phase::kAuth},
                                         {"MAIL", Phase::kMail},
                                         {"RCPT", Phase::kRcpt},
                                         {"DATA", Phase::kData},
                                         {"QUIT", Phase::kQuit}}};

// The first word of what is sent, in upper case; empty when it is not known before the run.
std::string FirstWord(std::string_view octets) {
  std::string word;
  for (const char c : octets.substr(0, 16)) {
    if (std::isalpha(static_cast<unsigned char>(c)) == 0) return word;
    word += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return word;
}

Phase PhaseOfVerb(std::string_view word) {
  const auto found = std::find_if(kVerbs.begin(), kVerbs.end(),
                                  [word](const Verb& verb) { return verb.name == word; });
  return found == kVerbs.end() ? Phase::kOther : found->phase;
}

bool MayBePipelined(std::string_view word) {
  return word == "MAIL" || word == "RCPT" || word == "RSET";
}

void EmitSend(const JsonValue& step, Text text, const StepPlace& place, Building& building) {
  const std::string word = FirstWord(LeadingOctets(text));
  const bool ends_data = text.constant && text.octets.ends_with("\r\n.\r\n");
  const Phase derived = PhaseOfVerb(word);
  const Phase phase =
      PhaseOf(step, derived == Phase::kOther && ends_data ? Phase::kEod : derived, building);
  Send send;
  send.data_command = text.constant && text.octets == "DATA\r\n";
  send.text = std::move(text);
  send.secret = BooleanAt(step, "secret", false, building.problems);
  ReadSegments(step, send, building.problems);
  Emit(std::move(send), phase, step, place, building);
  EmitAwait(step, phase, word, place, building);
}

bool FollowsConnect(const StepPlace& place, const Building& building) {
  const auto& ops = building.script.ops;
  const auto last = std::find_if(ops.rbegin(), ops.rend(), [&place](const Op& op) {
    return op.connection == place.connection;
  });
  return last != ops.rend() && std::holds_alternative<Connect>(last->action);
}

}  // namespace

void EmitAwait(const JsonValue& step, Phase phase, std::string_view verb, const StepPlace& place,
               Building& building) {
  const JsonValue* expect = step.Find("expect");
  if (expect == nullptr) return;
  Await await;
  await.expectation = CompileExpectation(*expect, phase, place, building);
  await.ehlo = verb == "EHLO" || verb == "LHLO";
  await.counts_recipient = phase == Phase::kRcpt;
  await.per_recipient = phase == Phase::kEod && building.bindings.profile == "lmtp";
  if (building.script.load && (MayBePipelined(verb) || phase == Phase::kEod))
    await.sync = Sync::kUnlessPipelining;
  Emit(await, phase, step, place, building);
}

void ReadSegments(const JsonValue& step, Send& send, Problems& problems) {
  if (const JsonValue* pause = step.Find("bytewise")) {
    send.bytewise = true;
    send.segments = {{1, ReadDuration(*pause, problems).value_or(Duration{})}};
  }
  const JsonValue* segments = step.Find("segments");
  if (segments == nullptr) return;
  if (send.bytewise) problems.Add(*segments, "\"segments\" or \"bytewise\", not both");
  if (!segments->Is(JsonValue::Kind::kArray) || segments->items.empty()) {
    Expected(*segments, "a list of lengths, such as [2, 0]", problems);
    return;
  }
  constexpr std::int64_t kLongest = 1 << 30;
  constexpr std::array<std::string_view, 2> kKeys = {"octets", "pause"};
  for (const JsonValue& item : segments->items) {
    Segment segment;
    const JsonValue* octets = &item;
    if (item.Is(JsonValue::Kind::kObject)) {
      CheckKeys(item, kKeys, problems);
      octets = item.Find("octets");
      segment.pause = DurationAt(item, "pause", problems).value_or(Duration{});
    }
    if (octets != nullptr)
      segment.octets =
          static_cast<std::size_t>(ReadInteger(*octets, 0, kLongest, problems).value_or(0));
    send.segments.push_back(segment);
  }
}

void CompileSend(const JsonValue& step, const StepPlace& place, Building& building) {
  EmitSend(step, CompileText(*step.Find("send"), building, "\r\n"), place, building);
}

void CompileRaw(const JsonValue& step, const StepPlace& place, Building& building) {
  EmitSend(step, CompileText(*step.Find("raw"), building), place, building);
}

void CompileExpect(const JsonValue& step, const StepPlace& place, Building& building) {
  const Phase phase =
      PhaseOf(step, FollowsConnect(place, building) ? Phase::kGreeting : Phase::kOther, building);
  EmitAwait(step, phase, {}, place, building);
}

void CompileSilence(const JsonValue& step, const StepPlace& place, Building& building) {
  Silence silence;
  silence.time = ReadDuration(*step.Find("silence"), building.problems).value_or(Duration{});
  const Verdict fail = Judged(Verdict::kFail, place.section);
  silence.codes.fill(fail);
  silence.codes[421 - 200] = Verdict::kBlocked;  // the service may close at any time
  silence.malformed = fail;
  silence.on_close = fail;
  silence.expected = "no reply";
  if (const JsonValue* reply = step.Find("reply")) {
    const std::uint16_t index = CompileExpectation(*reply, Phase::kOther, place, building);
    const Expectation& expectation = building.script.expectations[index];
    silence.codes = expectation.codes;
    silence.malformed = expectation.malformed;
    silence.on_close = expectation.on_close;
    if (expectation.expected != kAnotherReply)
      silence.expected = fmt::format("no reply, or {}", expectation.expected);
    if (!expectation.also.empty() || !expectation.captures.empty())
      building.problems.Add(*reply, "only sets of codes judge a reply that breaks a silence");
    building.script.expectations.pop_back();
  }
  Emit(std::move(silence), Phase::kOther, step, place, building);
}

}  // namespace smtpgauge
