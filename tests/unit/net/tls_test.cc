// Connection's TLS half: handshakes, verification, resumption.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runner/net/tls_facts.h"
#include "tests/unit/net/tls_server.h"

namespace smtpgauge {
namespace {

using ::testing::HasSubstr;

TEST(Tls, ShowsWhatWasNegotiated) {
  TlsServer server({.alpn = "smtp", .request_certificate = true});
  TlsContext context({});
  TlsPair pair(server, SendGreeting);
  TlsRequest request = ForMx();
  request.alpn = {"h2", "smtp"};
  EXPECT_FALSE(pair.client.tls());
  ASSERT_EQ(Shake(pair.client, context, request), IoStatus::kOk) << pair.client.error();
  EXPECT_TRUE(pair.client.tls());
  EXPECT_EQ(TakeFrom(pair.client, 7), "220 x\r\n");
  EXPECT_FALSE(pair.client.tls_facts().close_notify);
  EXPECT_EQ(EndOf(pair.client), IoStatus::kEof);
  const TlsFacts facts = pair.client.tls_facts();
  EXPECT_EQ(facts.version, "TLSv1.3");
  EXPECT_THAT(facts.cipher, HasSubstr("TLS_AES"));
  EXPECT_GE(facts.secret_bits, 128);
  EXPECT_FALSE(facts.group.empty());
  EXPECT_EQ(facts.alpn, "smtp");
  EXPECT_EQ(facts.verify, "self-signed certificate");
  EXPECT_TRUE(facts.hostname_matches);
  EXPECT_EQ(facts.days_left, 90);
  EXPECT_EQ(facts.key, "EC-256");
  EXPECT_EQ(facts.chain_length, 1);
  EXPECT_EQ(facts.spki_sha256.size(), 64U);
  EXPECT_EQ(facts.names, (std::vector<std::string>{"mx.example", "127.0.0.1"}));
  EXPECT_TRUE(facts.certificate_requested);
  EXPECT_TRUE(facts.close_notify);
  EXPECT_TRUE(facts.extended_master_secret);
  EXPECT_TRUE(facts.secure_renegotiation);
  EXPECT_FALSE(facts.compression);
  EXPECT_FALSE(facts.resumed);
  const std::string text = TlsFactsText(facts);
  EXPECT_THAT(text, HasSubstr("version=TLSv1.3 cipher=TLS_AES"));
  EXPECT_THAT(text, HasSubstr("verify=self-signed%20certificate host=match days=90"));
  EXPECT_EQ(text.find('\x1B'), std::string::npos);
}

TEST(Tls, FactsOfAClearConnectionAreEmpty) {
  const Connection connection;
  EXPECT_EQ(connection.tls_facts().version, "");
  EXPECT_THAT(TlsFactsText(connection.tls_facts()), HasSubstr("version=- cipher=-"));
}

TEST(Tls, VerifiesOnDemand) {
  struct Row {
    const char* name;
    TlsServer::Options options;
    const char* server_name;
    enum { kOwnCa, kSystemCa } ca;
    const char* reason;  // "": accepted
  };
  const Row rows[] = {
      {"good", {}, "mx.example", Row::kOwnCa, ""},
      {"address", {}, "127.0.0.1", Row::kOwnCa, ""},
      {"other name", {}, "other.example", Row::kOwnCa, "hostname mismatch"},
      {"other address", {}, "127.0.0.2", Row::kOwnCa, "IP address mismatch"},
      {"unknown CA", {}, "mx.example", Row::kSystemCa, "self-signed certificate"},
      {"expired", {.days = -2}, "mx.example", Row::kOwnCa, "certificate has expired"}};
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    TlsServer server(row.options);
    TlsContext context(
        {.verify = TlsVerify::kPeer, .ca_file = row.ca == Row::kOwnCa ? server.ca_file() : ""});
    TlsPair pair(server, SendGreeting);
    TlsRequest request;
    request.server_name = row.server_name;
    const bool good = *row.reason == '\0';
    EXPECT_EQ(Shake(pair.client, context, request), good ? IoStatus::kOk : IoStatus::kTlsFailed);
    EXPECT_THAT(pair.client.error(), HasSubstr(row.reason));
    EXPECT_THAT(pair.client.tls_facts().verify, HasSubstr(good ? "ok" : row.reason));
    if (good) {
      EXPECT_TRUE(pair.client.tls_facts().hostname_matches);
    }
  }
}

TEST(Tls, LooksAtCertificatesWithoutRefusingThem) {
  TlsServer server({.names = {"DNS:else.example"}, .days = -1});
  TlsContext context({.verify = TlsVerify::kNone, .ca_file = server.ca_file()});
  TlsPair pair(server, SendGreeting);
  ASSERT_EQ(Shake(pair.client, context, ForMx()), IoStatus::kOk);
  const TlsFacts facts = pair.client.tls_facts();
  EXPECT_EQ(facts.verify, "certificate has expired");
  EXPECT_FALSE(facts.hostname_matches);
  EXPECT_EQ(facts.days_left, -1);  // 23 hours ago
}

TEST(Tls, ARequestCanOverruleTheContext) {
  TlsServer server({});
  TlsContext context({});
  TlsPair pair(server, SendGreeting);
  TlsRequest request = ForMx();
  request.verify = TlsVerify::kPeer;
  EXPECT_EQ(Shake(pair.client, context, request), IoStatus::kTlsFailed);
}

TEST(Tls, TheSystemsAnchorsAreThereWhenTheyMatter) {
  TlsServer server({.names = {"DNS:mx.example"}});
  ASSERT_EQ(setenv("SSL_CERT_FILE", server.ca_file().c_str(), 1), 0);  // the system's, as it were
  const auto verdict = [&](TlsTrust trust, TlsVerify verify) {
    TlsContext::Options options;
    options.trust = trust;
    TlsContext context(options);
    TlsPair pair(server, SendGreeting);
    TlsRequest request = ForMx();
    request.verify = verify;
    EXPECT_EQ(Shake(pair.client, context, request), IoStatus::kOk);
    return pair.client.tls_facts().verify;
  };
  EXPECT_EQ(verdict(TlsTrust::kAlways, TlsVerify::kNone), "ok");
  EXPECT_EQ(verdict(TlsTrust::kForPeer, TlsVerify::kPeer), "ok");
  EXPECT_NE(verdict(TlsTrust::kForPeer, TlsVerify::kNone), "ok");  // nobody looked
  unsetenv("SSL_CERT_FILE");
}

TEST(Tls, RefusesAMissingCaFile) {
  try {
    TlsContext context({.ca_file = "/nonexistent/ca.pem"});
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("/nonexistent/ca.pem"));
  }
}

class TlsVersions : public ::testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Both, TlsVersions, ::testing::Values(TLS1_2_VERSION, TLS1_3_VERSION));

TEST_P(TlsVersions, ResumeOnlyWhenAsked) {
  TlsServer server({.max_version = GetParam()});
  TlsContext context({.ca_file = server.ca_file()});
  // One listening socket: a session belongs to name, address and port.
  const Listener listener;
  const auto resumed = [&](TlsResumption resumption, TlsVerify verify) {
    Connection client;
    EXPECT_EQ(ConnectTo(client, listener.endpoint()), IoStatus::kOk);
    std::thread thread([&server, peer = listener.Accept()] { Serve(server, peer, SendGreeting); });
    TlsRequest request = ForMx();
    request.resumption = resumption;
    request.verify = verify;
    EXPECT_EQ(Shake(client, context, request), IoStatus::kOk) << client.error();
    EXPECT_EQ(TakeFrom(client, 7), "220 x\r\n");
    EXPECT_EQ(EndOf(client), IoStatus::kEof);
    client.Close();
    thread.join();
    return client.tls_facts().resumed;
  };
  EXPECT_FALSE(resumed(TlsResumption::kFull, TlsVerify::kNone));
  EXPECT_FALSE(resumed(TlsResumption::kOffer, TlsVerify::kNone)) << "kFull must keep nothing";
  EXPECT_TRUE(resumed(TlsResumption::kOffer, TlsVerify::kNone));
  EXPECT_TRUE(resumed(TlsResumption::kOffer, TlsVerify::kPeer));
  EXPECT_FALSE(resumed(TlsResumption::kFull, TlsVerify::kNone));
  EXPECT_TRUE(resumed(TlsResumption::kOffer, TlsVerify::kNone));
  context.ForgetSessions();
  EXPECT_FALSE(resumed(TlsResumption::kOffer, TlsVerify::kNone));
}

TEST(Tls, ASessionAcceptedUnverifiedDoesNotPassVerificationLater) {
  TlsServer server({});
  TlsContext context({});  // the certificate's CA is not known to this one
  const Listener listener;
  for (const TlsVerify verify : {TlsVerify::kNone, TlsVerify::kPeer}) {
    Connection client;
    ASSERT_EQ(ConnectTo(client, listener.endpoint()), IoStatus::kOk);
    std::thread thread([&server, peer = listener.Accept()] { Serve(server, peer, SendGreeting); });
    TlsRequest request = ForMx();
    request.resumption = TlsResumption::kOffer;
    request.verify = verify;
    EXPECT_EQ(Shake(client, context, request),
              verify == TlsVerify::kNone ? IoStatus::kOk : IoStatus::kTlsFailed);
    if (verify == TlsVerify::kNone) {
      EXPECT_EQ(TakeFrom(client, 7), "220 x\r\n");
    }
    client.Close();
    thread.join();
  }
}

TEST(Tls, ProbesOneVersion) {
  struct Row {
    int server_max;
    TlsVersion wanted;
    IoStatus status;
    const char* version;
    const char* alert;
  };
  for (const Row& row :
       {Row{0, TlsVersion::kTls12, IoStatus::kOk, "TLSv1.2", ""},
        Row{0, TlsVersion::kTls13, IoStatus::kOk, "TLSv1.3", ""},
        Row{TLS1_3_VERSION, TlsVersion::kTls11, IoStatus::kTlsFailed, "", "protocol_version"},
        Row{TLS1_1_VERSION, TlsVersion::kTls11, IoStatus::kOk, "TLSv1.1", ""},
        Row{TLS1_VERSION, TlsVersion::kTls10, IoStatus::kOk, "TLSv1", ""},
        Row{TLS1_2_VERSION, TlsVersion::kTls13, IoStatus::kTlsFailed, "", "protocol_version"}}) {
    TlsServer server({.max_version = row.server_max});
    TlsContext context({});
    TlsPair pair(server, SendGreeting);
    TlsRequest request = ForMx();
    request.min_version = row.wanted;
    request.max_version = row.wanted;
    EXPECT_EQ(Shake(pair.client, context, request), row.status) << pair.client.error();
    EXPECT_EQ(pair.client.tls_facts().version, row.version);
    EXPECT_EQ(pair.client.tls_facts().alert, row.alert);
    EXPECT_THAT(pair.client.error(), HasSubstr(row.alert));
  }
}

TEST(Tls, ProbesCiphers) {
  TlsServer server({.max_version = TLS1_2_VERSION});
  TlsContext context({});
  TlsRequest request = ForMx();
  request.max_version = TlsVersion::kTls12;
  request.ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256";
  {
    TlsPair pair(server, SendGreeting);
    ASSERT_EQ(Shake(pair.client, context, request), IoStatus::kOk);
    EXPECT_EQ(pair.client.tls_facts().cipher, request.ciphers);
  }
  request.ciphers = "aNULL";
  {
    TlsPair pair(server, SendGreeting);
    EXPECT_EQ(Shake(pair.client, context, request), IoStatus::kTlsFailed);
    EXPECT_EQ(pair.client.tls_facts().alert, "handshake_failure");
  }
  request.ciphers = "NO-SUCH-CIPHER";
  {
    TlsPair pair(server, SendGreeting);
    EXPECT_EQ(Shake(pair.client, context, request), IoStatus::kTlsFailed);
    EXPECT_THAT(pair.client.error(), HasSubstr("NO-SUCH-CIPHER"));
  }
}

TEST(TlsVersion, IsParsedFromItsText) {
  TlsVersion version = TlsVersion::kAny;
  EXPECT_TRUE(ParseTlsVersion("1.2", version));
  EXPECT_EQ(version, TlsVersion::kTls12);
  EXPECT_TRUE(ParseTlsVersion("TLSv1.3", version));
  EXPECT_EQ(version, TlsVersion::kTls13);
  EXPECT_TRUE(ParseTlsVersion("", version));
  EXPECT_EQ(version, TlsVersion::kAny);
  for (const char* text : {"1", "1.4", "SSLv3", "1.2 "}) {
    EXPECT_FALSE(ParseTlsVersion(text, version)) << text;
  }
}

}  // namespace
}  // namespace smtpgauge
