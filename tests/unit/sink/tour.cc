#include "tests/unit/sink/tour.h"

#include "runner/sink/base64.h"

namespace smtpgauge::sink {
namespace {

using namespace std::literals;

const std::string kOpen =
    "EHLO x.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<user@example.test>\r\n";

std::string Repeated(int count, const std::string& line) {
  std::string text;
  for (int i = 0; i < count; ++i)
    text += line;
  return text;
}

void AddHelloAndCommands(std::vector<Leg>& legs) {
  for (const std::string& line : {"NOOP"s,
                                  "RSET"s,
                                  "HELP"s,
                                  "VRFY user"s,
                                  "VRFY \xc3\xa9"s,
                                  "EXPN staff"s,
                                  "QUIT"s,
                                  "TURN"s,
                                  ""s,
                                  " NOOP"s,
                                  "NOOPX"s,
                                  "noop"s,
                                  "FOO \xff"s,
                                  "NOOP\nNOOP"s,
                                  "NOOP\rNOOP"s,
                                  "NOOP\0QUIT"s,
                                  "POST / HTTP/1.1\r\nEHLO x"s,
                                  "EHLO"s,
                                  "EHLO ["s,
                                  "EHLO [192.0.2.1]"s,
                                  "EHLO [IPv6:::1]"s,
                                  "EHLO [ipv6:::1]"s,
                                  "XCLIENT NAME=x"s,
                                  "EHLO [IPv6:::ffff:192.0.2.1]"s,
                                  "EHLO " + std::string(300, 'a'),
                                  "MAIL FROM:<>"s,
                                  "HELO x"s,
                                  "NOOP "s + std::string(300, 'x'),
                                  "NOOP " + std::string(600, 'x'),
                                  "AUTH PLAIN"s,
                                  "STARTTLS"s,
                                  "PROXY TCP4 192.0.2.1 192.0.2.2 1 2"s,
                                  "BDAT 5"s})
    legs.push_back({Where::kMx, {line + "\r\n", "NOOP\r\n"}});
  legs.push_back({Where::kMx, {"NOOP\r", "\n", "NOOP\r\n"}});
  legs.push_back({Where::kMx, {"EHLO x\r\nMAIL <a@b.example>\r\n"}});
  legs.push_back({Where::kMx, {"EHLO x\r\nMAIL FROM:<a\xc0\xaf@b.example> SMTPUTF8\r\n"}});
  legs.push_back({Where::kMx, {kOpen + "DATA\r\n", std::string(1200, 'x') + "\r\n", ".\r\n"}});
  legs.push_back({Where::kMx, {kOpen + "DATA\r\n", "x\r\n.\r\n", "mail from:<>\r\n"}});
  legs.push_back({Where::kMx, {Repeated(12, "RSET\r\n"), "NOOP\r\n"}});
  legs.push_back({Where::kMx, {"EHLO x\r\n" + Repeated(12, "MAIL FROM:<>\r\nRSET\r\n")}});
  legs.push_back({Where::kMx, {Repeated(120, "FOO\r\n"), "NOOP\r\n"}});
  for (const std::string& line : {"EHLO y"s, "HELO y"s, "EHLO"s, "RSET"s, "NOOP"s, "HELP"s,
                                  "MAIL FROM:<>"s, "RCPT TO:<x@example.test>"s, "RCPT TO:<@>"s,
                                  "FOO"s, "STARTTLS"s, "AUTH CRAM-MD5"s, "DATA now"s, "ETRN"s})
    legs.push_back(
        {Where::kMx,
         {kOpen, line + "\r\n", "DATA\r\n", "x\r\n.\r\n", "RCPT TO:<user@example.test>\r\n"}});
  legs.push_back(
      {Where::kMx,
       {"EHLO x\r\nEHLO y\r\nETRN\r\nRSET now\r\nSTARTTLS now\r\nSTARTTLS\r\n", "NOOP\r\n"}});
  legs.push_back(
      {Where::kMx, {"EHLO x\r\nMAIL FROM:<>\r\nDATA\r\n", "RCPT TO:<user@example.test>\r\n"}});
}

void AddEnvelopes(std::vector<Leg>& legs) {
  for (const std::string& argument :
       {"<>"s,
        "<@@>"s,
        "a@b.example"s,
        "<<a@b.example>>"s,
        "<a\x01z@c.example>"s,
        "<\"a b\"@c.example>"s,
        "<\"a>b\"@c.example>"s,
        "<u@[192.0.2.1]>"s,
        "<\xc3\xa9@b.example>"s,
        "<a\xc3\x28@b.example> SMTPUTF8"s,
        "<> XNOSUCH=1"s,
        "<> MT-PRIORITY=3"s,
        "<> MT-PRIORITY=x"s,
        "<> size=1"s,
        "<a@b.example>SIZE=10"s,
        "<> =5"s,
        "<> SIZE=1000"s,
        "<> SIZE=99999999999"s,
        "<> SIZE=999999999999999999999"s,
        "<> SIZE=abc"s,
        "<> BODY=8BITMIME"s,
        "<> BODY=9BITMIME"s,
        "<> RET=BODY"s,
        "<> RET=full"s,
        "<> ENVID=a+ZZ"s,
        "<> ENVID=" + std::string(100, 'e'),
        "<> AUTH=<>"s,
        "<> AUTH=a=b"s,
        "<> SMTPUTF8"s,
        "<> BY=120;R"s,
        "<> BY=30;R"s,
        "<> HOLDFOR=60"s,
        "<> REQUIRETLS"s,
        "<" + std::string(64, 'l') + "@b.example>",
        "<a@" + std::string(63, 'd') + "." + std::string(63, 'd') + "." + std::string(63, 'd') +
            ">",
        "<" + std::string(62, 'l') + "@" + std::string(63, 'd') + "." + std::string(63, 'd') + "." +
            std::string(63, 'd') + ">",
        "<> SIZE=1" + std::string(600, ' ')})
    legs.push_back(
        {Where::kMx,
         {"EHLO x\r\nMAIL FROM:" + argument + "\r\n", "RCPT TO:<user@example.test>\r\n"}});
  for (const std::string& argument :
       {"TO:<>"s,
        "<x>"s,
        "TO:<Postmaster>"s,
        "TO:<user>"s,
        "TO:<POSTMASTER@example.test>"s,
        "TO:<user@EXAMPLE.test>"s,
        "TO:<\"user\"@example.test>"s,
        "TO:<\"a,b\"@example.test>"s,
        "TO:<a#b@example.test>"s,
        "TO:<user@b@example.test>"s,
        "TO:<u@remote.example>"s,
        "TO:<u%remote.example@example.test>"s,
        "TO:<remote!u@example.test>"s,
        "TO:<\"u@remote\"@example.test>"s,
        "TO:<u@example.test.evil.example>"s,
        "TO:<@example.test:u@remote.example>"s,
        "TO:<\xc3\xa9@example.test>"s,
        "TO:<user@example.test> XNOSUCH=1"s,
        "TO:<user@example.test> NOTIFY=NEVER"s,
        "TO:<user@example.test> NOTIFY=FOO"s,
        "TO:<user@example.test> NOTIFY=success"s,
        "TO:<user@example.test> ORCPT=rfc822;" + std::string(300, 'o'),
        "TO:<user@example.test> RRVS=x"s,
        "TO:<postmaster@example.test> RRVS=1980-01-01T00:00:00Z"s}) {
    legs.push_back(
        {Where::kMx,
         {"EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT " + argument + "\r\n", "NOOP\r\n"}});
    legs.push_back({Where::kMx, {"EHLO x\r\nRCPT " + argument + "\r\n"}});
  }
  legs.push_back({Where::kMx, {"EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<u@remote.example>\r\n"}});
  legs.push_back({Where::kMx, {kOpen + "RCPT TO:<u@remote.example>\r\n"}});
  legs.push_back(
      {Where::kMx, {"EHLO x\r\nMAIL FROM:<a@example.test>\r\nRCPT TO:<u@remote.example>\r\n"}});
  legs.push_back({Where::kMx, {kOpen + Repeated(60, "RCPT TO:<user@example.test>\r\n")}});
  legs.push_back(
      {Where::kMx, {kOpen + Repeated(1000, "RCPT TO:<user@example.test>\r\n"), "NOOP\r\n"}});
}

void AddContents(std::vector<Leg>& legs) {
  for (const std::string& end : {"\n.\n"s,
                                 "\n.\r\n"s,
                                 "\r\n.\n"s,
                                 "\r.\r"s,
                                 "\r.\r\n"s,
                                 "\n.\r"s,
                                 "\r\n.\rz"s,
                                 "\r.\n"s,
                                 "\r\n\0.\r\n"s,
                                 "\r\n.\0\r\n"s,
                                 "\r\n. \r\n"s,
                                 "\r\n .\r\n"s,
                                 "\r\n.\t\r\n"s,
                                 "\r\n.\r\r\n"s,
                                 "\n\r.\n\r"s,
                                 "\v.\v"s,
                                 "\f.\f"s,
                                 "\xc2\x85.\xc2\x85"s,
                                 "\xe2\x80\xa8.\xe2\x80\xa8"s,
                                 "\x1e.\x1e"s,
                                 "\x1d.\x1d"s,
                                 "\x1c.\x1c"s,
                                 "\r\n..\r\n"s,
                                 "\r\n.x\r\n"s})
    legs.push_back(
        {Where::kMx, {kOpen + "DATA\r\n", "x" + end, "NOOP\r\n", "\r\n.\r\n", "NOOP\r\n"}});
  for (
      const std::string& content :
      {""s,
       "Subject: x\r\nReceived: a\r\nReceived: b\r\n\r\n..two\r\na..b\r\ntrailing \t\r\n\r\n\r\n\r\n\x01\xff\r\n"s,
       "Authentication-Results: mx.example.test; spf=pass\r\n\r\n"s, std::string(600, 'x') + "\r\n",
       "From here\r\n" + std::string(995, 'x') + "\r\n",
       Repeated(630, std::string(98, 'x') + "\r\n"), std::string(1200, 'x') + "\r\n",
       Repeated(150, "Received: x\r\n"), Repeated(400, std::string(98, 'x') + "\r\n"),
       Repeated(41, ".." + std::string(97, 'x') + "\r\n"),
       std::string(900, 'y') + "\r\n" + Repeated(3, std::string(900, 'x') + "\r\n") +
           std::string(484, 'z') + "\r\n",
       Repeated(700, std::string(98, 'x') + "\r\n")})
    legs.push_back({Where::kMx,
                    {kOpen + "RCPT TO:<abuse@example.test>\r\nDATA\r\n", content + ".\r\n",
                     "RCPT TO:<user@example.test>\r\n"}});
  legs.push_back({Where::kMx,
                  {"EHLO x\r\nMAIL FROM:<abuse@example.test>\r\nRCPT TO:<user@example.test> "
                   "NOTIFY=SUCCESS\r\nDATA\r\n",
                   "x: y\r\n.\r\n"}});
  legs.push_back(
      {Where::kMx,
       {"EHLO x\r\nMAIL FROM:<abuse@example.test>\r\nRCPT TO:<user@example.test>\r\nDATA\r\n",
        "x: y\r\n.\r\n"}});
  std::string edge =
      Repeated(40, std::string(98, 'x') + "\r\n");  // 4000 octets; two stand before them
  edge += std::string(4096 - 4000 - 2 - 2, 'y') + "\r\n";
  legs.push_back({Where::kMx, {kOpen + "DATA\r\n", edge + "..dot\r\n.\r\n"}});
  legs.push_back(
      {Where::kMx,
       {kOpen + "DATA\r\n", edge.substr(0, edge.size() - 2) + "z\r\n.\r\n", "\r\n.\r\n"}});
  legs.push_back({Where::kMx, {kOpen + "DATA\r\n", "x\r\n.", "\r\n", "\r\n.\r\n"}});
  legs.push_back(
      {Where::kMx, {kOpen + "DATA\r\n", "x\r\n.\r\nMAIL FROM:<>\r\nDATA\r\n", "x\r\n.\r\n"}});
  legs.push_back({Where::kMx,
                  {"EHLO x\r\nMAIL FROM:<MiXed@b.example>\r\nRCPT TO:<user@example.test>\r\nRCPT "
                   "TO:<x@example.test>\r\nDATA\r\n",
                   "x\r\n.\r\n"}});
  legs.push_back({Where::kMx, {kOpen + "DATA\r\n", "half a message\r\n"}});
  legs.push_back({Where::kMx, {kOpen + "BDAT 5\r\nhello", "QUIT\r\n"}});
}

void AddChunks(std::vector<Leg>& legs) {
  for (const std::string& octets :
       {"BDAT 2 LAST\r\nab"s, "BDAT 2\r\nabBDAT 0 LAST\r\n"s, "bdat 2 last\r\nab"s,
        "BDAT 0002 LAST\r\nab"s, "BDAT 2 LAST\r\nabBDAT 2\r\ncd"s, "BDAT 2\r\nabDATA\r\n"s,
        "BDAT 9\r\n"s, "BDAT 3 LAST\r\na\0b"s, "BDAT 9 LAST\r\na\r\n.\r\nbc"s,
        "BDAT 4294967298 LAST\r\nab"s, "BDAT 2 FOO\r\nab"s,
        "BDAT 2\r\nabRSET\r\nMAIL FROM:<>\r\nRCPT TO:<user@example.test>\r\nBDAT 2 LAST\r\ncd"s})
    legs.push_back({Where::kMx, {kOpen, octets, "NOOP\r\n"}});
  legs.push_back({Where::kMx, {"EHLO x\r\nBDAT 6 LAST\r\nNOOP\r\n"}});
  legs.push_back(
      {Where::kMx,
       {"EHLO x\r\nMAIL FROM:<> BODY=BINARYMIME\r\nRCPT TO:<user@example.test>\r\nDATA\r\n"}});
}

void AddSecondTransactions(std::vector<Leg>& legs) {
  const std::string second = "MAIL FROM:<>\r\nRCPT TO:<user@example.test>\r\nDATA\r\n";
  for (const std::string& parameter : {" SIZE=3"s, " BODY=BINARYMIME"s})
    legs.push_back({Where::kMx,
                    {"EHLO x\r\nMAIL FROM:<>" + parameter + "\r\nRSET\r\n" + second,
                     "x: y\r\n\r\nlonger than that\r\n.\r\n"}});
  legs.push_back(
      {Where::kMx,
       {"EHLO x\r\nMAIL FROM:<> SMTPUTF8\r\nRSET\r\nMAIL FROM:<\xc3\xa9@b.example>\r\n"}});
  legs.push_back({Where::kMx,
                  {kOpen + "DATA\r\n", "x\r\n.\r\n" + second, "..x\r\n.\r\n",
                   "MAIL FROM:<>\r\nRCPT TO:<u@remote.example>\r\n"}});
  legs.push_back({Where::kMx,
                  {"EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<abuse@example.test>\r\nDATA\r\n",
                   Repeated(150, "Received: x\r\n") + ".\r\n" + second, "x\r\n.\r\n"}});
  legs.push_back({Where::kMx, {kOpen, "BDAT 2 LAST\r\nab", second}});
  legs.push_back({Where::kMx,
                  {kOpen + Repeated(10, "RCPT TO:<abuse@example.test>\r\n") + "DATA\r\n",
                   std::string(900, 'x') + "\r\n" + std::string(120, 'y') + "\r\n.\r\n"}});
  legs.push_back({Where::kMx,
                  {kOpen + "DATA\r\n",
                   Repeated(2055, "X-Filler: some text in a field\r\n") + "\r\nx\r\n.\r\n"}});
  legs.push_back({Where::kMx, {kOpen + "DATA\r\n", "x\r", ".\r\n", "\r\n.\r\n"}});
  legs.push_back({Where::kTls, {kOpen + "RSET\r\n", "DATA\r\n"}});
  legs.push_back({Where::kMx, {kOpen + "EHLO y\r\nMAIL FROM:<>\r\n", "DATA\r\n"}});
  legs.push_back({Where::kTls, {"EHLO x\r\n", "EHLO x\r\n"}});
  legs.push_back({Where::kTls, {kOpen + "DATA\r\n", "x\r\n.", "\r\n", "\r\n.\r\n"}});
  legs.push_back(
      {Where::kTls, {kOpen + "DATA\r\n", Repeated(200, std::string(98, 'x') + "\r\n") + ".\r\n"}});
}

void AddLogins(std::vector<Leg>& legs) {
  const std::string right = EncodeBase64("\0jo\0secret"s);
  const std::string wrong = EncodeBase64("\0jo\0wrong"s);
  for (const std::string& lines :
       {"AUTH PLAIN " + right + "\r\nAUTH PLAIN " + right + "\r\nRSET\r\nAUTH PLAIN\r\n",
        "AUTH PLAIN " + wrong +
            "\r\nNOOP\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<u@remote.example>\r\n",
        "AUTH NOSUCH\r\n"s,
        "AUTH PLAIN\r\n*\r\nNOOP\r\n"s,
        "AUTH PLAIN\r\n!!!\r\nNOOP\r\n"s,
        "AUTH PLAIN =\r\nNOOP\r\n"s,
        "AUTH plain " + right + "\r\n",
        "AUTH CRAM-MD5 AAAA\r\n"s,
        "AUTH LOGIN\r\n" + EncodeBase64("nobody") + "\r\n",
        "AUTH LOGIN\r\n" + EncodeBase64("jo") + "\r\n" + EncodeBase64("wrong") + "\r\n",
        "AUTH LOGIN\r\nNOOP x\r\n"s,
        "AUTH PLAIN " + EncodeBase64("jo") + "\r\n",
        "AUTH CRAM-MD5\r\n" + EncodeBase64("jo 00000000000000000000000000000000") + "\r\n",
        "AUTH PLAIN\r\n" + std::string(12400, 'A') + "\r\nNOOP\r\n",
        "AUTH PLAIN " + EncodeBase64("\0jo\0secretly"s) + "\r\n",
        "AUTH PLAIN " + EncodeBase64("\0jo\0sec"s) + "\r\n",
        "AUTH PLAIN " + EncodeBase64("\0jo\0 secret"s) + "\r\n",
        "AUTH PLAIN " + EncodeBase64("al\0jo\0secret"s) + "\r\n",
        "AUTH\r\n"s,
        "AUTH PLAIN\r\n" + EncodeBase64(std::string(700, 'x')) + "\r\n",
        "MAIL FROM:<>\r\nAUTH PLAIN " + right + "\r\n"})
    legs.push_back({Where::kTls, {"EHLO x\r\n" + lines}});
  legs.push_back({Where::kTls, {"AUTH PLAIN " + right + "\r\n"}});
  legs.push_back({Where::kTls, {"HELO x\r\n", "STARTTLS\r\n"}});
  legs.push_back(
      {Where::kTls,
       {"EHLO y.example\r\nMAIL FROM:<>\r\nRCPT TO:<user@example.test>\r\nDATA\r\n", ".\r\n"}});
  legs.push_back({Where::kTls, {"EHLO x\r\n", "STARTTLS\r\n"}});
  legs.push_back({Where::kTls, {"RCPT TO:<user@example.test>\r\nMAIL FROM:<>\r\n"}});
  legs.push_back({Where::kMx, {"EHLO x\r\nAUTH PLAIN\r\n"}});
  legs.push_back({Where::kMx, {"EHLO x\r\n", "EHLO\r\n", "MAIL FROM:<>\r\n"}});
  legs.push_back({Where::kMx, {"EHLO x\r\n", "MAIL FROM:<a@-.example>\r\n"}});
  legs.push_back({Where::kSubmission,
                  {"EHLO x\r\nAUTH PLAIN " + right + "\r\nMAIL FROM:<> HOLDFOR=999999999\r\n"}});
  legs.push_back({Where::kSubmission,
                  {"EHLO x\r\nAUTH PLAIN " + right + "\r\nMAIL FROM:<>\r\nRCPT TO:<u@host>\r\n"}});
  legs.push_back(
      {Where::kSubmission,
       {"EHLO x\r\nAUTH PLAIN " + right +
            "\r\nMAIL FROM:<>\r\nRCPT TO:<user@example.test>\r\nDATA\r\n",
        "x: y\r\n\r\n\r\nz\r\n.\r\n", "MAIL FROM:<>\r\n", "EHLO y\r\nMAIL FROM:<>\r\n"}});
  legs.push_back({Where::kSubmission,
                  {"EHLO x\r\nAUTH PLAIN " + right +
                       "\r\nMAIL FROM:<> HOLDFOR=60\r\nRCPT TO:<user@example.test>\r\nDATA\r\n",
                   "x\r\n.\r\n"}});
  legs.push_back({Where::kSubmission, {"EHLO x\r\nNOOP\r\nMAIL FROM:<>\r\n"}});
  legs.push_back({Where::kLmtp, {"EHLO x\r\n", "LHLO x\r\nMAIL FROM:<>\r\nDATA\r\n"}});
  legs.push_back({Where::kLmtp,
                  {"LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<user@example.test>\r\nRCPT "
                   "TO:<user@example.test>\r\nRCPT TO:<x@example.test>\r\nDATA\r\n",
                   ".\r\n"}});
}

}  // namespace

std::string OpenEnvelope() {
  return kOpen;
}

std::vector<Leg> Tour() {
  std::vector<Leg> legs;
  AddHelloAndCommands(legs);
  AddEnvelopes(legs);
  AddContents(legs);
  AddChunks(legs);
  AddSecondTransactions(legs);
  AddLogins(legs);
  return legs;
}

}  // namespace smtpgauge::sink
