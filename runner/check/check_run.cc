#include "runner/check/check_run.h"

#include <algorithm>

#include <fmt/format.h>

namespace smtpgauge {
namespace {

/// So many cases in a row without a connection: the server is gone, and trying on would only take
/// time.
constexpr std::size_t kMaxRefusals = 5;

bool IsRough(const Script& script) {
  return std::any_of(script.needs.begin(), script.needs.end(),
                     [](Need need) { return need == Need::kDisruptive || need == Need::kSlow; });
}

bool IsBad(Verdict verdict) {
  return verdict == Verdict::kFail || verdict == Verdict::kError;
}

/// What the octets instead of a greeting suggest.
std::string GuessProtocol(const CaseResult& result) {
  for (const TranscriptEntry& entry : result.transcript) {
    if (entry.kind != TranscriptEntry::Kind::kReceived) continue;
    const std::string& octets = entry.octets;
    if (octets.starts_with("HTTP/") || octets.find("<html") != std::string::npos)
      return "; it looks like an HTTP server";
    if (octets.starts_with("+OK")) return "; it looks like a POP3 server";
    if (octets.starts_with("* OK")) return "; it looks like an IMAP server";
    if (octets.starts_with("SSH-")) return "; it looks like an SSH server";
    if (!octets.empty() && (octets[0] == 0x15 || octets[0] == 0x16))
      return "; it speaks TLS from the start: use smtps:// or --tls implicit";
    return {};
  }
  return "; if the port expects TLS from the start, use smtps:// or --tls implicit";
}

}  // namespace

CheckRun::CheckRun(EventLoop& loop, TlsContext& tls, CheckSetup setup)
    : loop_(loop),
      setup_(std::move(setup)),
      context_{loop,        tls,           setup_.destination, setup_.options,
               setup_.plan, observations_, setup_.sender,      setup_.recipient},
      probe_context_{loop,          tls,           setup_.destination, setup_.options,
                     setup_.probes, observations_, setup_.sender,      setup_.recipient},
      pool_(context_, setup_.limits, setup_.token_prefix + "c"),
      probe_pool_(probe_context_, {}, setup_.token_prefix + "p"),
      slots_(setup_.plan.scripts.size()) {}

CheckRun::~CheckRun() = default;

CaseResult CheckRun::Converse(std::string_view probe, Knowledge* learn) {
  CaseResult result;
  result.verdict = Verdict::kSkipped;
  const auto& scripts = setup_.probes.scripts;
  for (std::size_t i = 0; i < scripts.size(); ++i) {
    if (scripts[i].id != probe) continue;
    probe_pool_.Run({static_cast<std::uint16_t>(i)}, learn, [&](std::uint16_t, CaseResult done) {
      result = std::move(done);
      return true;
    });
  }
  return result;
}

void CheckRun::LearnTarget() {
  const CaseResult target = Converse("probe-target", &knowledge_);
  if (pool_.stopped()) return;
  if (target.verdict != Verdict::kPass && knowledge_.greeting.empty()) {
    std::string why = target.reason.empty() ? target.actual : target.reason + ": " + target.actual;
    if (target.verdict == Verdict::kError)
      throw Unreachable(fmt::format("cannot reach {}: {}", setup_.info.target, target.actual));
    throw Unreachable(fmt::format("{} does not greet like a mail server: {}{}", setup_.info.target,
                                  why, GuessProtocol(target)));
  }
  const bool legal = !target.transcript.empty() && knowledge_.noop_code >= 200;
  if (!legal && target.actual.starts_with("HTTP/")) {
    throw Unreachable(fmt::format("{} does not speak SMTP: {}{}", setup_.info.target, target.actual,
                                  GuessProtocol(target)));
  }
  setup_.options.usual_noop = knowledge_.noop_code;
  setup_.options.usual_quit = knowledge_.quit_code;
  (void)Converse("probe-session", &knowledge_);
  if (setup_.selection.supplied.contains(Need::kRecipient)) {
    (void)Converse("probe-message", &knowledge_);
    if (!knowledge_.takes_mail) NoteRefusedMail();
  }
  setup_.options.usual_refusals = knowledge_.refusals;
  result_.facts = knowledge_.Facts();
}

/// Little can be told of a server that takes no mail: the report says so before anything else.
void CheckRun::NoteRefusedMail() {
  const std::string& refusal = knowledge_.refusal;
  const auto& codes = knowledge_.refusals;
  const bool for_now =
      std::any_of(codes.begin(), codes.end(), [](int code) { return code / 100 == 4; });
  result_.notes.push_back(
      fmt::format("a plain message to the recipient was not taken ({}): what needs one is blocked, "
                  "and verdicts about recipients may be about that; {}",
                  refusal.empty() ? "no reply refused it" : refusal,
                  for_now ? "run again when the server takes it (greylisting, limits)"
                          : "see that --recipient is right, and who may send there"));
}

void CheckRun::SortCases() {
  if (knowledge_.tls) setup_.selection.supplied.insert(Need::kTls);
  const Plan& plan = setup_.plan;
  for (std::size_t i = 0; i < plan.scripts.size(); ++i) {
    const Script& script = plan.scripts[i];
    const ScenarioHeader& header = plan.headers[script.header];
    Slot& slot = slots_[i];
    slot.result = Describe(plan, script);
    if (!IsSelected(script, setup_.selection)) {
      slot.settled = true;  // not part of the run
      slot.result.id.clear();
      continue;
    }
    ++total_;
    const auto settle = [&](Verdict verdict, std::string reason) {
      slot.settled = true;
      slot.result.verdict = verdict;
      slot.result.reason = std::move(reason);
      ++done_;
    };
    if (!header.pending.empty()) {
      settle(Verdict::kSkipped, "not executable yet: " + header.pending);
      continue;
    }
    if (std::string why = WhyForeign(header, setup_.selection); !why.empty()) {
      settle(Verdict::kNotApplicable, std::move(why));
      continue;
    }
    if (std::string why = WhyNotApplicable(header.when, knowledge_); !why.empty()) {
      settle(Verdict::kNotApplicable, std::move(why));
      continue;
    }
    if (std::string why = WhyNotApplicable(script.when, knowledge_); !why.empty()) {
      settle(Verdict::kNotApplicable, std::move(why));
      continue;
    }
    if (std::string why = WhySkipped(script, setup_.selection); !why.empty()) {
      settle(Verdict::kSkipped, std::move(why));
      continue;
    }
    if (!header.observes.empty()) continue;  // judged over the whole run
    (IsRough(script) ? rough_ : gentle_).push_back(static_cast<std::uint16_t>(i));
  }
}

bool CheckRun::OnCase(std::uint16_t script, CaseResult result) {
  Slot& slot = slots_[script];
  slot.result = std::move(result);
  slot.settled = true;
  ++done_;
  progress_({done_, total_, &slot.result, nullptr});
  if (slot.result.verdict != Verdict::kError) {
    refusals_in_a_row_ = 0;
  } else if (++refusals_in_a_row_ == 1) {
    first_refused_ = slot.result.id;
  } else if (refusals_in_a_row_ >= kMaxRefusals) {
    stop_reason_ = fmt::format("not run: {} cases in a row got no connection, {} first",
                               kMaxRefusals, first_refused_);
    result_.notes.push_back(
        fmt::format("the server stopped taking connections; {} was the first case without one",
                    first_refused_));
    return false;
  }
  if (setup_.fail_fast && IsBad(slot.result.verdict)) {
    stop_reason_ = "not run: stopped behind the first failure (--fail-fast)";
    result_.partial = true;
    return false;
  }
  return true;
}

void CheckRun::RunCases(const std::vector<std::uint16_t>& scripts) {
  pool_.Run(scripts, nullptr, [this](std::uint16_t script, CaseResult result) {
    return OnCase(script, std::move(result));
  });
}

void CheckRun::FinishRest(Verdict verdict, const std::string& reason) {
  for (Slot& slot : slots_) {
    if (slot.settled) continue;
    slot.settled = true;
    slot.result.verdict = verdict;
    slot.result.reason = reason;
  }
}

/// If the server took a plain message before the cases and does not any more, some case broke it.
void CheckRun::LookAgain() {
  const bool with_message =
      setup_.selection.supplied.contains(Need::kRecipient) && knowledge_.takes_mail;
  Knowledge after;
  const CaseResult again = Converse(with_message ? "probe-message" : "probe-session", &after);
  const bool sane = again.verdict == Verdict::kPass && (!with_message || after.takes_mail);
  if (sane) return;
  std::string suspects;
  for (const Slot& slot : slots_) {
    if (IsBad(slot.result.verdict) && !slot.result.id.empty())
      suspects += (suspects.empty() ? "" : ", ") + slot.result.id;
    if (suspects.size() > 300) break;
  }
  result_.notes.push_back(fmt::format(
      "after the cases the server no longer answers {} as before ({}); cases that ended badly: {}",
      with_message ? "a plain message" : "a plain session",
      again.actual.empty() ? again.reason : again.actual, suspects.empty() ? "none" : suspects));
}

void CheckRun::JudgeObservations() {
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    Slot& slot = slots_[i];
    const ScenarioHeader& header = setup_.plan.headers[setup_.plan.scripts[i].header];
    if (slot.settled || header.observes.empty()) continue;
    if (!observations_.Judge(header.observes, slot.result)) continue;
    slot.settled = true;
  }
}

CheckResult CheckRun::Run(const std::function<void(const RunProgress&)>& progress) {
  progress_ = progress;
  LearnTarget();
  SortCases();
  progress_({done_, total_, nullptr, &knowledge_});
  RunCases(gentle_);
  RunCases(rough_);
  JudgeObservations();
  if (pool_.stopped() && stop_reason_.empty()) stop_reason_ = "not run: interrupted";
  if (!pool_.stopped()) LookAgain();
  FinishRest(result_.partial ? Verdict::kSkipped : Verdict::kError, stop_reason_);
  for (Slot& slot : slots_) {
    if (!slot.result.id.empty()) result_.results.push_back(std::move(slot.result));
  }
  result_.info = setup_.info;
  return std::move(result_);
}

void CheckRun::Stop(std::string_view why) {
  stop_reason_ = fmt::format("not run: {}", why);
  result_.partial = true;
  pool_.Stop(why);
  probe_pool_.Stop(why);
}

}  // namespace smtpgauge
