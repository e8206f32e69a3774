// The plan: what a run will do, settled before anything runs. Immutable after Compile().
// scenario JSON -> Catalogue (catalogue.h) -> Plan -> sessions.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "runner/record/check_result.h"
#include "runner/record/event.h"
#include "scenarios/pattern.h"
#include "scenarios/text.h"

namespace smtpgauge {

// --- Expectations ------------------------------------------------------------------------------

/// A condition on a reply beyond its code. When it does not hold the verdict is `otherwise`.
struct Predicate {
  enum class Kind : std::uint8_t {
    kText,      ///< `pattern` matches the texts joined with LF
    kNotText,   ///< `pattern` does not
    kEachLine,  ///< `pattern` matches every line's text from line `from` on
    kOctets,    ///< `pattern` matches the raw octets, line ends included
    kContains,  ///< the texts contain rendered `value`
    kNotContains,
    kEnhanced,  ///< the first line's enhanced code matches `pattern` (over "5.1.1"; "" when absent)
    kLines,     ///< number of lines within [least, most]
    kKeyword,   ///< EHLO reply: keyword `name` present, its parameters match `pattern` if given
    kNoKeyword,           ///< EHLO reply: keyword `name` absent
    kWithin,              ///< came within `time` of the command
    kWellFormed,          ///< no ReplyFault
    kFirstWordNamesHost,  ///< first word of the text is a domain name or address literal
  };
  Kind kind = Kind::kText;
  std::optional<Pattern> pattern;
  std::string name;
  Text value;
  std::uint32_t from = 0;
  std::uint32_t least = 0, most = 0xffffffff;
  Duration time{};
  Verdict otherwise = Verdict::kFail;
  std::string note;  ///< why this matters, shown as the reason
};

struct Capture {
  SlotIndex slot = kNoSlot;
  Pattern pattern;  ///< over the texts joined with LF
  Verdict otherwise = Verdict::kBlocked;
};

/// Reply codes to verdicts, in tiers of sets. `codes[c - 200]` for c in 200..599.
struct Expectation {
  std::array<Verdict, 400> codes{};
  Verdict malformed = Verdict::kFail;   ///< code 0: not a reply
  Verdict on_close = Verdict::kFail;    ///< the connection ended instead of a reply
  Verdict on_silence = Verdict::kFail;  ///< no reply within the phase's limit
  bool names_421 = false;               ///< the scenario itself says what 421 means here
  std::vector<Predicate> also;
  std::vector<Capture> captures;
  std::optional<Duration> within;  ///< replaces the phase's limit (RFC 5321 4.5.3.2)
  std::string expected;            ///< for people: "503, 554 (tolerated: 5yz)"

  /// Nothing but the code of a reply is looked at.
  [[nodiscard]] bool CodeDecides() const { return also.empty() && captures.empty(); }
};

// --- Conditions ---------------------------------------------------------------------------------

/// When a step or case applies. Empty lists mean no condition; all that are given must hold.
struct Condition {
  std::vector<std::string> ehlo;        ///< keywords advertised ("SIZE", "AUTH PLAIN" = mechanism)
  std::vector<std::string> no_ehlo;     ///< keywords not advertised
  std::vector<std::string> ehlo_clear;  ///< case level only: before TLS
  std::vector<std::string> no_ehlo_clear;
  std::vector<std::string> ehlo_tls;  ///< case level only: after TLS
  std::vector<std::string> no_ehlo_tls;
  [[nodiscard]] bool empty() const {
    return ehlo.empty() && no_ehlo.empty() && ehlo_clear.empty() && no_ehlo_clear.empty() &&
           ehlo_tls.empty() && no_ehlo_tls.empty();
  }
};

// --- Operations ---------------------------------------------------------------------------------

/// Which steps may pass judgement: only kProbe does; a refusal in kSetup makes the case blocked.
enum class Section : std::uint8_t { kSetup, kProbe, kCleanup };

/// Opens connection `Op::connection` to the target.
struct Connect {
  enum class Tls : std::uint8_t { kTarget, kClear, kImplicit };
  enum class Port : std::uint8_t { kTarget, kTls };
  Tls tls = Tls::kTarget;
  Port port = Port::kTarget;
  Verdict refused = Verdict::kError;  ///< verdict when no connection comes about
};

struct Segment {
  std::size_t octets = 0;  ///< length of this piece; 0: all that is left
  Duration pause{};        ///< wait behind it
};

/// Queues octets; they leave together at the next wait, or in segments with pauses.
struct Send {
  Text text;
  std::vector<Segment> segments;  ///< empty: one write
  bool bytewise = false;          ///< every octet a segment of its own, `segments[0].pause` apart
  bool secret = false;            ///< the whole of it is masked in transcripts
  bool data_command = false;      ///< the DATA command that --chunking replaces
};

/// The content of a message with its end of data. Content = header, then body.
struct SendMessage {
  Text header;  ///< complete header section with the empty line
  Text body;
  std::optional<Count> size;  ///< content octets in all: a filler completes the body
  bool generated = false;     ///< load: header and body come from the workload
  enum class Framing : std::uint8_t { kData, kBdat } framing = Framing::kData;
  bool stuffed = true;                     ///< dot-stuffing (RFC 5321 4.5.2); off: sent as written
  std::optional<std::string> end_of_data;  ///< replaces CRLF.CRLF; may be empty
};

/// When the session waits for the reply before it goes on.
enum class Sync : std::uint8_t {
  kAlways,            ///< wait here
  kUnlessPipelining,  ///< may go on when PIPELINING is in use (RFC 2920 section 3.1)
  kLater,             ///< a member of an explicit group: the wait comes behind the group
};

struct Await {
  std::uint16_t expectation = 0;  ///< index into Script::expectations
  Sync sync = Sync::kAlways;
  bool ehlo = false;  ///< a 250 replaces the connection's ExtensionSet
  /// LMTP end of data (RFC 2033 4.2): one reply for each accepted recipient.
  bool per_recipient = false;
  bool counts_recipient = false;  ///< RCPT: a 2yz adds to the accepted recipients
};

/// No octet may arrive for `time`.
struct Silence {
  Duration time{};
  std::array<Verdict, 400> codes{};  ///< what a reply means, by code
  Verdict malformed = Verdict::kFail;
  Verdict on_close = Verdict::kFail;
  std::string expected;
};

/// How a connection ended, as its peer sees it (requirements 0.3, 5).
enum class CloseKind : std::uint8_t { kFin, kReset, kTlsNotify };

struct AwaitClose {
  Verdict fin = Verdict::kPass;
  Verdict reset = Verdict::kWarn;
  Verdict open = Verdict::kFail;    ///< still open after `within`
  Verdict reply = Verdict::kFail;   ///< a reply came instead
  bool wants_close_notify = false;  ///< over TLS a FIN without close_notify gives `no_notify`
  Verdict no_notify = Verdict::kWarn;
  Duration within{};
  std::string expected;
};

/// Ends our side.
struct Close {
  enum class How : std::uint8_t { kFin, kReset, kHalf } how = How::kFin;
};

/// Client handshake on the live connection.
struct StartTls {
  std::string server_name;               ///< SNI; empty: the target's host
  std::string min_version, max_version;  ///< "1.0".."1.3"; empty: the library's
  std::string ciphers;                   ///< OpenSSL list; empty: default
  std::string alpn;
  enum class Verify : std::uint8_t { kTarget, kNone, kRequire } verify = Verify::kTarget;
  Text garbage;  ///< sent instead of a ClientHello when not empty
  Verdict completed = Verdict::kPass;
  Verdict failed = Verdict::kFail;
  Verdict silence = Verdict::kFail;   ///< neither in time
  Verdict leftover = Verdict::kFail;  ///< clear octets were waiting behind the 220
  std::vector<Predicate> facts;       ///< kText over "version=TLSv1.3 cipher=... verify=..."
  std::string expected;
};

/// A whole AUTH exchange (RFC 4954 section 4), or a spoiled one.
struct Authenticate {
  std::string mechanism;  ///< PLAIN, LOGIN, CRAM-MD5, SCRAM-SHA-1, SCRAM-SHA-256, "" = best offered
  Text user, password, authzid;
  enum class Initial : std::uint8_t { kAuto, kAlways, kNever } initial = Initial::kAuto;
  struct Edit {
    Pattern find;
    std::string replace;
    std::uint8_t message = 0;
  };
  std::vector<Edit> edits;                ///< client messages (from 1) changed before base64
  std::uint16_t expectation = 0;          ///< of the final reply
  std::vector<Predicate> challenges;      ///< kText over the decoded challenges, "1:...\n2:..."
  SlotIndex capture_challenge = kNoSlot;  ///< decoded first challenge
  SlotIndex capture_steps = kNoSlot;      ///< number of 334 replies
};

struct Pause {
  Duration time{};
};

/// Compares two rendered texts.
struct Compare {
  Text left, right;
  enum class Relation : std::uint8_t {
    kSame,
    kDifferent,
    kLess,
    kLessOrEqual,
    kMatches
  } relation = Relation::kSame;
  std::optional<Pattern> pattern;  ///< kMatches: over left
  Verdict otherwise = Verdict::kFail;
  std::string note;
};

/// Looks for delivered messages that carry `marker` in the recipient's Maildir.
struct Delivered {
  Text recipient;                     ///< mailbox address whose store is searched
  Text marker;                        ///< octets that mark the message, usually the token
  std::uint32_t least = 1, most = 1;  ///< messages; least == 0 and most == 0: none may come
  Duration within{};
  struct Part {
    enum class Kind : std::uint8_t {
      kBody,         ///< body octets equal `value` (line ends CRLF; Maildir LF is folded to CRLF)
      kHeader,       ///< some field `name` whose unfolded value matches `pattern`
      kNoHeader,     ///< no field `name` (matching `pattern` when given)
      kFirstHeader,  ///< the first field `name` matches `pattern`
      kHeaderCount,  ///< number of fields `name` (matching `pattern` when given) within [least,
                     ///< most]
      kOctets,       ///< whole message matches `pattern`
      kNotOctets,
      kFieldOrder,  ///< the first field of the message is `name`
    } kind = Kind::kBody;
    std::string name;
    Text value;
    std::optional<Pattern> pattern;
    std::uint32_t least = 0, most = 0xffffffff;
    Verdict otherwise = Verdict::kFail;
    std::string note;
  };
  std::vector<Part> parts;
  SlotIndex capture_slot = kNoSlot;  ///< number found
  Verdict too_few = Verdict::kFail;
  Verdict too_many = Verdict::kFail;
  std::string expected;
};

/// Ends the case with a verdict of its own.
struct Conclude {
  Verdict verdict = Verdict::kPass;
  std::string note;
};

/// Goes on at `target` unless `condition` holds (latest EHLO of the operation's connection), or,
/// with a comparison, unless that holds.
struct SkipUnless {
  Condition condition;
  std::optional<Compare> compare;
  std::uint16_t target = 0;
};

/// Runs the operations up to the matching LoopEnd `times` times; `counter` counts from 1.
struct LoopBegin {
  Count times;
  SlotIndex counter = kNoSlot;
  bool each_recipient = false;  ///< load: once for each recipient of the message
  bool one_command = false;     ///< that is one whole command and its reply, nothing else
  std::uint16_t end = 0;        ///< operation behind the matching LoopEnd
};
struct LoopEnd {
  std::uint16_t begin = 0;
};

/// Binds a slot to a rendered text.
struct Assign {
  SlotIndex slot = kNoSlot;
  Text value;
};

using Action = std::variant<Connect, Send, SendMessage, Await, Silence, AwaitClose, Close, StartTls,
                            Authenticate, Pause, Compare, Delivered, Conclude, SkipUnless,
                            LoopBegin, LoopEnd, Assign>;

struct Op {
  Action action;
  std::uint8_t connection = 1;
  Section section = Section::kSetup;
  Phase phase = Phase::kOther;
  std::uint16_t pointer = 0;  ///< index into Script::pointers: JSON pointer of the step
  std::uint16_t note = 0;     ///< index into Script::notes: what the step is for; 0 when unsaid
};

// --- Scripts ------------------------------------------------------------------------------------

/// What the user must supply or allow before a case can run.
enum class Need : std::uint8_t {
  kRecipient,
  kSecondRecipient,
  kManyRecipients,
  kUnknownRecipient,
  kForeignRecipient,
  kCredentials,
  kTls,
  kDelivery,
  kSlow,
  kDisruptive,
  kTlsPort,
  kMail  ///< the case leaves a message and is none of the handful that every run may leave
};
inline constexpr std::size_t kNeedCount = 12;
/// "recipient", "second_recipient", "many_recipients", "unknown_recipient", "foreign_recipient",
/// "credentials", "tls", "delivery", "slow", "disruptive",
/// "tls_port", "mail".
[[nodiscard]] std::string_view NeedName(Need need);

/// Header of a scenario, shared by its rows.
struct ScenarioHeader {
  std::string id;
  std::string title;
  bool load = false;  ///< a load scenario, or a mix of them
  std::string text;   ///< the requirement in our words
  Level level = Level::kMust;
  std::string rfc, section;
  std::string source;  ///< where a doubt lies, or whose statement it rests on
  std::string file;    ///< relative to the scenario root
  std::vector<Need> needs;
  std::vector<std::string> profiles;  ///< empty: every profile
  Condition when;
  std::string pending;   ///< not executable yet: the reason
  std::string observes;  ///< name of an always-on observation judged over the whole run
};

/// `${ehlo.SIZE}`: filled behind each EHLO on connection 1; empty when not advertised.
struct EhloSlot {
  std::string keyword;
  SlotIndex slot = kNoSlot;
};

/// One executable case, or the dialogue of one load scenario: a flat list of operations.
struct Script {
  std::string id;  ///< header id, or id/slug for a row
  std::string title;
  std::uint16_t header = 0;    ///< index into Plan::headers
  Level level = Level::kMust;  ///< a row may differ from its header
  std::vector<Need> needs;     ///< header's and the row's
  Condition when;
  std::vector<Op>
      ops;  ///< check: all; load: [0, steps) open, [steps, close) steps, [close, end) close
  std::uint16_t steps = 0;
  std::uint16_t close = 0;
  std::vector<Expectation> expectations;
  std::vector<std::string> pointers;
  std::vector<std::string> notes{""};
  std::vector<EhloSlot> ehlo_slots;
  std::uint16_t slot_count = kFirstFreeSlot;
  std::uint8_t connections = 1;  ///< the highest number that an operation names
  std::vector<Assign> initial;   ///< slots bound before the first operation
  bool proves_sync = true;       ///< NOOP and QUIT behind the probe
  /// Which of the slots that change with every reply or message some text names.
  bool reads_code = false, reads_size = false, reads_message = false;
  bool load = false;
  bool delivers = false;     ///< load: `steps` hold an end of data, so each round is a message
  std::uint32_t weight = 1;  ///< load: share in a mix
};

/// The load section of a scenario; the command line overrides each field.
struct LoadSpec {
  std::optional<std::uint32_t> messages_per_connection;  ///< 0: never close
  std::optional<std::uint32_t> recipients_per_message;
  std::string size;            ///< "1k", "uniform:1k-100k", "lognormal:8k:1.0", "file:DIR"
  std::string think;           ///< between messages: "0", "100ms", "exp:1s", "uniform:1s-2s"
  std::string rate;            ///< "500/s"
  std::string stages;          ///< "30s:100,2m:100-1000"
  std::string arrivals;        ///< constant, poisson, burst:N, sine:..., trace:FILE
  std::string recipients_csv;  ///< feeder files, relative to the scenario
  std::string senders_csv;
  std::vector<std::string> thresholds;
};

struct Plan {
  std::vector<ScenarioHeader> headers;
  std::vector<Script> scripts;  ///< catalogue order
  LoadSpec load;
  std::string catalogue_hash;  ///< SHA-256, hex
};

}  // namespace smtpgauge
