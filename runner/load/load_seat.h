// One session under load: asks its worker for messages, hands what happens to the recorder.
#pragma once

#include <cstdint>
#include <string_view>

#include "runner/drive/seat.h"

namespace smtpgauge {

class LoadWorker;

class LoadSeat final : public Seat {
 public:
  LoadSeat(LoadWorker& worker, const Script& script, std::uint16_t index,
           const SessionOptions& options);

  Next NextMessage(Session& session, MessageJob& job) override;
  void OnEvent(const Event& event) override;
  void OnLimit(std::string_view text) override;
  void OnExample(Session& session, const Op& op, Verdict verdict, std::string_view actual) override;
  void OnTlsFacts(const Connection& connection) override;

  /// There is something to do for a session that waits.
  void Wake(TimePoint now);

  // For the worker alone.
  std::size_t place = 0;          ///< in its list of seats
  std::size_t slot = 0;           ///< closed loop: which of the sessions it is
  std::uint32_t taken = 0;        ///< messages
  TimePoint thinks_until{};       ///< closed loop: before the next message, when that was drawn
  bool asked = false;             ///< has asked for a message: the connection is usable
  bool listed = false;            ///< among those that wait
  bool progressed = false;        ///< a message got its final reply
  bool reported = false;          ///< the session has ended, one way or another
  Outcome ended = Outcome::k2yz;  ///< of the session

 protected:
  void Finished() override;

 private:
  LoadWorker& worker_;
};

}  // namespace smtpgauge
