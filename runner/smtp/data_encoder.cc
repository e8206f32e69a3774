#include "runner/smtp/data_encoder.h"

#include <cstddef>

namespace smtpgauge::smtp {

void DataEncoder::Append(std::string_view content, std::string& out) {
  if (content.empty()) return;
  if (state_ == State::kLineStart && content[0] == '.') out += '.';

  const auto ends_in_crlf = [&](std::size_t line_feed) {
    return line_feed == 0 ? state_ == State::kCarriageReturn : content[line_feed - 1] == '\r';
  };
  std::size_t copied = 0;
  for (std::size_t line_feed = content.find('\n'); line_feed != content.npos;
       line_feed = content.find('\n', line_feed + 1)) {
    const std::size_t next = line_feed + 1;
    if (next == content.size() || content[next] != '.' || !ends_in_crlf(line_feed)) continue;
    out.append(content, copied, next - copied);
    out += '.';
    copied = next;
  }
  out.append(content, copied);

  if (content.back() == '\n' && ends_in_crlf(content.size() - 1)) {
    state_ = State::kLineStart;
  } else {
    state_ = content.back() == '\r' ? State::kCarriageReturn : State::kText;
  }
}

void DataEncoder::Finish(std::string& out) {
  out += state_ == State::kLineStart ? kEndOfData.substr(2) : kEndOfData;
  state_ = State::kLineStart;
}

std::string EncodeData(std::string_view content) {
  std::string out;
  out.reserve(content.size() + content.size() / 64 + kEndOfData.size());
  DataEncoder encoder;
  encoder.Append(content, out);
  encoder.Finish(out);
  return out;
}

}  // namespace smtpgauge::smtp
