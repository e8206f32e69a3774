#include "tests/unit/session/scripted_server.h"

#include <algorithm>
#include <charconv>

namespace smtpgauge {

bool ScriptedServer::Write(Session&, std::uint8_t, std::span<const iovec> octets) {
  std::string& written = writes.emplace_back();
  for (const iovec& part : octets)
    written.append(static_cast<const char*>(part.iov_base), part.iov_len);
  input_ += written;
  return true;
}

SessionHost::Next ScriptedServer::NextMessage(Session& session, MessageJob& job) {
  if (handed_out >= messages) return afterwards;
  ++handed_out;
  job.scheduled = now;
  job.recipients = &recipients;
  job.recipient_count = recipients_per_message;
  job.sender = "sender@example.test";
  job.content = content;
  session.SetSlot(kTokenSlot, "token-" + std::to_string(handed_out));
  return Next::kMessage;
}

void ScriptedServer::OnEvent(const Event& event) {
  ++reports;
  Event one = event;
  one.count = 1;
  events.insert(events.end(), event.count, one);
}

std::vector<Event> ScriptedServer::EventsOf(Phase phase) const {
  std::vector<Event> found;
  std::copy_if(events.begin(), events.end(), std::back_inserter(found),
               [phase](const Event& event) { return event.phase == phase; });
  return found;
}

void ScriptedServer::Reply(const std::string& verb, const std::string& usual) {
  const auto own = replies.find({verb, ++seen_[verb]});
  const std::string& reply = own == replies.end() ? usual : own->second;
  output_ += reply;
  if (verb == "MAIL") mail_ = reply.starts_with('2');
  if (verb == "RCPT" && reply.starts_with('2')) ++envelope_;
  if (verb == "." && reply.starts_with('2')) ++accepted;
  if (verb == "DATA") in_data_ = reply.starts_with('3');
}

void ScriptedServer::EndContent() {
  commands.emplace_back(".");
  const std::uint32_t times = lmtp ? std::max(1U, envelope_) : 1;
  for (std::uint32_t i = 0; i < times; ++i)
    Reply(".", envelope_ > 0 ? "250 2.0.0 queued\r\n" : "503 5.5.1 no recipient\r\n");
  envelope_ = 0;
}

void ScriptedServer::Command(const std::string& line) {
  std::string verb = line.substr(0, line.find_first_of(" :\r"));
  commands.push_back(verb);
  if (verb == "EHLO" || verb == "LHLO") {
    std::string reply = "250-mx.example.test\r\n";
    for (const std::string& offer : offers)
      reply += "250-" + offer + "\r\n";
    Reply(verb, reply + "250 HELP\r\n");
  } else if (verb == "MAIL") {
    envelope_ = 0;
    Reply(verb, "250 2.1.0 sender\r\n");
  } else if (verb == "RCPT") {
    Reply(verb, mail_ ? "250 2.1.5 recipient\r\n" : "503 5.5.1 no sender\r\n");
  } else if (verb == "DATA") {
    Reply(verb, envelope_ > 0 ? "354 go on\r\n" : "503 5.5.1 no recipient\r\n");
  } else if (verb == "BDAT") {
    std::from_chars(line.data() + 5, line.data() + line.size(), bdat_left_);
    if (bdat_left_ == 0) EndContent();
  } else if (verb == "QUIT") {
    Reply(verb, "221 2.0.0 bye\r\n");
  } else {
    Reply(verb, "250 2.0.0 ok\r\n");
  }
}

void ScriptedServer::Serve() {
  for (;;) {
    if (bdat_left_ > 0) {
      const std::size_t taken = std::min(bdat_left_, input_.size());
      input_.erase(0, taken);
      bdat_left_ -= taken;
      if (bdat_left_ > 0) return;
      EndContent();
      continue;
    }
    const std::size_t end = input_.find("\r\n");
    if (end == std::string::npos) return;
    const std::string line = input_.substr(0, end + 2);
    input_.erase(0, end + 2);
    if (!in_data_) {
      Command(line);
    } else if (line == ".\r\n") {
      in_data_ = false;
      EndContent();
    }
  }
}

void ScriptedServer::Talk(Session& session, std::size_t piece, std::size_t close_behind) {
  std::size_t sent = 0;
  while (!done) {
    if (!clock_stands || output_.empty()) now += std::chrono::milliseconds(1);
    if (connecting_) {
      connecting_ = false;
      session.OnConnected(1, now);
      Reply("connect", "220 mx.example.test\r\n");
    }
    Serve();
    if (output_.empty() || sent >= close_behind) break;
    const std::string octets = output_.substr(0, std::min(piece, close_behind - sent));
    output_.erase(0, octets.size());
    sent += octets.size();
    session.OnOctets(1, octets, now);
  }
  if (!done && sent >= close_behind) session.OnClosed(1, CloseKind::kFin, now);
}

}  // namespace smtpgauge
