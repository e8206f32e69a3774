// What each kind of operation on the wire does.
#include <algorithm>

#include <fmt/format.h>

#include "runner/session/auth_state.h"
#include "runner/session/load_state.h"
#include "runner/session/session.h"
#include "runner/smtp/data_encoder.h"

namespace smtpgauge {
namespace {

/// Printable filler of `octets` octets in lines of 78, no line beginning with a dot.
std::string Filler(std::uint64_t octets) {
  static constexpr std::string_view kLine =
      "smtpgauge fills this message so that it has the size that was asked for.....\r\n";
  std::string out;
  out.reserve(octets);
  while (out.size() + kLine.size() <= octets)
    out.append(kLine);
  const std::uint64_t rest = octets - out.size();
  if (rest == 1)
    out.back() = 'x', out.append("\n"), out[out.size() - 2] = '\r';
  else if (rest >= 2)
    out.append(rest - 2, 'x').append("\r\n");
  return out;
}

}  // namespace

void Session::QueueOctets(Link& link, std::uint8_t connection, std::string_view octets, bool secret,
                          TimePoint now) {
  const std::size_t begin = link.filling().owned().size();
  link.filling().owned().append(octets);
  link.filling().TakeOwned(begin);
  if (!transcript_) return;
  const SecretRange all{0, octets.size()};
  transcript_->Sent(connection, octets, std::span(&all, secret ? 1U : 0U), now);
}

void Session::QueueText(Link& link, std::uint8_t connection, const Text& text, bool secret,
                        TimePoint now) {
  if (text.constant && !transcript_) {
    link.filling().AddShared(text.octets);
    return;
  }
  const std::size_t begin = link.filling().owned().size();
  if (!transcript_) {
    Render(text, slots_, 0, link.filling().owned());
    return link.filling().TakeOwned(begin);
  }
  std::vector<SecretRange> secrets;
  Render(text, slots_, 0, link.filling().owned(), &secrets);
  link.filling().TakeOwned(begin);
  const std::string_view octets = std::string_view(link.filling().owned()).substr(begin);
  for (SecretRange& range : secrets)
    range = {range.begin - begin, range.end - begin};
  if (secret) secrets = {{0, octets.size()}};
  transcript_->Sent(connection, octets, secrets, now);
}

void Session::Run(const Connect& step, const Op& op, TimePoint now) {
  Link& link = LinkOf(op.connection);
  if (link.open && !link.we_closed) host_.Close(*this, op.connection, Close::How::kFin);
  link = Link();
  step_began_ = now;
  if (transcript_) transcript_->Note(op.connection, "connecting", now);
  WaitFor(Waiting::kConnect, op.connection, now + Limit(Phase::kConnect));
  host_.Connect(*this, op.connection, step);
}

void Session::Run(const Send& step, const Op& op, TimePoint now) {
  Link& link = LinkOf(op.connection);
  if (load_ && step.data_command) {
    MessageState& message = MessageOf(message_);
    if (link.exchanges.empty() && message.accepted == 0 && message.decided) {
      // Every recipient was refused and we know it: nothing to send (RFC 5321 section 3.3).
      message.refused = true;
      load_->needs_reset = true;
      pc_ = script_.close;
      return;
    }
    const std::size_t behind = std::size_t{pc_} + 1;
    const bool content_follows = behind < script_.ops.size() &&
                                 std::holds_alternative<SendMessage>(script_.ops[behind].action);
    if (Chunks() && content_follows) {
      ++pc_;  // BDAT needs no DATA and no 354 (RFC 3030 section 2)
      return;
    }
  }
  if (op.phase == Phase::kQuit) link.quit_sent = true;
  if (step.segments.empty() && !step.bytewise) {
    QueueText(link, op.connection, step.text, step.secret, now);
    return;
  }
  segmented_.clear();
  std::vector<SecretRange> secrets;
  Render(step.text, slots_, 0, segmented_, transcript_ ? &secrets : nullptr);
  if (step.secret) secrets = {{0, segmented_.size()}};
  if (transcript_) transcript_->Sent(op.connection, segmented_, secrets, now);
  segment_ = 0;
  segment_at_ = 0;
  waiting_on_ = op.connection;
  SendSegment(now);
}

/// Writes the next piece of a cut write, and waits behind it when it asks for that.
void Session::SendSegment(TimePoint now) {
  const Op& op = script_.ops[pc_ - 1U];
  const auto& step = std::get<Send>(op.action);
  Link& link = LinkOf(op.connection);
  while (segment_at_ < segmented_.size()) {
    const std::size_t left = segmented_.size() - segment_at_;
    const bool given = segment_ < step.segments.size();
    std::size_t size = step.bytewise ? 1 : given ? step.segments[segment_].octets : 0;
    if (size == 0 || size > left) size = left;
    Duration pause{};
    if (step.bytewise && !step.segments.empty()) pause = step.segments[0].pause;
    if (!step.bytewise && given) pause = step.segments[segment_].pause;
    const std::size_t begin = link.filling().owned().size();
    link.filling().owned().append(segmented_, segment_at_, size);
    link.filling().TakeOwned(begin);
    segment_at_ += size;
    ++segment_;
    Flush(op.connection, link, now);
    if (pause > Duration{} && (segment_at_ < segmented_.size() || !step.bytewise)) {
      WaitFor(Waiting::kSegment, op.connection, now + Scaled(pause));
      return;
    }
  }
  waiting_ = Waiting::kNothing;
}

/// Load: header from the plan, body shared by all sessions.
void Session::QueueGenerated(const SendMessage& step, Link& link) {
  const Content& content = load_->job.content;
  const bool chunks = Chunks() || step.framing == SendMessage::Framing::kBdat;
  std::string& out = link.filling().owned();
  const std::size_t begin = out.size();
  if (content.whole) {
    const std::string& token = slots_[kTokenSlot];
    fmt::format_to(std::back_inserter(out),
                   "X-Smtpgauge-Run: {}\r\nMessage-ID: <{}@smtpgauge.example>\r\n", token, token);
  } else {
    Render(step.header, slots_, 0, out);
  }
  const std::uint64_t octets = out.size() - begin + content.octets;
  MessageOf(message_).octets = octets;
  if (chunks) {
    fmt::memory_buffer command;
    fmt::format_to(std::back_inserter(command), "BDAT {} LAST\r\n", octets);
    out.insert(begin, command.data(), command.size());
  }
  link.filling().TakeOwned(begin);
  link.filling().AddShared(chunks ? content.raw : content.encoded);
  link.filling().AddShared(chunks ? content.raw_end : content.encoded_end);
}

void Session::Run(const SendMessage& step, const Op& op, TimePoint now) {
  Link& link = LinkOf(op.connection);
  if (load_ && step.generated) return QueueGenerated(step, link);
  std::string content;
  Render(step.header, slots_, 0, content);
  Render(step.body, slots_, 0, content);
  if (step.size) {
    const std::uint64_t size = step.size->Value(slots_);
    if (size > content.size()) content += Filler(size - content.size());
  }
  if (load_) MessageOf(message_).octets = content.size();
  if (step.framing == SendMessage::Framing::kBdat || (load_ && Chunks())) {
    QueueOctets(link, op.connection, fmt::format("BDAT {} LAST\r\n{}", content.size(), content),
                false, now);
    return;
  }
  std::string wire;
  smtp::DataEncoder encoder;
  if (step.stuffed) {
    encoder.Append(content, wire);
  } else {
    wire = std::move(content);
  }
  if (step.end_of_data) {
    wire += *step.end_of_data;
  } else if (step.stuffed) {
    encoder.Finish(wire);
  } else {
    wire += wire.ends_with("\r\n") ? smtp::kEndOfData.substr(2) : smtp::kEndOfData;
  }
  QueueOctets(link, op.connection, wire, false, now);
}

void Session::Run(const Await& step, const Op& op, TimePoint now) {
  Link& link = LinkOf(op.connection);
  std::uint32_t replies = 1;
  if (step.per_recipient && options_.lmtp) {
    // Under load commands run ahead of their replies: counted when the first one comes.
    replies = load_ ? 0 : std::max<std::uint32_t>(accepted_recipients_, replies);
  }
  Exchange exchange{.op = static_cast<std::uint16_t>(pc_ - 1),
                    .phase = op.phase,
                    .replies = replies,
                    .message = message_};
  if (!load_) step_began_ = now;
  const Expectation& expectation = script_.expectations[step.expectation];
  if (expectation.within) exchange.deadline = now + Scaled(*expectation.within);
  const bool goes_on =
      step.sync == Sync::kLater || (step.sync == Sync::kUnlessPipelining && Pipelines());
  // What is awaited here stands alone; and check has something to say of every single command.
  if (!goes_on || !load_ || !link.exchanges.Extend(exchange)) {
    link.exchanges.Push(exchange);
    if (load_ && !load_->closing) {
      if (MessageState* message = InFlight(message_)) ++message->outstanding;
    }
  }
  if (goes_on) return;
  FlushAll(now);
  WaitFor(Waiting::kReplies, op.connection, link.exchanges.front().deadline);
  // A reply may have come before the close, while the octets that it answers were being sent.
  if ((link.ended && link.backlog.empty()) || !link.open) {
    HandleNoReply(link, Outcome::kClosed,
                  link.open ? "the server had closed the connection" : "the connection is not open",
                  now);
  }
}

void Session::Run(const Silence& step, const Op& op, TimePoint now) {
  Link& link = LinkOf(op.connection);
  FlushAll(now);
  if (link.ended) {
    link.close_observed = true;
    Decide(step.on_close, op, step.expected, "the server had closed the connection", {});
    return;
  }
  WaitFor(Waiting::kSilence, op.connection, now + Scaled(step.time));
}

void Session::Run(const AwaitClose& step, const Op& op, TimePoint now) {
  Link& link = LinkOf(op.connection);
  FlushAll(now);
  if (link.ended) return JudgeClose(*link.ended);
  WaitFor(Waiting::kClose, op.connection, now + Scaled(step.within));
}

void Session::JudgeClose(CloseKind kind) {
  const Op& op = script_.ops[pc_ - 1U];
  const auto& step = std::get<AwaitClose>(op.action);
  Link& link = LinkOf(op.connection);
  link.close_observed = true;
  if (kind == CloseKind::kReset) {
    Decide(step.reset, op, step.expected, "reset (RST)", {});
  } else if (link.tls && step.wants_close_notify && kind != CloseKind::kTlsNotify) {
    Decide(step.no_notify, op, step.expected, "FIN without close_notify", {});
  } else {
    Decide(step.fin, op, step.expected, "closed (FIN)", {});
  }
}

void Session::Run(const Close& step, const Op& op, TimePoint now) {
  Link& link = LinkOf(op.connection);
  FlushAll(now);
  if (!link.open || link.we_closed) return;
  if (step.how != Close::How::kHalf) link.we_closed = true;
  link.quit_sent = true;  // whatever the server does now is a consequence of our closing
  if (transcript_)
    transcript_->Note(op.connection,
                      step.how == Close::How::kHalf ? "we close our side" : "we close", now);
  host_.Close(*this, op.connection, step.how);
}

void Session::Run(const StartTls& step, const Op& op, TimePoint now) {
  Link& link = LinkOf(op.connection);
  FlushAll(now);
  if (!link.backlog.empty() || link.parser.Pending() != 0) {
    Decide(step.leftover, op, "nothing in clear behind the 220 (RFC 3207 section 4.2)",
           link.backlog, "the server sent octets in clear between its 220 and the handshake");
    if (proving_) return;
    link.backlog.clear();
    link.parser.Reset();
  }
  link.extensions.reset();  // RFC 3207 section 4.2: what was learnt before TLS is forgotten
  step_began_ = now;
  if (link.ended) {
    Decide(step.failed, op, step.expected, "the server had closed the connection", {});
    return;
  }
  WaitFor(Waiting::kHandshake, op.connection, now + Limit(Phase::kTls));
  host_.StartTls(*this, op.connection, &step);
}

}  // namespace smtpgauge
