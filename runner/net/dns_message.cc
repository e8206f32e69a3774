#include "runner/net/dns_message.h"

#include <algorithm>
#include <memory>
#include <optional>

#include <ares.h>

namespace smtpgauge {

namespace {

constexpr std::size_t kHeader = 12;
constexpr std::size_t kMaxAliases = 16;
constexpr std::uint16_t kTypeCname = 5;

struct NameDeleter {
  void operator()(char* text) const { ares_free_string(text); }
};

class Reader {
 public:
  explicit Reader(std::span<const unsigned char> message) : message_(message) {}

  [[nodiscard]] std::size_t position() const { return position_; }
  [[nodiscard]] bool Skip(std::size_t octets) {
    if (message_.size() - position_ < octets) return false;
    position_ += octets;
    return true;
  }
  [[nodiscard]] std::optional<std::uint16_t> Number16() {
    if (message_.size() - position_ < 2) return std::nullopt;
    const unsigned value = message_[position_] * 256U + message_[position_ + 1];
    position_ += 2;
    return static_cast<std::uint16_t>(value);
  }
  [[nodiscard]] std::optional<std::uint32_t> Number32() {
    const auto high = Number16();
    const auto low = high ? Number16() : std::nullopt;
    if (!low) return std::nullopt;
    return *high * 65536U + *low;
  }
  /// Follows compression pointers; c-ares bounds them.
  [[nodiscard]] std::optional<std::string> Name() {
    if (position_ >= message_.size()) return std::nullopt;
    char* text = nullptr;
    long length = 0;
    if (ares_expand_name(message_.data() + position_, message_.data(),
                         static_cast<int>(message_.size()), &text, &length) != ARES_SUCCESS) {
      return std::nullopt;
    }
    const std::unique_ptr<char, NameDeleter> owner(text);
    if (!Skip(static_cast<std::size_t>(length))) return std::nullopt;
    return std::string(text);
  }

 private:
  std::span<const unsigned char> message_;
  std::size_t position_ = 0;
};

struct Record {
  std::string owner;
  std::uint16_t type = 0;
  std::uint32_t ttl = 0;
  std::uint16_t preference = 0;
  std::string name;  // MX: the host, CNAME: the target
};

char Lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

bool SameName(std::string_view left, std::string_view right) {
  return CompareDnsNames(left, right) == 0;
}

/// `record.type` is 0 for a record that is of no interest.
bool ReadRecord(Reader& reader, Record& record) {
  const auto owner = reader.Name();
  const auto type = owner ? reader.Number16() : std::nullopt;
  const auto rr_class = type ? reader.Number16() : std::nullopt;
  const auto ttl = rr_class ? reader.Number32() : std::nullopt;
  const auto length = ttl ? reader.Number16() : std::nullopt;
  if (!length) return false;
  if (*rr_class != kClassIn || (*type != kTypeMx && *type != kTypeCname)) {
    return reader.Skip(*length);
  }
  record = {*owner, *type, *ttl, 0, ""};
  const std::size_t begin = reader.position();
  if (*type == kTypeMx) {
    const auto preference = reader.Number16();
    if (!preference) return false;
    record.preference = *preference;
  }
  const auto name = reader.Name();
  if (!name) return false;
  record.name = *name;
  return reader.position() - begin == *length;
}

/// Follows the aliases from `name` on; they come in any order.
std::string FollowAliases(std::string name, const std::vector<Record>& records,
                          std::vector<std::string>& aliases) {
  for (bool found = true; found && aliases.size() < kMaxAliases;) {
    found = false;
    for (const Record& record : records) {
      if (record.type != kTypeCname || !SameName(record.owner, name)) continue;
      name = record.name;
      aliases.push_back(name);
      found = true;
      break;
    }
  }
  return name;
}

}  // namespace

int CompareDnsNames(std::string_view left, std::string_view right) {
  const std::size_t common = std::min(left.size(), right.size());
  for (std::size_t i = 0; i < common; ++i) {
    const int difference = Lower(left[i]) - Lower(right[i]);
    if (difference != 0) return difference;
  }
  return static_cast<int>(left.size() > common) - static_cast<int>(right.size() > common);
}

bool ParseMxAnswer(std::span<const unsigned char> message, MxAnswer& answer) {
  answer = {};
  if (message.size() < kHeader) return false;
  Reader reader(message);
  if (!reader.Skip(4)) return false;
  const auto questions = reader.Number16();
  const auto answers = reader.Number16();
  if (questions != 1 || !answers || !reader.Skip(4)) return false;
  const auto question = reader.Name();
  if (!question || !reader.Skip(4)) return false;
  std::vector<Record> records;
  for (unsigned i = 0; i < *answers; ++i) {
    Record record;
    if (!ReadRecord(reader, record)) return false;
    if (record.type != 0) records.push_back(std::move(record));
  }
  const std::string name = FollowAliases(*question, records, answer.aliases);
  for (Record& record : records) {
    if (record.type == kTypeMx && SameName(record.owner, name)) {
      answer.records.push_back({record.preference, record.ttl, std::move(record.name)});
    }
  }
  return true;
}

}  // namespace smtpgauge
