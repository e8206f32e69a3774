#include <fmt/format.h>

#include "scenarios/read_value.h"
#include "scenarios/step_kinds.h"

namespace smtpgauge {

namespace {

constexpr Duration kCloseLimit = std::chrono::seconds(10);

// RFC 5321 has FIN behind 221 and 421; what else there may be, for people.
std::string Described(const AwaitClose& closed) {
  std::string text;
  const auto add = [&text](Verdict verdict, std::string_view ending) {
    if (verdict != Verdict::kPass) return;
    if (!text.empty()) text += " or ";
    text += ending;
  };
  add(closed.fin, "the connection closed with FIN");
  add(closed.reset, "the connection reset");
  add(closed.open, "the connection left open");
  add(closed.reply, "a reply");
  return text.empty() ? "none of the usual endings" : text;
}

void ReadEdits(const JsonValue& edits, Authenticate& auth, Building& building) {
  constexpr std::array<std::string_view, 3> kKeys = {"message", "find", "replace"};
  Problems& problems = building.problems;
  if (!edits.Is(JsonValue::Kind::kArray)) {
    Expected(edits, "a list of edits", problems);
    return;
  }
  for (const JsonValue& item : edits.items) {
    if (!CheckKeys(item, kKeys, problems)) continue;
    const JsonValue* find = item.Find("find");
    const JsonValue* message = item.Find("message");
    if (find == nullptr || message == nullptr || item.Find("replace") == nullptr) {
      problems.Add(item, "an edit wants \"message\", \"find\" and \"replace\"");
      continue;
    }
    const auto number = ReadInteger(*message, 1, 20, problems).value_or(1);
    std::string replacement = ConstantAt(item, "replace", building);
    if (auto pattern = CompilePattern(*find, building))
      auth.edits.push_back(
          {std::move(*pattern), std::move(replacement), static_cast<std::uint8_t>(number)});
  }
}

}  // namespace

void CompileConnect(const JsonValue& step, const StepPlace& place, Building& building) {
  constexpr std::array<std::string_view, 3> kTls = {"target", "clear", "implicit"};
  constexpr std::array<std::string_view, 2> kPorts = {"target", "tls"};
  Connect connect;
  Problems& problems = building.problems;
  connect.tls =
      static_cast<Connect::Tls>(ReadWord(*step.Find("connect"), kTls, problems).value_or(0));
  if (const JsonValue* port = step.Find("port"))
    connect.port = static_cast<Connect::Port>(ReadWord(*port, kPorts, problems).value_or(0));
  connect.refused = VerdictAt(step, "refused", Verdict::kError, problems);
  Emit(connect, Phase::kConnect, step, place, building);
}

void CompileClosed(const JsonValue& step, const StepPlace& place, Building& building) {
  const JsonValue& value = *step.Find("closed");
  constexpr std::array<std::string_view, 6> kKeys = {"fin",   "reset",           "open",
                                                     "reply", "no_close_notify", "within"};
  Problems& problems = building.problems;
  if (!CheckKeys(value, kKeys, problems)) return;
  AwaitClose closed;
  const auto verdict = [&](std::string_view key, Verdict fallback) {
    return Judged(VerdictAt(value, key, fallback, problems), place.section);
  };
  closed.fin = verdict("fin", closed.fin);
  closed.reset = verdict("reset", closed.reset);
  closed.open = verdict("open", closed.open);
  closed.reply = verdict("reply", closed.reply);
  closed.wants_close_notify = value.Find("no_close_notify") != nullptr;
  closed.no_notify = verdict("no_close_notify", closed.no_notify);
  closed.within = DurationAt(value, "within", problems).value_or(kCloseLimit);
  closed.expected = Described(closed);
  Emit(std::move(closed), Phase::kQuit, step, place, building);
}

void CompileClose(const JsonValue& step, const StepPlace& place, Building& building) {
  constexpr std::array<std::string_view, 3> kWays = {"fin", "reset", "half"};
  Close close;
  close.how =
      static_cast<Close::How>(ReadWord(*step.Find("close"), kWays, building.problems).value_or(0));
  Emit(close, Phase::kOther, step, place, building);
}

void CompileStartTls(const JsonValue& step, const StepPlace& place, Building& building) {
  const JsonValue& value = *step.Find("starttls");
  constexpr std::array<std::string_view, 12> kKeys = {
      "server_name", "min",       "max",    "ciphers", "alpn",     "verify",
      "garbage",     "completed", "failed", "silence", "leftover", "facts"};
  constexpr std::array<std::string_view, 4> kVersions = {"1.0", "1.1", "1.2", "1.3"};
  constexpr std::array<std::string_view, 3> kVerify = {"target", "none", "require"};
  Problems& problems = building.problems;
  if (!CheckKeys(value, kKeys, problems)) return;
  StartTls tls;
  tls.server_name = ConstantAt(value, "server_name", building);
  for (const auto& [key, version] :
       {std::pair{"min", &tls.min_version}, std::pair{"max", &tls.max_version}}) {
    const JsonValue* written = value.Find(key);
    if (written == nullptr) continue;
    if (const auto index = ReadWord(*written, kVersions, problems)) *version = kVersions[*index];
  }
  tls.ciphers = ConstantAt(value, "ciphers", building);
  tls.alpn = ConstantAt(value, "alpn", building);
  if (const JsonValue* verify = value.Find("verify"))
    tls.verify = static_cast<StartTls::Verify>(ReadWord(*verify, kVerify, problems).value_or(0));
  tls.garbage = TextAt(value, "garbage", {}, building);
  tls.completed = Judged(VerdictAt(value, "completed", tls.completed, problems), place.section);
  tls.failed = Judged(VerdictAt(value, "failed", tls.failed, problems), place.section);
  tls.silence = Judged(VerdictAt(value, "silence", tls.failed, problems), place.section);
  tls.leftover = Judged(VerdictAt(value, "leftover", tls.leftover, problems), place.section);
  if (const JsonValue* facts = value.Find("facts"))
    CompilePredicateList(*facts, place, building, tls.facts);
  tls.expected = tls.completed == Verdict::kPass ? "a TLS handshake" : "no TLS handshake";
  Emit(std::move(tls), Phase::kTls, step, place, building);
}

void CompileAuth(const JsonValue& step, const StepPlace& place, Building& building) {
  const JsonValue& value = *step.Find("auth");
  constexpr std::array<std::string_view, 9> kKeys = {
      "mechanism", "user",       "password",          "authzid",      "initial",
      "edit",      "challenges", "capture_challenge", "capture_steps"};
  constexpr std::array<std::string_view, 3> kInitial = {"auto", "always", "never"};
  Problems& problems = building.problems;
  if (!CheckKeys(value, kKeys, problems)) return;
  Authenticate auth;
  auth.mechanism = ConstantAt(value, "mechanism", building);
  auth.user = TextAt(value, "user", "${user}", building);
  auth.password = TextAt(value, "password", "${password}", building);
  auth.authzid = TextAt(value, "authzid", {}, building);
  if (const JsonValue* initial = value.Find("initial"))
    auth.initial =
        static_cast<Authenticate::Initial>(ReadWord(*initial, kInitial, problems).value_or(0));
  if (const JsonValue* edits = value.Find("edit")) ReadEdits(*edits, auth, building);
  if (const JsonValue* challenges = value.Find("challenges"))
    CompilePredicateList(*challenges, place, building, auth.challenges);
  for (const auto& [key, slot] : {std::pair{"capture_challenge", &auth.capture_challenge},
                                  std::pair{"capture_steps", &auth.capture_steps}}) {
    if (const JsonValue* name = value.Find(key))
      *slot = building.Declare(ReadString(*name, problems).value_or("unnamed"), *name);
  }
  JsonValue success;
  success.kind = JsonValue::Kind::kString;
  success.string = "235";
  const JsonValue* expect = step.Find("expect");
  auth.expectation =
      CompileExpectation(expect == nullptr ? success : *expect, Phase::kAuth, place, building);
  Emit(std::move(auth), Phase::kAuth, step, place, building);
}

}  // namespace smtpgauge
