// Removes from a message on its way to final delivery the fields that only this server may set:
// Return-Path (RFC 5321 section 4.4) and Authentication-Results under its own name (RFC 8601
// section 5). Everything else passes octet by octet.
#pragma once

#include <string>
#include <string_view>

#include "runner/sink/fault.h"

namespace smtpgauge::sink {

class HeaderFilter {
 public:
  HeaderFilter(std::string hostname, const FaultSet& faults)
      : hostname_(std::move(hostname)), faults_(faults) {}

  /// Appends to `output` what of `input` passes. Lines may be split anywhere.
  void Feed(std::string_view input, std::string& output);

  /// Appends what was held back for want of its line end.
  void Finish(std::string& output);

 private:
  void EndLine(std::string& output);

  std::string hostname_;
  const FaultSet& faults_;
  std::string line_;     // of the header, not complete yet; bounded by kLongestLine
  std::string authres_;  // an Authentication-Results field until its name is known
  bool in_header_ = true;
  bool dropping_ = false;  // the field that goes on in folded lines is dropped
};

}  // namespace smtpgauge::sink
