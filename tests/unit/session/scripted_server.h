// A server in memory for one session under load: answers from a table, feeds its replies in pieces
// of any size, and writes down what the session did.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runner/session/session.h"

namespace smtpgauge {

class ScriptedServer final : public SessionHost {
 public:
  enum class Chunking : std::uint8_t { kNo, kOffered };

  /// Lines that EHLO offers behind the greeting line.
  std::vector<std::string> offers = {"PIPELINING", "CHUNKING", "ENHANCEDSTATUSCODES"};
  /// Replies in place of the usual ones: to the n-th (from 1) command of a verb. "." is the end of
  /// the content, "connect" the greeting. An empty reply: none at all.
  std::map<std::pair<std::string, int>, std::string> replies;
  bool lmtp = false;
  /// Messages that the workload wants sent; what to do behind them.
  std::uint32_t messages = 1;
  std::uint32_t recipients_per_message = 1;
  Next afterwards = Next::kClose;
  std::vector<std::string> recipients = {"user@example.test"};
  Content content{
      .encoded = "body\r\n", .encoded_end = ".\r\n", .raw = "body\r\n", .raw_end = {}, .octets = 6};

  // What happened.
  std::vector<std::string> writes;
  std::vector<std::string> commands;  ///< verbs, in order
  std::vector<Event> events;          ///< exchanges that were told of together, one by one
  std::size_t reports = 0;            ///< calls that told of them
  std::vector<std::string> examples;
  std::string limit;
  std::uint32_t handed_out = 0;
  std::uint32_t accepted = 0;  ///< by the server, at the end of the content
  int closes = 0;
  bool done = false;

  /// Lets session and server talk until neither has anything to say, replies in pieces of `piece`
  /// octets; closes the connection once `close_behind` octets of replies were sent.
  void Talk(Session& session, std::size_t piece, std::size_t close_behind = SIZE_MAX);
  [[nodiscard]] std::vector<Event> EventsOf(Phase phase) const;
  TimePoint now{std::chrono::seconds(100)};
  /// All pieces of what was answered at once come in the same instant.
  bool clock_stands = false;

  void Connect(Session&, std::uint8_t, const smtpgauge::Connect&) override { connecting_ = true; }
  void StartTls(Session&, std::uint8_t, const smtpgauge::StartTls*) override {}
  bool Write(Session&, std::uint8_t, std::span<const iovec> octets) override;
  void Close(Session&, std::uint8_t, Close::How) override { ++closes; }
  std::vector<std::string> ReadDelivered(std::string_view, std::string_view) override { return {}; }
  void OnReply(Session&, const ObservedReply&) override {}
  void OnPeerClosed(Session&, CloseKind, bool) override {}
  Next NextMessage(Session&, MessageJob& job) override;
  void OnEvent(const Event& event) override;
  void OnLimit(std::string_view text) override { limit = text; }
  void OnExample(Session&, const Op&, Verdict, std::string_view actual) override {
    examples.emplace_back(actual);
  }
  void OnDone(Session&) override { done = true; }

 private:
  void Serve();
  void Command(const std::string& line);
  void EndContent();
  void Reply(const std::string& verb, const std::string& usual);

  std::string input_;
  std::string output_;
  std::map<std::string, int> seen_;
  std::size_t bdat_left_ = 0;
  std::uint32_t envelope_ = 0;  ///< recipients accepted
  bool connecting_ = false;
  bool in_data_ = false;
  bool mail_ = false;  ///< MAIL was accepted
};

}  // namespace smtpgauge
