#include "runner/load/load_seat.h"

#include "runner/load/worker.h"
#include "runner/session/transcript.h"

namespace smtpgauge {
namespace {

constexpr std::size_t kMaxActual = 1000;

/// The command whose reply `op` awaits, rendered anew: under load nothing is written down.
void NoteCommandBefore(const Session& session, const Op& op, TimePoint now, Transcript& out) {
  const Script& script = session.script();
  for (const Op* before = &op; before != script.ops.data();) {
    --before;
    if (before->connection != op.connection) continue;
    if (std::holds_alternative<SendMessage>(before->action))
      return out.Sent(op.connection, ".\r\n", {}, now);
    const auto* send = std::get_if<Send>(&before->action);
    if (send == nullptr) continue;
    std::string command;
    std::vector<SecretRange> secrets;
    Render(send->text, session.slots(), 0, command, &secrets);
    if (send->secret) secrets = {{0, command.size()}};
    return out.Sent(op.connection, command, secrets, now);
  }
}

}  // namespace

LoadSeat::LoadSeat(LoadWorker& worker, const Script& script, std::uint16_t index,
                   const SessionOptions& options)
    : Seat(worker.loop(), worker.tls(), worker.settings().destination, script, index, options),
      worker_(worker) {}

SessionHost::Next LoadSeat::NextMessage(Session&, MessageJob& job) {
  return worker_.NextMessage(*this, job);
}

void LoadSeat::OnEvent(const Event& event) {
  if (event.phase == Phase::kSession) {
    reported = true;
    ended = event.outcome;
  }
  if (event.phase == Phase::kMessage && event.code != 0) progressed = true;
  worker_.recorder().OnEvent(event);
}

void LoadSeat::OnLimit(std::string_view text) {
  worker_.OnLimit(text);
}

void LoadSeat::OnExample(Session& session, const Op& op, Verdict verdict, std::string_view actual) {
  const auto step = static_cast<std::uint16_t>(&op - session.script().ops.data());
  Recorder& recorder = worker_.recorder();
  if (!recorder.WantsExample(session.index(), step)) return;
  const Script& script = session.script();
  FailureExample example;
  example.scenario = script.id;
  example.step = script.pointers[op.pointer];
  example.verdict = verdict;
  example.actual = actual.substr(0, kMaxActual);
  example.at = loop().now() - worker_.began();
  if (const auto* await = std::get_if<Await>(&op.action))
    example.expected = script.expectations[await->expectation].expected;
  if (std::holds_alternative<smtpgauge::Connect>(op.action)) example.expected = "a connection";
  if (const auto* tls = std::get_if<smtpgauge::StartTls>(&op.action))
    example.expected = tls->expected;
  const TimePoint now = loop().now();
  Transcript transcript(worker_.began());
  NoteCommandBefore(session, op, now, transcript);
  if (verdict == Verdict::kError) {
    transcript.Note(op.connection, example.actual, now);
  } else {
    transcript.Received(op.connection, example.actual, now);
  }
  example.transcript = transcript.Take();
  recorder.OnExample(session.index(), step, std::move(example));
}

void LoadSeat::OnTlsFacts(const Connection& connection) {
  if (connection.tls_resumed()) worker_.recorder().OnTlsResumed();
}

void LoadSeat::Wake(TimePoint now) {
  session().OnMessageReady(now);
  AfterSession();
}

void LoadSeat::Finished() {
  worker_.OnFinished(*this);
}

}  // namespace smtpgauge
