#include "runner/judge/delivered_message.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace smtpgauge {
namespace {

bool SameName(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  });
}

std::string WithCrlf(std::string_view stored) {
  if (stored.find("\r\n") != std::string_view::npos) return std::string(stored);
  std::string out;
  out.reserve(stored.size() + stored.size() / 32);
  for (const char c : stored) {
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

void AddField(std::string_view line, std::vector<HeaderField>& header) {
  if (!header.empty() && (line.front() == ' ' || line.front() == '\t')) {
    header.back().value.append(line);
    return;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) {
    header.push_back({std::string(line), {}});
    return;
  }
  std::string_view value = line.substr(colon + 1);
  value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
  header.push_back({std::string(line.substr(0, colon)), std::string(value)});
}

std::uint32_t CountFields(const Delivered::Part& part, const DeliveredMessage& message) {
  return static_cast<std::uint32_t>(
      std::count_if(message.header.begin(), message.header.end(), [&](const HeaderField& field) {
        return SameName(field.name, part.name) &&
               (!part.pattern || part.pattern->Matches(field.value));
      }));
}

bool FirstFieldMatches(const Delivered::Part& part, const DeliveredMessage& message) {
  const auto field =
      std::find_if(message.header.begin(), message.header.end(),
                   [&](const HeaderField& f) { return SameName(f.name, part.name); });
  return field != message.header.end() && (!part.pattern || part.pattern->Matches(field->value));
}

bool PartHolds(const Delivered::Part& part, const DeliveredMessage& message, const Slots& slots) {
  using Kind = Delivered::Part::Kind;
  switch (part.kind) {
    case Kind::kBody: {
      std::string value;
      Render(part.value, slots, 0, value);
      return message.body == value;
    }
    case Kind::kHeader:
      return CountFields(part, message) > 0;
    case Kind::kNoHeader:
      return CountFields(part, message) == 0;
    case Kind::kFirstHeader:
      return FirstFieldMatches(part, message);
    case Kind::kHeaderCount: {
      const std::uint32_t count = CountFields(part, message);
      return count >= part.least && count <= part.most;
    }
    case Kind::kOctets:
      return part.pattern->Matches(message.octets);
    case Kind::kNotOctets:
      return !part.pattern->Matches(message.octets);
    case Kind::kFieldOrder:
      return !message.header.empty() && SameName(message.header.front().name, part.name);
  }
  return false;
}

// For people, where the scenario does not say it better.
std::string WhatIsMissed(const Delivered::Part& part) {
  using Kind = Delivered::Part::Kind;
  const std::string expression = part.pattern ? part.pattern->expression() : "";
  const std::string field = part.pattern ? part.name + ": " + expression : part.name;
  switch (part.kind) {
    case Kind::kBody:
      return "the delivered message has another body";
    case Kind::kHeader:
    case Kind::kFirstHeader:
      return fmt::format("the delivered message lacks a field {}", field);
    case Kind::kNoHeader:
      return fmt::format("the delivered message has a field {}", field);
    case Kind::kHeaderCount:
      return fmt::format("the delivered message has too few or too many fields {}", field);
    case Kind::kOctets:
      return fmt::format("the delivered message does not match {}", expression);
    case Kind::kNotOctets:
      return fmt::format("the delivered message matches {}", expression);
    case Kind::kFieldOrder:
      return fmt::format("the delivered message does not begin with {}", part.name);
  }
  return {};
}

}  // namespace

DeliveredMessage ParseDelivered(std::string_view stored) {
  DeliveredMessage message;
  message.octets = WithCrlf(stored);
  std::string_view rest = message.octets;
  while (!rest.empty()) {
    const std::size_t end = rest.find("\r\n");
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 2);
    if (line.empty()) break;
    AddField(line, message.header);
  }
  message.body = std::string(rest);
  return message;
}

Judgement JudgeDelivered(const Delivered& expected, std::span<const DeliveredMessage> messages,
                         const Slots& slots) {
  if (messages.size() < expected.least) {
    return {expected.too_few,
            fmt::format("{} delivered, at least {} expected", messages.size(), expected.least)};
  }
  if (messages.size() > expected.most) {
    return {expected.too_many,
            fmt::format("{} delivered, at most {} expected", messages.size(), expected.most)};
  }
  Judgement judgement;
  for (const DeliveredMessage& message : messages) {
    for (const Delivered::Part& part : expected.parts) {
      if (Worse(part.otherwise, judgement.verdict) == judgement.verdict) continue;
      if (PartHolds(part, message, slots)) continue;
      judgement.verdict = part.otherwise;
      judgement.note = part.note.empty() ? WhatIsMissed(part) : part.note;
    }
  }
  return judgement;
}

}  // namespace smtpgauge
