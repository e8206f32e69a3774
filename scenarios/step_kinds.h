// The kinds of steps: one compile function each, grouped by what they touch. Internal to the
// scenario compiler.
#pragma once

#include "scenarios/building.h"

namespace smtpgauge {

/// `step` is an object whose keys were checked.
using StepCompiler = void (*)(const JsonValue& step, const StepPlace& place, Building& building);

// compile_exchange.cc: what is said
void CompileSend(const JsonValue& step, const StepPlace& place, Building& building);
void CompileRaw(const JsonValue& step, const StepPlace& place, Building& building);
void CompileExpect(const JsonValue& step, const StepPlace& place, Building& building);
void CompileSilence(const JsonValue& step, const StepPlace& place, Building& building);

// compile_message.cc: content
void CompileMessage(const JsonValue& step, const StepPlace& place, Building& building);
void CompileBdat(const JsonValue& step, const StepPlace& place, Building& building);

// compile_connection.cc: what it is said over
void CompileConnect(const JsonValue& step, const StepPlace& place, Building& building);
void CompileClosed(const JsonValue& step, const StepPlace& place, Building& building);
void CompileClose(const JsonValue& step, const StepPlace& place, Building& building);
void CompileStartTls(const JsonValue& step, const StepPlace& place, Building& building);
void CompileAuth(const JsonValue& step, const StepPlace& place, Building& building);

// compile_flow.cc: order and repetition
void CompileGroup(const JsonValue& step, const StepPlace& place, Building& building);
void CompileRepeat(const JsonValue& step, const StepPlace& place, Building& building);
void CompileUse(const JsonValue& step, const StepPlace& place, Building& building);
void CompilePause(const JsonValue& step, const StepPlace& place, Building& building);

// compile_judgement.cc: what is concluded without the wire
void CompileCompare(const JsonValue& step, const StepPlace& place, Building& building);
void CompileSet(const JsonValue& step, const StepPlace& place, Building& building);
void CompileDelivered(const JsonValue& step, const StepPlace& place, Building& building);
void CompileConclude(const JsonValue& step, const StepPlace& place, Building& building);

/// The step's "phase", or `derived`.
[[nodiscard]] Phase PhaseOf(const JsonValue& step, Phase derived, Building& building);
/// Emits the wait for the reply that the step's "expect" describes; nothing without one. `verb`:
/// the command in upper case, "" for none.
void EmitAwait(const JsonValue& step, Phase phase, std::string_view verb, const StepPlace& place,
               Building& building);
/// Reads "segments" and "bytewise".
void ReadSegments(const JsonValue& step, Send& send, Problems& problems);

}  // namespace smtpgauge
