// One connection of a seat: a socket under the event loop, and what waits to be written to it.
#pragma once

#include <sys/uio.h>

#include <cstdint>
#include <span>
#include <vector>

#include "runner/net/connection.h"
#include "runner/net/event_loop.h"
#include "runner/session/host.h"

namespace smtpgauge {

class Seat;
struct TlsRequest;

class Channel final : public IoHandler {
 public:
  Channel(Seat& seat, std::uint8_t number) : seat_(seat), number_(number) {}
  ~Channel() override;

  /// Connects to the seat's endpoints in order until one answers; the seat's session is told.
  void Connect(Connect::Port port);
  void StartTls(const smtpgauge::StartTls* how);
  /// True: all octets were taken. False: the session is told when they were.
  bool Write(std::span<const iovec> octets);
  void Close(Close::How how);
  /// A connect failed at once or a handshake ended at once; the session will hear of it from the
  /// loop, by this channel's own deadline, which must not be moved until then.
  [[nodiscard]] bool has_news() const {
    return state_ == State::kFailed || state_ == State::kHandshakeOver;
  }

  void OnReady(std::uint32_t events) override;
  void OnTimer(TimePoint now) override;

 private:
  enum class State : std::uint8_t {
    kIdle,
    kConnecting,
    kFailed,
    kHandshaking,
    kHandshakeOver,
    kOpen
  };

  void TryNext();
  void NoteFailure(IoStatus status, int error, std::string text);
  void Fail(NetFailure failure, std::string text);
  void ContinueConnect(std::uint32_t events);
  void ContinueHandshake(std::uint32_t events);
  void ContinueWrite();
  void ReadAll(std::uint32_t events);
  void Ended(IoStatus status);
  void Drop();

  Seat& seat_;
  Connection connection_;
  std::vector<iovec> unwritten_;
  std::string failure_text_;
  std::size_t next_endpoint_ = 0;
  Connect::Port port_ = Connect::Port::kTarget;
  NetFailure failure_ = NetFailure::kOther;
  State state_ = State::kIdle;
  std::uint8_t number_;
};

}  // namespace smtpgauge
