#include "reports/markup.h"

#include "reports/octets.h"

namespace smtpgauge {

std::string MarkupEscaped(std::string_view escaped) {
  std::string out;
  out.reserve(escaped.size());
  for (const char octet : escaped) {
    switch (octet) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += octet;
    }
  }
  return out;
}

std::string Markup(std::string_view octets) {
  return MarkupEscaped(EscapeOctets(octets));
}

}  // namespace smtpgauge
