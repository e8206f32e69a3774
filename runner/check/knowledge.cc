#include "runner/check/knowledge.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace smtpgauge {
namespace {

std::string KeywordLine(const smtp::ExtensionSet& extensions) {
  std::vector<std::string> lines;
  for (const smtp::Keyword& keyword : extensions.keywords()) {
    lines.push_back(fmt::format("{}{}{}", keyword.name, keyword.parameters.empty() ? "" : " ",
                                keyword.parameters));
  }
  return lines.empty() ? "none" : fmt::format("{}", fmt::join(lines, ", "));
}

bool Offers(const smtp::ExtensionSet& extensions, const std::string& keyword) {
  if (!keyword.starts_with("AUTH ")) return extensions.Has(keyword);
  const auto mechanisms = extensions.AuthMechanisms();
  return std::find(mechanisms.begin(), mechanisms.end(), keyword.substr(5)) != mechanisms.end();
}

std::string Unmet(const std::vector<std::string>& wanted, const std::vector<std::string>& unwanted,
                  const std::optional<smtp::ExtensionSet>& extensions, std::string_view where) {
  if (!extensions) return {};
  for (const std::string& keyword : wanted) {
    if (!Offers(*extensions, keyword)) return fmt::format("{} is not advertised{}", keyword, where);
  }
  for (const std::string& keyword : unwanted) {
    if (Offers(*extensions, keyword)) return fmt::format("{} is advertised{}", keyword, where);
  }
  return {};
}

/// Whether a server may answer so to a plain transaction for reasons of its own; that it does not
/// know the command or lost the thread (500 to 503) is none.
bool IsRefusal(int code) {
  return code / 100 == 4 || (code / 100 == 5 && code > 503);
}

}  // namespace

void Knowledge::Learn(const ObservedReply& observed) {
  const smtp::Reply& reply = *observed.reply;
  const bool legal = reply.code != 0 && !reply.faults.Has(smtp::ReplyFault::kUnbounded);
  if (observed.phase == Phase::kGreeting && legal) greeting = smtp::ReplyText(reply);
  if (observed.verb == "MAIL" || observed.verb == "RCPT" || observed.verb == "DATA" ||
      observed.verb == ".") {
    refusals[static_cast<std::size_t>(observed.phase)] = IsRefusal(reply.code) ? reply.code : 0;
    if (reply.code >= 400)
      refusal = fmt::format("{}: {} {}", observed.verb == "." ? "end of data" : observed.verb,
                            reply.code, smtp::ReplyLine(reply, 0));
  }
  if (observed.verb == "NOOP") noop_code = reply.code;
  if (observed.verb == "QUIT") quit_code = reply.code;
  if (observed.verb == "RCPT")
    recipient_reply = fmt::format("{} {}", reply.code, smtp::ReplyLine(reply, 0));
  if (observed.verb == ".") {
    message_reply = fmt::format("{} {}", reply.code, smtp::ReplyLine(reply, 0));
    takes_mail = reply.code / 100 == 2;
  }
  if ((observed.verb == "EHLO" || observed.verb == "LHLO") && reply.code == 250) {
    (observed.tls ? tls : clear) = smtp::ExtensionSet(reply);
    session = smtp::ExtensionSet(reply);
  }
}

std::vector<TargetFact> Knowledge::Facts() const {
  std::vector<TargetFact> facts;
  facts.push_back({"greeting", greeting});
  if (clear) facts.push_back({"EHLO in clear", KeywordLine(*clear)});
  if (tls) facts.push_back({"EHLO in TLS", KeywordLine(*tls)});
  if (!tls_facts.empty()) facts.push_back({"TLS", tls_facts});
  if (!recipient_reply.empty()) facts.push_back({"RCPT of the recipient", recipient_reply});
  if (!message_reply.empty()) facts.push_back({"a plain message", message_reply});
  return facts;
}

std::string WhyNotApplicable(const Condition& condition, const Knowledge& knowledge) {
  std::string why = Unmet(condition.ehlo, condition.no_ehlo, knowledge.session, "");
  // The sessions were in clear: most servers offer AUTH in TLS only.
  if (!why.empty() && knowledge.tls && Unmet(condition.ehlo, {}, knowledge.tls, "").empty() &&
      !Unmet(condition.ehlo, {}, knowledge.session, "").empty())
    why += " in clear; it is in TLS (--tls starttls)";
  if (why.empty())
    why = Unmet(condition.ehlo_clear, condition.no_ehlo_clear, knowledge.clear, " in clear");
  if (why.empty()) why = Unmet(condition.ehlo_tls, condition.no_ehlo_tls, knowledge.tls, " in TLS");
  if (why.empty() && !knowledge.tls && knowledge.clear && !condition.ehlo_tls.empty())
    why = "TLS is not offered";
  return why;
}

}  // namespace smtpgauge
