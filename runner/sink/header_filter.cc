#include "runner/sink/header_filter.h"

#include "runner/sink/ascii.h"

namespace smtpgauge::sink {
namespace {

constexpr std::size_t kLongestLine = 4096;  // a longer one is no field of ours

// The authserv-id: the first word behind the colon, comments not counted (RFC 8601 section 2.2).
std::string_view ServiceName(std::string_view field) {
  std::string_view rest = field.substr(field.find(':') + 1);
  while (!rest.empty() && std::string_view(" \t\r\n").find(rest.front()) != std::string_view::npos)
    rest.remove_prefix(1);
  return rest.substr(0, rest.find_first_of("; \t\r\n"));
}

}  // namespace

void HeaderFilter::EndLine(std::string& output) {
  const bool folded = line_.starts_with(' ') || line_.starts_with('\t');
  if (!folded) {
    if (!authres_.empty()) {
      if (!EqualsIgnoreCase(ServiceName(authres_), hostname_)) output += authres_;
      authres_.clear();
    }
    dropping_ = StartsWithIgnoreCase(line_, "Return-Path:");
    if (line_ == "\r\n") in_header_ = false;
  }
  if (dropping_) {
    line_.clear();
    return;
  }
  const bool results = StartsWithIgnoreCase(line_, "Authentication-Results:") &&
                       !faults_.Has(Fault::kForgedResultsKept);
  if (results || (folded && !authres_.empty()))
    authres_ += line_;
  else
    output += line_;
  line_.clear();
}

void HeaderFilter::Feed(std::string_view input, std::string& output) {
  while (in_header_ && !input.empty()) {
    const auto lf = input.find('\n');
    const std::size_t length = lf == std::string_view::npos ? input.size() : lf + 1;
    line_ += input.substr(0, length);
    input.remove_prefix(length);
    if (lf != std::string_view::npos || line_.size() > kLongestLine) EndLine(output);
  }
  output += input;
}

void HeaderFilter::Finish(std::string& output) {
  if (!line_.empty()) EndLine(output);
  output += authres_;
  authres_.clear();
}

}  // namespace smtpgauge::sink
