#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "scenarios/building.h"
#include "scenarios/read_value.h"
#include "scenarios/suggest.h"

namespace smtpgauge {

namespace {

constexpr std::array<std::string_view, 18> kTargetVariables = {
    "recipient", "recipient2", "recipients.1", "unknown", "foreign", "sender",
    "user",      "password",   "helo",         "host",    "address", "port",
    "profile",   "hello",      "date",         "token",   "code",    "ehlo.SIZE"};
constexpr std::array<std::string_view, 2> kLoadVariables = {"size", "message"};
constexpr std::uint64_t kMostRecipients = 1100;  // past the 100 of RFC 5321 4.5.3.1.8, by far

TextPiece Literal(std::string octets) {
  TextPiece piece;
  piece.octets = std::move(octets);
  return piece;
}

TextPiece SlotPiece(SlotIndex slot) {
  TextPiece piece;
  piece.kind = TextPiece::Kind::kSlot;
  piece.slot = slot;
  return piece;
}

constexpr std::string_view kNumberMark = "%d";

// The address of which numbered ones are made: "user+%d@example.test" as given, or the first
// recipient with such a detail.
std::string NumberedAddress(const Bindings& bindings) {
  if (bindings.recipients.empty()) return {};
  const std::string& first = bindings.recipients.front();
  if (first.find(kNumberMark) != std::string::npos) return first;
  const std::size_t at = std::min(first.rfind('@'), first.size());
  return fmt::format("{}+{}{}", first.substr(0, at), kNumberMark, first.substr(at));
}

// Recipient `number` (from 1): as the user gave it, else a numbered one.
std::string Recipient(const Bindings& bindings, std::uint64_t number) {
  const auto& given = bindings.recipients;
  if (number <= given.size()) {
    const std::string& address = given[static_cast<std::size_t>(number - 1)];
    if (address.find(kNumberMark) == std::string::npos) return address;
  }
  std::string address = NumberedAddress(bindings);
  const std::size_t mark = address.find(kNumberMark);
  if (mark != std::string::npos) address.replace(mark, kNumberMark.size(), std::to_string(number));
  return address;
}

enum class AddressPart { kWhole, kLocal, kDomain, kUpperDomain };

std::string PartOf(const std::string& address, AddressPart part) {
  const std::size_t at = address.rfind('@');
  switch (part) {
    case AddressPart::kWhole:
      return address;
    case AddressPart::kLocal:
      return address.substr(0, at);
    case AddressPart::kDomain:
      return at == std::string::npos ? std::string() : address.substr(at + 1);
    case AddressPart::kUpperDomain: {
      std::string domain = PartOf(address, AddressPart::kDomain);
      for (char& c : domain)
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
      return domain;
    }
  }
  return {};
}

// Cuts ".local", ".domain" or ".DOMAIN" off the name.
AddressPart CutPart(std::string_view& name) {
  for (const auto& [suffix, part] :
       {std::pair{std::string_view(".local"), AddressPart::kLocal},
        std::pair{std::string_view(".domain"), AddressPart::kDomain},
        std::pair{std::string_view(".DOMAIN"), AddressPart::kUpperDomain}}) {
    if (name.ends_with(suffix)) {
      name.remove_suffix(suffix.size());
      return part;
    }
  }
  return AddressPart::kWhole;
}

std::optional<TextPiece> NumberedRecipient(std::string_view number, AddressPart part,
                                           Building& building) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error == std::errc() && end == number.data() + number.size() && value >= 1 &&
      value <= kMostRecipients) {
    building.Uses(value == 1   ? Need::kRecipient
                  : value == 2 ? Need::kSecondRecipient
                               : Need::kManyRecipients);
    return Literal(PartOf(Recipient(building.bindings, value), part));
  }
  const auto counter = building.slots.find(number);
  if (counter == building.slots.end()) return std::nullopt;
  building.Uses(Need::kManyRecipients);
  TextPiece piece;
  piece.kind = TextPiece::Kind::kIndexed;
  piece.slot = counter->second;
  for (const std::string& recipient : building.bindings.recipients) {
    if (recipient.find(kNumberMark) != std::string::npos) break;
    piece.inner.push_back(Literal(PartOf(recipient, part)));
  }
  piece.octets = PartOf(NumberedAddress(building.bindings), part);
  const std::size_t mark = piece.octets.find(kNumberMark);
  piece.count.offset = -1;
  if (mark != std::string::npos) {
    piece.octets.erase(mark, kNumberMark.size());
    piece.count.offset = static_cast<std::int64_t>(mark);
  }
  return piece;
}

std::optional<TextPiece> AddressVariable(std::string_view name, Building& building) {
  const Bindings& bindings = building.bindings;
  const AddressPart part = CutPart(name);
  const bool whole = part == AddressPart::kWhole;
  if (name == "recipient") {
    building.Uses(Need::kRecipient);
    if (building.script.load && whole) return SlotPiece(kRecipientSlot);
    return Literal(PartOf(Recipient(bindings, 1), part));
  }
  if (name == "sender") {
    if (building.script.load && whole) return SlotPiece(kSenderSlot);
    return Literal(PartOf(bindings.sender, part));
  }
  if (name == "recipient2") return NumberedRecipient("2", part, building);
  if (name.starts_with("recipients.")) return NumberedRecipient(name.substr(11), part, building);
  if (name == "unknown") {
    building.Uses(Need::kUnknownRecipient);
    return Literal(PartOf(bindings.unknown_recipient, part));
  }
  if (name == "foreign") {
    building.Uses(Need::kForeignRecipient);
    return Literal(PartOf(bindings.foreign_recipient, part));
  }
  return std::nullopt;
}

std::optional<TextPiece> RunVariable(std::string_view name, Building& building) {
  if (name == "token") return SlotPiece(kTokenSlot);
  if (name == "code") {
    building.script.reads_code = true;
    return SlotPiece(kCodeSlot);
  }
  if (building.script.load && name == "size") {
    building.script.reads_size = true;
    return SlotPiece(kSizeSlot);
  }
  if (building.script.load && name == "message") {
    building.script.reads_message = true;
    return SlotPiece(kMessageSlot);
  }
  constexpr std::string_view kEhlo = "ehlo.";
  if (!name.starts_with(kEhlo) || !IsName(name.substr(kEhlo.size()))) return std::nullopt;
  const std::string keyword(name.substr(kEhlo.size()));
  for (const EhloSlot& known : building.script.ehlo_slots) {
    if (known.keyword == keyword) return SlotPiece(known.slot);
  }
  const SlotIndex slot = building.script.slot_count++;
  building.script.ehlo_slots.push_back({keyword, slot});
  return SlotPiece(slot);
}

std::optional<TextPiece> TargetVariable(std::string_view name, Building& building) {
  const Bindings& bindings = building.bindings;
  if (name == "helo") return Literal(bindings.helo_name);
  if (name == "host") return Literal(bindings.host);
  if (name == "address") return Literal(bindings.address);
  if (name == "port") return Literal(bindings.port);
  if (name == "profile") return Literal(bindings.profile);
  if (name == "hello") return Literal(bindings.profile == "lmtp" ? "LHLO" : "EHLO");
  if (name == "date") return Literal(bindings.date);
  if (name == "user" || name == "password") {
    if (!building.credentials_given) building.Uses(Need::kCredentials);
    TextPiece piece = Literal(name == "user" ? bindings.user : bindings.password);
    piece.secret = name == "password";
    return piece;
  }
  return std::nullopt;
}

}  // namespace

bool IsTargetVariable(std::string_view name) {
  const auto listed = [name](Words names) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  return listed(kTargetVariables) || listed(kLoadVariables);
}

SlotIndex Building::Declare(std::string_view name, const JsonValue& where) {
  if (!IsName(name)) {
    problems.Add(where, fmt::format("\"{}\" is no variable name: letters, digits, _ and -", name));
    return kNoSlot;
  }
  if (IsTargetVariable(name)) {
    problems.Add(where, fmt::format("${{{}}} has a meaning of its own; choose another name", name));
    return kNoSlot;
  }
  const auto [found, added] = slots.try_emplace(std::string(name), script.slot_count);
  if (!added) return found->second;
  constexpr SlotIndex kMostSlots = 1000;
  if (script.slot_count >= kMostSlots) {
    problems.Add(where, "too many variables");
    slots.erase(found);
    return kNoSlot;
  }
  return script.slot_count++;
}

TextPiece ResolveVariable(std::string_view name, const JsonValue& where, Building& building) {
  if (const auto slot = building.slots.find(name); slot != building.slots.end())
    return SlotPiece(slot->second);
  if (auto piece = AddressVariable(name, building)) return *piece;
  if (auto piece = TargetVariable(name, building)) return *piece;
  if (auto piece = RunVariable(name, building)) return *piece;

  std::vector<std::string_view> known(building.locals.begin(), building.locals.end());
  for (const auto& [slot_name, slot] : building.slots)
    known.emplace_back(slot_name);
  known.insert(known.end(), kTargetVariables.begin(), kTargetVariables.end());
  if (building.script.load) known.insert(known.end(), kLoadVariables.begin(), kLoadVariables.end());
  building.problems.Add(where, fmt::format("unknown variable ${{{}}}{}", name.substr(0, 40),
                                           Suggestion(name, known)));
  return Literal({});
}

}  // namespace smtpgauge
