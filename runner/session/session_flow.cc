// Operations beside the wire: pauses, conditions, loops, comparisons, and what was delivered.
#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "runner/session/load_state.h"
#include "runner/session/session.h"

namespace smtpgauge {
namespace {

constexpr Duration kDeliveryPoll = std::chrono::milliseconds(50);
/// After enough messages came, how long a superfluous one may still show up.
constexpr Duration kDeliverySettle = std::chrono::milliseconds(300);

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

/// A loop that is one command for each recipient, where nothing is awaited between its rounds: all
/// of them at once, without a step of ours for each.
void Session::SendToEachRecipient(const LoopBegin& step, TimePoint now) {
  const Op& command = script_.ops[step.end - 3U];
  const Op& reply = script_.ops[step.end - 2U];
  const Text& text = std::get<Send>(command.action).text;
  const MessageJob& job = load_->job;
  Link& link = LinkOf(command.connection);
  if (job.recipient_count == 1) {
    slots_[kRecipientSlot] = (*job.recipients)[job.first_recipient % job.recipients->size()];
    QueueText(link, command.connection, text, false, now);
  } else {
    OutQueue& queue = link.filling();
    const std::size_t begin = queue.owned().size();
    RenderEach(text, slots_, kRecipientSlot,
               {*job.recipients, job.first_recipient, job.recipient_count}, queue.owned());
    queue.TakeOwned(begin);
  }
  pc_ = static_cast<std::uint16_t>(step.end - 1U);
  Run(std::get<Await>(reply.action), reply, now);
  pc_ = step.end;
  if (job.recipient_count > 1) link.exchanges.back().replies += job.recipient_count - 1;
}

void Session::Run(const LoopBegin& step, const Op&, TimePoint now) {
  const bool recipients = load_ && step.each_recipient;
  const std::uint64_t times = recipients ? load_->job.recipient_count : step.times.Value(slots_);
  if (times == 0) {
    pc_ = step.end;
    return;
  }
  if (recipients && step.one_command && (times == 1 || Pipelines()))
    return SendToEachRecipient(step, now);
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
