// Always-on observations: rules that every reply of every case is held against.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "runner/record/event.h"
#include "runner/smtp/extension.h"
#include "runner/smtp/reply.h"

namespace smtpgauge {

/// What a rule may look at. `verb` is upper case, "" for the greeting, "." for the end of data.
struct Exhibit {
  const smtp::Reply* reply = nullptr;
  const smtp::ExtensionSet* extensions = nullptr;  ///< of the latest EHLO, null before
  std::string_view verb;
  Phase phase = Phase::kOther;
  Duration took{};
};

/// What a rule says of one reply: nothing to judge, fine, or what is wrong.
struct Finding {
  enum class Kind : std::uint8_t { kNotConcerned, kFine, kWarn, kFail } kind = Kind::kNotConcerned;
  std::string what;
};

struct Observation {
  std::string_view name;  ///< as scenarios write it after "observe"
  std::string_view text;  ///< one line for `list --observations`
  Finding (*judge)(const Exhibit&);
};

/// The one rule that looks at closings and not at replies.
inline constexpr std::string_view kCloseAnnounced = "close-announced";

/// The table; adding a rule is one function and one row.
[[nodiscard]] std::span<const Observation> Observations();

}  // namespace smtpgauge
