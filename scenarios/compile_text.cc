#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "scenarios/building.h"
#include "scenarios/read_value.h"
#include "scenarios/reference.h"

namespace smtpgauge {

namespace {

using PieceKind = TextPiece::Kind;
using Pieces = std::vector<TextPiece>;

constexpr double kFoldable = 64 * 1024;     // octets of work done now rather than at each sending
constexpr double kMostWork = 4.0e9;         // beyond it no rendering would end
constexpr std::size_t kMaxFile = 16 << 20;  // of {"file": ...}
constexpr int kMaxNesting = 8;

// Octets written, inner ones included, to render `piece`; slots count nothing.
double Work(const TextPiece& piece) {
  double inner = 0;
  for (const TextPiece& part : piece.inner)
    inner += Work(part);
  if (piece.kind == PieceKind::kFill || piece.kind == PieceKind::kPad)
    return static_cast<double>(piece.count.offset);
  if (piece.kind == PieceKind::kRepeat)
    return (inner + 1) * static_cast<double>(piece.count.offset);
  return inner * 2 + static_cast<double>(piece.octets.size());
}

// Needs nothing from run time and is not secret.
bool IsSettled(const TextPiece& piece) {
  return piece.slot == kNoSlot && piece.count.slot == kNoSlot && !piece.secret &&
         piece.kind != PieceKind::kSlot && piece.kind != PieceKind::kIndexed &&
         std::all_of(piece.inner.begin(), piece.inner.end(), IsSettled);
}

// Turns what is settled into literals and joins neighbours.
void Settle(Text& text) {
  Pieces merged;
  for (TextPiece& piece : text.pieces) {
    if (piece.kind != PieceKind::kLiteral && piece.kind != PieceKind::kPad && IsSettled(piece) &&
        Work(piece) <= kFoldable) {
      Text alone;
      alone.constant = false;
      alone.pieces.push_back(std::move(piece));
      TextPiece literal;
      Render(alone, {}, 0, literal.octets);
      piece = std::move(literal);
    }
    const bool joins = !merged.empty() && merged.back().kind == PieceKind::kLiteral &&
                       piece.kind == PieceKind::kLiteral && !merged.back().secret && !piece.secret;
    if (joins) {
      merged.back().octets += piece.octets;
    } else if (piece.kind != PieceKind::kLiteral || !piece.octets.empty()) {
      merged.push_back(std::move(piece));
    }
  }
  text.pieces = std::move(merged);
  text.octets.clear();
  double work = 0;
  for (const TextPiece& piece : text.pieces)
    work += Work(piece);
  const bool settled =
      std::all_of(text.pieces.begin(), text.pieces.end(), IsSettled) && work <= kFoldable;
  text.constant = false;
  if (settled || text.pieces.empty()) {
    std::string octets;
    Render(text, {}, 0, octets);
    text.octets = std::move(octets);
    text.constant = true;
  } else if (text.pieces.size() == 1 && text.pieces.front().kind == PieceKind::kLiteral &&
             !text.pieces.front().secret) {
    text.octets = text.pieces.front().octets;
    text.constant = true;
  }
  text.plain = std::all_of(text.pieces.begin(), text.pieces.end(), [](const TextPiece& piece) {
    return !piece.secret && (piece.kind == PieceKind::kLiteral || piece.kind == PieceKind::kSlot);
  });
}

void AppendTemplate(std::string_view source, const JsonValue& where, Building& building,
                    Pieces& out) {
  const auto literal = [&out](std::string_view octets) {
    TextPiece piece;
    piece.octets = octets;
    if (!octets.empty()) out.push_back(std::move(piece));
  };
  std::size_t from = 0;
  while (const auto reference = FindReference(source, from)) {
    literal(source.substr(from, reference->begin - from));
    if (reference->escape) {
      literal("${");
    } else if (!reference->closed) {
      building.problems.Add(where, "a ${ without its }; write $${ for the characters themselves");
    } else {
      out.push_back(ResolveVariable(reference->name, where, building));
    }
    from = reference->end;
  }
  literal(source.substr(from));
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

TextPiece HexPiece(const JsonValue& value, Building& building) {
  TextPiece piece;
  std::string digits;
  if (value.Is(JsonValue::Kind::kString)) {
    std::copy_if(value.string.begin(), value.string.end(), std::back_inserter(digits),
                 [](char c) { return c != ' '; });
  }
  const bool good =
      value.Is(JsonValue::Kind::kString) && digits.size() % 2 == 0 &&
      std::all_of(digits.begin(), digits.end(), [](char c) { return HexDigit(c) >= 0; });
  if (!good) {
    Expected(value, "pairs of hexadecimal digits", building.problems);
    return piece;
  }
  for (std::size_t i = 0; i < digits.size(); i += 2)
    piece.octets += static_cast<char>(HexDigit(digits[i]) * 16 + HexDigit(digits[i + 1]));
  return piece;
}

TextPiece FilePiece(const JsonValue& value, Building& building) {
  TextPiece piece;
  const auto name = ReadString(value, building.problems);
  if (!name) return piece;
  const std::filesystem::path path(*name);
  const bool beside =
      !name->empty() && path.is_relative() &&
      std::none_of(path.begin(), path.end(), [](const auto& part) { return part == ".."; });
  if (!beside || name->find('\0') != std::string::npos) {
    Expected(value, "a file in the scenario's folder, without ..", building.problems);
    return piece;
  }
  std::error_code error;
  const std::filesystem::path file = building.folder / path;
  const auto size = std::filesystem::is_regular_file(file, error)
                        ? std::filesystem::file_size(file, error)
                        : kMaxFile + 1;
  std::ifstream stream(file, std::ios::binary);
  if (error || !stream || size > kMaxFile) {
    building.problems.Add(
        value, fmt::format("cannot read the file \"{}\" (or it exceeds 16 MiB)", path.string()));
    return piece;
  }
  piece.octets.assign(std::istreambuf_iterator<char>(stream), {});
  return piece;
}

void AppendValue(const JsonValue& value, Building& building, int nesting, Pieces& out);

// {"fill","count"}, {"pad","total"}, {"repeat","count"}.
TextPiece CountedPiece(const JsonValue& value, PieceKind kind, Building& building, int nesting) {
  const std::string_view content_key = kind == PieceKind::kFill  ? "fill"
                                       : kind == PieceKind::kPad ? "pad"
                                                                 : "repeat";
  const std::string_view count_key = kind == PieceKind::kPad ? "total" : "count";
  TextPiece piece;
  piece.kind = kind;
  CheckKeys(value, std::array{content_key, count_key}, building.problems);
  const JsonValue* count = value.Find(count_key);
  if (count == nullptr) {
    building.problems.Add(value,
                          fmt::format("\"{}\" wants \"{}\" beside it", content_key, count_key));
  } else {
    piece.count = CompileCount(*count, std::int64_t{1} << 40, building);
  }
  const JsonValue& content = *value.Find(content_key);
  if (kind == PieceKind::kRepeat) {
    AppendValue(content, building, nesting + 1, piece.inner);
    return piece;
  }
  piece.octets = CompileConstant(content, building);
  if (piece.octets.empty()) Expected(content, "at least one octet to fill with", building.problems);
  if (kind == PieceKind::kPad && nesting > 0)
    building.problems.Add(value, "a pad stands in the text itself, not inside another piece");
  return piece;
}

TextPiece WrappedPiece(const JsonValue& value, std::string_view key, PieceKind kind,
                       Building& building, int nesting) {
  TextPiece piece;
  piece.kind = kind;
  CheckKeys(value, std::array{key}, building.problems);
  AppendValue(*value.Find(key), building, nesting + 1, piece.inner);
  return piece;
}

void AppendObject(const JsonValue& value, Building& building, int nesting, Pieces& out) {
  using std::string_view;
  constexpr std::array<std::pair<string_view, PieceKind>, 3> kCounted = {
      {{"fill", PieceKind::kFill}, {"pad", PieceKind::kPad}, {"repeat", PieceKind::kRepeat}}};
  constexpr std::array<std::pair<string_view, PieceKind>, 3> kWrapped = {
      {{"base64", PieceKind::kBase64},
       {"xtext", PieceKind::kXtext},
       {"length", PieceKind::kLength}}};
  constexpr std::array<string_view, 8> kKinds = {"hex",    "fill",  "pad",    "repeat",
                                                 "base64", "xtext", "length", "file"};
  for (const auto& [key, kind] : kCounted) {
    if (value.Find(key) != nullptr) {
      out.push_back(CountedPiece(value, kind, building, nesting));
      return;
    }
  }
  for (const auto& [key, kind] : kWrapped) {
    if (value.Find(key) != nullptr) {
      out.push_back(WrappedPiece(value, key, kind, building, nesting));
      return;
    }
  }
  CheckKeys(value, kKinds, building.problems);
  if (const JsonValue* hex = value.Find("hex")) {
    out.push_back(HexPiece(*hex, building));
  } else if (const JsonValue* file = value.Find("file")) {
    out.push_back(FilePiece(*file, building));
  } else if (value.members.empty()) {
    Expected(
        value,
        fmt::format("a piece of text{}", ": hex, fill, pad, repeat, base64, xtext, length or file"),
        building.problems);
  }
}

void AppendValue(const JsonValue& value, Building& building, int nesting, Pieces& out) {
  if (nesting > kMaxNesting) {
    building.problems.Add(value, fmt::format("texts nest at most {} levels", kMaxNesting));
    return;
  }
  switch (value.kind) {
    case JsonValue::Kind::kString:
      AppendTemplate(value.string, value, building, out);
      return;
    case JsonValue::Kind::kInteger:
      AppendTemplate(std::to_string(value.integer), value, building, out);
      return;
    case JsonValue::Kind::kArray:
      for (const JsonValue& item : value.items) {
        if (item.Is(JsonValue::Kind::kArray)) {
          AppendValue(item, building, nesting + 1, out);
        } else {
          AppendValue(item, building, nesting, out);
        }
      }
      return;
    case JsonValue::Kind::kObject:
      AppendObject(value, building, nesting, out);
      return;
    case JsonValue::Kind::kNull:
    case JsonValue::Kind::kBoolean:
    case JsonValue::Kind::kReal:
      Expected(value, "text: a string or a list of pieces", building.problems);
      return;
  }
}

}  // namespace

Text CompileText(const JsonValue& value, Building& building, std::string_view suffix) {
  Text text;
  AppendValue(value, building, 0, text.pieces);
  TextPiece last;
  last.octets = suffix;
  text.pieces.push_back(std::move(last));
  const auto pads =
      std::count_if(text.pieces.begin(), text.pieces.end(),
                    [](const TextPiece& piece) { return piece.kind == PieceKind::kPad; });
  if (pads > 1) building.problems.Add(value, "one pad for each text");
  double work = 0;
  for (const TextPiece& piece : text.pieces)
    work += Work(piece);
  if (work > kMostWork) {
    building.problems.Add(value, "the text is too long to be sent");
    return {};
  }
  Settle(text);
  return text;
}

Text TextAt(const JsonValue& object, std::string_view key, std::string_view fallback,
            Building& building) {
  const JsonValue* value = object.Find(key);
  return value == nullptr ? CompileTemplate(fallback, object, building)
                          : CompileText(*value, building);
}

Text CompileTemplate(std::string_view source, const JsonValue& where, Building& building) {
  Text text;
  AppendTemplate(source, where, building, text.pieces);
  Settle(text);
  return text;
}

Text Joined(Text front, Text back) {
  front.pieces.insert(front.pieces.end(), std::make_move_iterator(back.pieces.begin()),
                      std::make_move_iterator(back.pieces.end()));
  Settle(front);
  return front;
}

std::string CompileConstant(const JsonValue& value, Building& building) {
  Text text = CompileText(value, building);
  if (text.constant) return std::move(text.octets);
  building.problems.Add(value,
                        "must be known before the run: no captures, counters or tokens here");
  return {};
}

std::string ConstantAt(const JsonValue& object, std::string_view key, Building& building) {
  const JsonValue* value = object.Find(key);
  return value == nullptr ? std::string() : CompileConstant(*value, building);
}

bool HasPad(const Text& text) {
  return !text.constant &&
         std::any_of(text.pieces.begin(), text.pieces.end(),
                     [](const TextPiece& piece) { return piece.kind == PieceKind::kPad; });
}

std::string_view LeadingOctets(const Text& text) {
  if (text.constant) return text.octets;
  if (text.pieces.empty() || text.pieces.front().kind != PieceKind::kLiteral) return {};
  return text.pieces.front().octets;
}

}  // namespace smtpgauge
