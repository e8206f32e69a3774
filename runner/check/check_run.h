// A conformance run: sane conversation, the cases, sane conversation again.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>

#include "runner/check/case_pool.h"
#include "runner/check/selection.h"
#include "runner/record/check_result.h"

namespace smtpgauge {

struct CheckSetup {
  Plan plan;    ///< the cases
  Plan probes;  ///< the sane conversations: probe-target, probe-session, probe-message
  Destination destination;
  SessionOptions options;
  Selection selection;
  PoolLimits limits;
  RunInfo info;
  std::string sender;
  std::string recipient;
  bool fail_fast = false;
  std::string token_prefix;  ///< unique for the run
};

/// The target could not be spoken to from the start: nothing was judged.
class Unreachable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What a run tells while it goes on.
struct RunProgress {
  std::size_t done = 0;
  std::size_t total = 0;
  const CaseResult* latest = nullptr;    ///< null before the first
  const Knowledge* knowledge = nullptr;  ///< set once, when the target was looked at
};

class CheckRun {
 public:
  CheckRun(EventLoop& loop, TlsContext& tls, CheckSetup setup);
  ~CheckRun();

  /// Throws Unreachable. Every selected case is in the result, whatever happened.
  CheckResult Run(const std::function<void(const RunProgress&)>& progress);
  /// From a signal on the same thread: Run() returns soon with a partial result.
  void Stop(std::string_view why);

 private:
  void LearnTarget();
  CaseResult Converse(std::string_view probe, Knowledge* learn);
  void NoteRefusedMail();
  void SortCases();
  void RunCases(const std::vector<std::uint16_t>& scripts);
  bool OnCase(std::uint16_t script, CaseResult result);
  void FinishRest(Verdict verdict, const std::string& reason);
  void LookAgain();
  void JudgeObservations();

  struct Slot {
    CaseResult result;
    bool settled = false;
  };

  EventLoop& loop_;
  CheckSetup setup_;
  ObservationLog observations_;
  Knowledge knowledge_;
  CheckContext context_;
  CheckContext probe_context_;
  CasePool pool_;
  CasePool probe_pool_;
  CheckResult result_;
  std::vector<Slot> slots_;            ///< by script
  std::vector<std::uint16_t> gentle_;  ///< cases of the first round
  std::vector<std::uint16_t> rough_;   ///< disruptive or slow: behind the others
  std::function<void(const RunProgress&)> progress_;
  std::size_t done_ = 0;
  std::size_t total_ = 0;
  std::size_t refusals_in_a_row_ = 0;
  std::string first_refused_;
  std::string stop_reason_;
};

}  // namespace smtpgauge
