#include <fmt/format.h>

#include "scenarios/read_value.h"
#include "scenarios/step_kinds.h"

namespace smtpgauge {

namespace {

constexpr std::int64_t kMostOctets = std::int64_t{1} << 40;

// What a message without a header of its own carries. X-Smtpgauge-Run finds it after delivery.
constexpr std::string_view kDefaultHeader =
    "From: <${sender}>\r\n"
    "To: <${recipient}>\r\n"
    "Date: ${date}\r\n"
    "Message-ID: <${token}@${helo}>\r\n"
    "Subject: smtpgauge ${token}\r\n"
    "X-Smtpgauge-Run: ${token}\r\n"
    "\r\n";
constexpr std::string_view kDefaultBody = "A message of a conformance and load check.\r\n";

Text HeaderOf(const JsonValue& message, Building& building) {
  const JsonValue* header = message.Find("header");
  if (header == nullptr) return CompileTemplate(kDefaultHeader, message, building);
  return CompileText(*header, building, "\r\n");
}

std::optional<std::string> EndOfData(const JsonValue& message, Building& building) {
  const JsonValue* end = message.Find("end_of_data");
  if (end == nullptr) return std::nullopt;
  return CompileConstant(*end, building);
}

// The line ahead of the octets: "BDAT 1000 LAST".
Text BdatCommand(const JsonValue& bdat, const Text& octets, Building& building) {
  Text size;
  if (const JsonValue* written = bdat.Find("size")) {
    size = CompileText(*written, building);
  } else if (const JsonValue* declared = bdat.Find("declared")) {
    TextPiece piece;
    const Count count = CompileCount(*declared, kMostOctets, building);
    piece.octets = std::to_string(count.offset);
    if (count.slot != kNoSlot)
      building.problems.Add(*declared, "\"declared\" is a number; \"size\" takes any text");
    size.pieces.push_back(std::move(piece));
  } else {
    TextPiece length;
    length.kind = TextPiece::Kind::kLength;
    length.inner = octets.pieces;
    size.pieces.push_back(std::move(length));
  }
  Text command = LiteralText("BDAT ");
  const bool last = BooleanAt(bdat, "last", false, building.problems);
  return Joined(Joined(std::move(command), std::move(size)),
                LiteralText(last ? " LAST\r\n" : "\r\n"));
}

}  // namespace

void CompileMessage(const JsonValue& step, const StepPlace& place, Building& building) {
  const JsonValue& message = *step.Find("message");
  constexpr std::array<std::string_view, 6> kKeys = {"header", "body",    "content",
                                                     "size",   "stuffed", "end_of_data"};
  if (!CheckKeys(message, kKeys, building.problems)) return;
  const JsonValue* header = message.Find("header");
  const JsonValue* body = message.Find("body");
  SendMessage content;
  if (const JsonValue* whole = message.Find("content")) {
    if (header != nullptr || body != nullptr)
      building.problems.Add(*whole, "\"content\" is the whole of it: no \"header\", no \"body\"");
    content.body = CompileText(*whole, building);
  } else {
    content.header = HeaderOf(message, building);
    content.body = TextAt(message, "body", kDefaultBody, building);
    content.generated = building.script.load && header == nullptr && body == nullptr;
  }
  if (const JsonValue* size = message.Find("size"))
    content.size = CompileCount(*size, kMostOctets, building);
  content.stuffed = BooleanAt(message, "stuffed", true, building.problems);
  content.end_of_data = EndOfData(message, building);
  Emit(std::move(content), Phase::kEod, step, place, building);
  EmitAwait(step, Phase::kEod, {}, place, building);
}

void CompileBdat(const JsonValue& step, const StepPlace& place, Building& building) {
  const JsonValue& bdat = *step.Find("bdat");
  constexpr std::array<std::string_view, 4> kKeys = {"octets", "last", "declared", "size"};
  if (!CheckKeys(bdat, kKeys, building.problems)) return;
  Text octets = bdat.Find("octets") != nullptr
                    ? TextAt(bdat, "octets", {}, building)
                    : Joined(CompileTemplate(kDefaultHeader, bdat, building),
                             CompileTemplate(kDefaultBody, bdat, building));
  if (HasPad(octets))
    building.problems.Add(bdat, "a pad here needs octets that are known before the run");
  const bool last = BooleanAt(bdat, "last", false, building.problems);
  const Phase phase = PhaseOf(step, last ? Phase::kEod : Phase::kData, building);
  Send send;
  Text command = BdatCommand(bdat, octets, building);
  send.text = Joined(std::move(command), std::move(octets));
  ReadSegments(step, send, building.problems);
  Emit(std::move(send), phase, step, place, building);
  EmitAwait(step, phase, "BDAT", place, building);
}

}  // namespace smtpgauge
