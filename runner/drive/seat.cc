#include "runner/drive/seat.h"

#include "runner/drive/maildir.h"

namespace smtpgauge {

Seat::Seat(EventLoop& loop, TlsContext& tls, const Destination& destination, const Script& script,
           std::uint16_t index, const SessionOptions& options)
    : loop_(loop), tls_(tls), destination_(destination), session_(script, index, options, *this) {
  channels_.push_back(std::make_unique<Channel>(*this, 1));
}

Seat::~Seat() = default;

std::optional<Endpoint> Seat::NextSource() {
  if (destination_.sources.empty()) return std::nullopt;
  // One counter for each thread spreads consecutive seats over the addresses.
  thread_local std::size_t turn = 0;
  return destination_.sources[turn++ % destination_.sources.size()];
}

void Seat::Begin(TimePoint scheduled) {
  session_.Start(scheduled, std::chrono::steady_clock::now());
  AfterSession();
}

void Seat::AfterSession() {
  if (session_.done()) {
    Finished();
    return;
  }
  if (channels_.front()->has_news()) {
    armed_ = TimePoint::max();
    return;
  }
  const TimePoint deadline = session_.deadline();
  if (deadline == armed_) return;
  if (deadline == TimePoint::max()) {
    loop_.ClearDeadline(*channels_.front());
  } else if (deadline < armed_) {
    loop_.SetDeadline(*channels_.front(), deadline);
  } else {
    return;  // it comes too early, does nothing and is set anew: cheaper than moving it each time
  }
  armed_ = deadline;
}

Channel& Seat::ChannelOf(std::uint8_t connection) {
  if (connection == 1) return *channels_.front();
  while (channels_.size() < connection) {
    channels_.push_back(
        std::make_unique<Channel>(*this, static_cast<std::uint8_t>(channels_.size() + 1)));
  }
  return *channels_[connection - 1U];
}

void Seat::Connect(Session&, std::uint8_t connection, const smtpgauge::Connect& how) {
  ChannelOf(connection).Connect(how.port);
}

void Seat::StartTls(Session&, std::uint8_t connection, const smtpgauge::StartTls* how) {
  ChannelOf(connection).StartTls(how);
}

bool Seat::Write(Session&, std::uint8_t connection, std::span<const iovec> octets) {
  return ChannelOf(connection).Write(octets);
}

void Seat::Close(Session&, std::uint8_t connection, Close::How how) {
  ChannelOf(connection).Close(how);
}

std::vector<std::string> Seat::ReadDelivered(std::string_view recipient, std::string_view marker) {
  return ReadMaildir(MaildirPath(destination_.maildir, recipient), marker);
}

}  // namespace smtpgauge
