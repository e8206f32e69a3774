#include "reports/html.h"

#include <array>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "reports/html_parts.h"
#include "reports/markup.h"
#include "runner/smtp/base64.h"

namespace smtpgauge {
namespace {

// Content Security Policy Level 3, section 2.3.1: hash source of an inline style sheet.
std::string HashSource(std::string_view text) {
  std::array<char, 32> digest{};
  std::size_t length = digest.size();
  EVP_Q_digest(nullptr, "SHA256", nullptr, text.data(), text.size(),
               reinterpret_cast<unsigned char*>(digest.data()), &length);
  return "'sha256-" + smtp::EncodeBase64({digest.data(), length}) + "'";
}

}  // namespace

std::string WriteHtml(const Report& report) {
  const RunInfo& info = InfoOf(report);
  const auto* check = std::get_if<CheckResult>(&report);
  const std::string body = check ? CheckBody(*check) : LoadBody(std::get<LoadResult>(report));
  const std::string_view style = HtmlStyle();
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src {}; "
      "base-uri 'none'; form-action 'none'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta name=\"generator\" content=\"smtpgauge {}\">\n"
      "<title>smtpgauge {} {}</title>\n<style>{}</style>\n</head>\n<body>\n"
      "{}<main>\n{}</main>\n</body>\n</html>\n",
      HashSource(style), Markup(info.tool_version), Markup(info.command), Markup(info.target),
      style, check ? CheckFilters() : "", body);
}

}  // namespace smtpgauge
