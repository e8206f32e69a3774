#include "reports/progress.h"

#include <algorithm>
#include <cerrno>

#include <fmt/format.h>
#include <unistd.h>

#include "reports/check_summary.h"
#include "reports/numbers.h"
#include "reports/octets.h"
#include "reports/text_page.h"
#include "runner/record/units.h"

namespace smtpgauge {
namespace {

constexpr std::chrono::nanoseconds kBarInterval = std::chrono::milliseconds(100);
constexpr std::chrono::nanoseconds kLineInterval = std::chrono::seconds(5);
constexpr std::size_t kBarWidth = 24;
// Back to the first column and clear to the end of the line (ECMA-48 8.3.41).
constexpr std::string_view kClearLine = "\r\x1b[K";

double ShareOf(const Progress& progress, std::chrono::nanoseconds elapsed) {
  double share = 0;
  if (const auto* check = std::get_if<CheckProgress>(&progress)) {
    if (check->total > 0) share = static_cast<double>(check->done) / check->total;
  } else {
    const auto& load = std::get<LoadProgress>(progress);
    const auto ended = load.accepted + load.rejected + load.failed;
    if (load.length.count() > 0) {
      share = std::chrono::duration<double>(elapsed) / load.length;
    }
    if (load.messages_planned > 0) {
      share =
          std::max(share, static_cast<double>(ended) / static_cast<double>(load.messages_planned));
    }
  }
  return std::clamp(share, 0.0, 1.0);
}

// Verdicts that people wait for; passes are the rest.
std::string Findings(const CheckProgress& check) {
  std::string text;
  for (const Verdict verdict :
       {Verdict::kFail, Verdict::kWarn, Verdict::kError, Verdict::kBlocked}) {
    const std::uint32_t count = check.counts[static_cast<std::size_t>(verdict)];
    if (count > 0) text += fmt::format(", {} {}", count, SpokenVerdict(verdict));
  }
  return text;
}

std::string Story(const CheckProgress& check) {
  return fmt::format("{} of {} cases{}", check.done, check.total, Findings(check));
}

std::string Story(const LoadProgress& load) {
  std::string text = fmt::format("{} accepted, {}/s", WithThousands(load.accepted),
                                 HumanRate(load.accepted_per_second));
  if (load.p99_micros > 0) text += ", p99 " + FormatMicros(load.p99_micros);
  text += fmt::format(", {} sessions", WithThousands(load.open_sessions));
  if (load.rejected > 0) text += fmt::format(", {} rejected", WithThousands(load.rejected));
  if (load.failed > 0) text += fmt::format(", {} failed", WithThousands(load.failed));
  if (load.missed > 0) text += fmt::format(", {} missed", WithThousands(load.missed));
  return text;
}

std::string StoryOf(const Progress& progress) {
  return std::visit([](const auto& state) { return Story(state); }, progress);
}

bool IsTrouble(const Progress& progress) {
  if (const auto* check = std::get_if<CheckProgress>(&progress)) {
    return check->counts[static_cast<std::size_t>(Verdict::kFail)] > 0;
  }
  return std::get<LoadProgress>(progress).failed > 0;
}

}  // namespace

std::string ProgressSentence(const Progress& progress, std::chrono::nanoseconds elapsed) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(elapsed).count();
  return fmt::format("{} s: {}", seconds, StoryOf(progress));
}

std::string ProgressBar(const Progress& progress, std::chrono::nanoseconds elapsed,
                        const TextStyle& style) {
  const double share = ShareOf(progress, elapsed);
  const auto filled = static_cast<std::size_t>(share * kBarWidth);
  std::string bar(filled, '=');
  if (filled < kBarWidth) bar += '>';
  bar.resize(kBarWidth, ' ');
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(elapsed).count();
  std::string rest = fmt::format("] {:>3.0f}%  {} s  {}", share * 100, seconds, StoryOf(progress));
  if (const auto* check = std::get_if<CheckProgress>(&progress); check && !check->current.empty()) {
    rest += "  " + EscapeOctets(check->current);
  }
  // A line that wraps cannot be redrawn in place.
  const std::size_t room = style.width > kBarWidth + 1 ? style.width - kBarWidth - 1 : 0;
  rest = Shorten(std::move(rest), room);
  const TextPage page(style);
  return "[" + page.Paint(IsTrouble(progress) ? Tone::kBad : Tone::kGood, bar) + rest;
}

void ProgressDisplay::Update(const Progress& progress, std::chrono::nanoseconds elapsed) {
  if (elapsed < next_) return;
  if (kind_ == Kind::kLines) {
    // Nothing at once: a run shorter than the interval needs no progress in its log.
    if (next_.count() > 0) Put(ProgressSentence(progress, elapsed) + "\n");
    next_ = (next_.count() > 0 ? elapsed : std::chrono::nanoseconds::zero()) + kLineInterval;
    return;
  }
  Put(std::string(kClearLine) + ProgressBar(progress, elapsed, style_));
  drawn_ = true;
  next_ = elapsed + kBarInterval;
}

void ProgressDisplay::Clear() {
  if (drawn_) Put(std::string(kClearLine));
  drawn_ = false;
}

void ProgressDisplay::Put(const std::string& text) const {
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t written = ::write(fd_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    // Progress that nobody reads must not end the run.
    if (written <= 0) return;
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace smtpgauge
