// The state of one client connection. Small, because 15,000 of them may be open: whatever most
// connections never need hangs off one pointer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runner/sink/auth.h"
#include "runner/sink/data_scanner.h"
#include "runner/sink/loose_scanner.h"
#include "runner/sink/maildir.h"
#include "runner/sink/parameters.h"
#include "runner/sink/tls.h"
#include "runner/sink/verb.h"

namespace smtpgauge::sink {

/// What the next octets from the client are.
enum class Phase : std::uint8_t {
  kCommand,
  kSkipLine,  ///< the rest of an over-long line, already answered for
  kData,
  kChunk,
  kAuth,
};

/// What the worker has to do once the replies so far are out.
enum class Next : std::uint8_t {
  kRead,
  kStartTls,
  kClose,        ///< nothing more to say
  kCloseLinger,  ///< the client may still be sending: let it read the last reply first
  kAbandon,      ///< stop reading and keep the connection open (a fault)
};

enum class Hello : std::uint8_t { kNone, kHelo, kEhlo };

/// The open transaction; all zero when there is none.
struct Transaction {
  bool open = false;
  bool smtputf8 = false;
  bool null_sender = false;
  bool local_sender = false;  ///< the sender's domain is served here
  bool eight_bit = false;     ///< a fault looks at the content
  bool chunks = false;        ///< at least one BDAT was seen
  bool chunk_failed = false;  ///< chunks are discarded until LAST or RSET
  BodyType body = BodyType::kSevenBit;
  std::uint32_t recipients = 0;  ///< accepted
  std::uint32_t refused_recipients = 0;
};

/// What faulty servers remember of earlier transactions.
struct Memory {
  std::uint32_t transactions = 0;
  std::uint32_t messages = 0;  ///< accepted
  bool chunked = false;        ///< one of them came in chunks
  bool old_login = false;      ///< AUTH with something older than SCRAM
  bool smtputf8 = false;       ///< this and the next three: of the first transaction
  BodyType body = BodyType::kSevenBit;
  std::uint64_t size = 0;
  std::string sender;
  std::vector<Recipient> refused;  ///< of the last message, if it was refused, or always
  std::uint32_t recipients = 0;    ///< of the transaction that was cleared last
  std::int64_t data_started = 0;   ///< steady nanoseconds
};

/// What most connections never need.
struct Rare {
  std::string input;     ///< read but not consumed
  std::string output;    ///< replies that the socket did not take yet, or that are held back
  std::string withheld;  ///< replies that a fault keeps for later
  std::string hello_name;
  Envelope envelope;  ///< kept for delivery only
  std::unique_ptr<TlsStream> tls;
  std::unique_ptr<AuthExchange> auth;
  std::unique_ptr<Spool> spool;
  std::unique_ptr<LooseScanner> loose;
  std::string user;            ///< authenticated as
  std::uint32_t messages = 0;  ///< MAIL commands of this session, for MAILMAX
  Memory memory;
};

struct Connection {
  int fd = -1;
  Phase phase = Phase::kCommand;
  Next next = Next::kRead;
  Hello hello = Hello::kNone;
  Verb last_verb = Verb::kGreeting;
  bool tls = false;
  bool handshaking = false;
  bool authenticated = false;
  bool login_pending = false;  ///< a fault: authenticated from the next read on
  bool chunk_last = false;
  bool chunk_refused = false;  ///< discard the octets, then say `chunk_reply`
  bool chunk_silent = false;   ///< no reply at all to this chunk
  bool skip_cr = false;        ///< the skipped line ended in CR so far
  bool input_paused = false;   ///< EPOLLIN is off
  bool lingering = false;
  bool greets_in_tls = false;  ///< implicit TLS: the 220 comes after the handshake
  bool closed = false;
  Reply chunk_reply = Reply::kChunkOk;
  Reply skip_reply = Reply::kLineTooLong;
  std::uint16_t errors = 0;
  Transaction transaction;
  std::uint64_t chunk_left = 0;
  std::int64_t hold_until = 0;   ///< steady nanoseconds; 0: not held back
  std::int64_t last_active = 0;  ///< steady nanoseconds
  std::uint64_t serial = 0;      ///< tells the connections apart that this record has held
  DataScanner scanner;
  Connection* newer = nullptr;  ///< in order of last_active
  Connection* older = nullptr;
  std::unique_ptr<Rare> rare;

  Rare& Extra() {
    if (!rare) rare = std::make_unique<Rare>();
    return *rare;
  }
};

}  // namespace smtpgauge::sink
