// What each kind of operation does.
#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "runner/session/auth_state.h"
#include "runner/session/load_state.h"
#include "runner/session/session.h"
#include "runner/smtp/data_encoder.h"

namespace smtpgauge {
namespace {

constexpr Duration kDeliveryPoll = std::chrono::milliseconds(50);
/// After enough messages came, how long a superfluous one may still show up.
constexpr Duration kDeliverySettle = std::chrono::milliseconds(300);

std::string Rendered(const Text& text, const Slots& slots) {
  std::string out;
  Render(text, slots, 0, out);
  return out;
}

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

bool AnyMechanism(const smtp::ExtensionSet& extensions, std::string_view mechanism) {
  const auto offered = extensions.AuthMechanisms();
  return std::find(offered.begin(), offered.end(), mechanism) != offered.end();
}

bool Advertised(const smtp::ExtensionSet* extensions, std::string_view keyword) {
  if (extensions == nullptr) return false;
  if (keyword.starts_with("AUTH ")) return AnyMechanism(*extensions, keyword.substr(5));
  return extensions->Has(keyword);
}

double Number(std::string_view text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
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
  std::vector<SecretRange> secrets;
  Render(text, slots_, 0, link.filling().owned(), transcript_ ? &secrets : nullptr);
  link.filling().TakeOwned(begin);
  if (!transcript_) return;
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
  segmented_ = Rendered(step.text, slots_);
  if (transcript_) {
    const SecretRange all{0, segmented_.size()};
    transcript_->Sent(op.connection, segmented_, std::span(&all, step.secret ? 1U : 0U), now);
  }
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
  std::uint16_t replies = 1;
  if (step.per_recipient && options_.lmtp) {
    // Under load commands run ahead of their replies: counted when the first one comes.
    replies = load_ ? std::uint16_t{0} : std::max(accepted_recipients_, replies);
  }
  Exchange exchange{.op = static_cast<std::uint16_t>(pc_ - 1),
                    .replies = replies,
                    .message = message_,
                    .phase = op.phase};
  if (!load_) step_began_ = now;
  if (load_ && InFlight(message_) && !load_->closing) ++MessageOf(message_).outstanding;
  const Expectation& expectation = script_.expectations[step.expectation];
  if (expectation.within) exchange.deadline = now + Scaled(*expectation.within);
  link.exchanges.Push(exchange);
  if (step.sync == Sync::kLater || (step.sync == Sync::kUnlessPipelining && Pipelines())) return;
  FlushAll(now);
  WaitFor(Waiting::kReplies, op.connection, link.exchanges.front().deadline);
  if (link.ended || !link.open) {
    HandleNoReply(op.connection, link, Outcome::kClosed,
                  link.open ? "the server had closed the connection" : "the connection is not open",
                  now);
  }
}

void Session::Run(const Silence& step, const Op& op, TimePoint now) {
  Link& link = LinkOf(op.connection);
  FlushAll(now);
  if (link.ended) {
    Decide(step.on_close, op, step.expected, "the server had closed the connection", {});
    return;
  }
  WaitFor(Waiting::kSilence, op.connection, now + Scaled(step.time));
}

void Session::Run(const AwaitClose& step, const Op& op, TimePoint now) {
  Link& link = LinkOf(op.connection);
  FlushAll(now);
  if (link.ended) return JudgeClose(*link.ended, now);
  WaitFor(Waiting::kClose, op.connection, now + Scaled(step.within));
}

void Session::JudgeClose(CloseKind kind, TimePoint now) {
  (void)now;
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

void Session::Run(const Pause& step, const Op& op, TimePoint now) {
  FlushAll(now);
  WaitFor(Waiting::kPause, op.connection, now + Scaled(step.time));
}

bool Session::Relates(const Compare& compare) const {
  const std::string left = Rendered(compare.left, slots_);
  const std::string right = Rendered(compare.right, slots_);
  switch (compare.relation) {
    case Compare::Relation::kSame:
      return left == right;
    case Compare::Relation::kDifferent:
      return left != right;
    case Compare::Relation::kLess:
      return Number(left) < Number(right);
    case Compare::Relation::kLessOrEqual:
      return Number(left) <= Number(right);
    case Compare::Relation::kMatches:
      return compare.pattern->Matches(left);
  }
  return false;
}

void Session::Run(const Compare& step, const Op& op, TimePoint) {
  if (Relates(step)) return;
  Decide(step.otherwise, op, Rendered(step.right, slots_), Rendered(step.left, slots_), step.note);
}

void Session::Run(const Delivered& step, const Op& op, TimePoint now) {
  FlushAll(now);
  give_up_ = now + Scaled(step.within);
  // Finding none proves nothing until the time is over.
  if (step.most == 0) return WaitFor(Waiting::kDelivered, op.connection, give_up_);
  waiting_on_ = op.connection;
  LookForDelivered(now);
}

void Session::LookForDelivered(TimePoint now) {
  const Op& op = script_.ops[pc_ - 1U];
  const auto& step = std::get<Delivered>(op.action);
  std::vector<DeliveredMessage> messages;
  for (const std::string& stored :
       host_.ReadDelivered(Rendered(step.recipient, slots_), Rendered(step.marker, slots_))) {
    messages.push_back(ParseDelivered(stored));
  }
  const bool enough = messages.size() >= step.least;
  const bool waited = now >= give_up_;
  if (!waited && (!enough || (messages.size() <= step.most && !settling_))) {
    if (enough) {
      settling_ = true;
      give_up_ = std::min(give_up_, now + Scaled(kDeliverySettle));
    }
    return WaitFor(Waiting::kDelivered, op.connection,
                   std::min(give_up_, now + (enough ? kDeliverySettle : kDeliveryPoll)));
  }
  settling_ = false;
  waiting_ = Waiting::kNothing;
  if (step.capture_slot != kNoSlot) slots_[step.capture_slot] = std::to_string(messages.size());
  const Judgement judgement = JudgeDelivered(step, messages, slots_);
  if (transcript_ && judgement.verdict != Verdict::kPass) {
    for (const DeliveredMessage& message : messages)
      transcript_->Note(op.connection, "delivered:\n" + message.octets, now);
  }
  Decide(judgement.verdict, op, step.expected, fmt::format("{} delivered", messages.size()),
         judgement.note);
}

void Session::Run(const Conclude& step, const Op& op, TimePoint) {
  // A verdict that the scenario gives itself also counts when it is a plain pass: the case ends
  // here.
  Decide(step.verdict, op, {}, {}, step.note);
  if (!proving_) {
    pc_ = static_cast<std::uint16_t>(script_.ops.size());
    if (outcome_.reason.empty()) outcome_.reason = step.note;
  }
}

bool Session::Fulfilled(const Condition& condition, std::uint8_t connection) const {
  const smtp::ExtensionSet* extensions = this->extensions(connection);
  const auto advertised = [&](const std::string& keyword) {
    return Advertised(extensions, keyword);
  };
  return std::all_of(condition.ehlo.begin(), condition.ehlo.end(), advertised) &&
         std::none_of(condition.no_ehlo.begin(), condition.no_ehlo.end(), advertised);
}

void Session::Run(const SkipUnless& step, const Op& op, TimePoint) {
  if (!Fulfilled(step.condition, op.connection) || (step.compare && !Relates(*step.compare)))
    pc_ = step.target;
}

void Session::Run(const LoopBegin& step, const Op&, TimePoint) {
  const bool recipients = load_ && step.each_recipient;
  const std::uint64_t times = recipients ? load_->job.recipient_count : step.times.Value(slots_);
  if (times == 0) {
    pc_ = step.end;
    return;
  }
  loops_.push_back(1);
  if (step.counter != kNoSlot) slots_[step.counter] = "1";
  if (recipients) {
    slots_[kRecipientSlot] =
        (*load_->job.recipients)[load_->job.first_recipient % load_->job.recipients->size()];
  }
}

void Session::Run(const LoopEnd& step, const Op&, TimePoint) {
  const auto& begin = std::get<LoopBegin>(script_.ops[step.begin].action);
  const bool recipients = load_ && begin.each_recipient;
  const std::uint64_t times = recipients ? load_->job.recipient_count : begin.times.Value(slots_);
  if (loops_.back() >= times) {
    loops_.pop_back();
    return;
  }
  const std::uint32_t round = ++loops_.back();
  if (begin.counter != kNoSlot) slots_[begin.counter] = std::to_string(round);
  if (recipients) {
    const auto& all = *load_->job.recipients;
    slots_[kRecipientSlot] = all[(load_->job.first_recipient + round - 1) % all.size()];
  }
  pc_ = static_cast<std::uint16_t>(step.begin + 1);
}

void Session::Run(const Assign& step, const Op&, TimePoint) {
  std::string value = Rendered(step.value, slots_);
  slots_[step.slot] = std::move(value);
}

}  // namespace smtpgauge
