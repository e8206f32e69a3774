// Connection's TLS half: octets and closings, before, in and behind a handshake.
#include <sys/socket.h>

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include "runner/net/tls_facts.h"
#include "tests/unit/net/tls_server.h"

namespace smtpgauge {
namespace {

using ::testing::HasSubstr;

TEST(Tls, TellsAClosedSessionFromACutOne) {
  TlsServer server({});
  TlsContext context({});
  TlsPair pair(server, CloseWithoutNotify);
  ASSERT_EQ(Shake(pair.client, context, ForMx()), IoStatus::kOk);
  EXPECT_EQ(TakeFrom(pair.client, 7), "220 x\r\n");
  EXPECT_EQ(EndOf(pair.client), IoStatus::kEof);
  EXPECT_FALSE(pair.client.close_notify_seen());
}

TEST(Tls, HalfCloseSendsCloseNotifyAndGoesOnReading) {
  TlsServer server({});
  TlsContext context({});
  bool notified = false;
  TlsPair pair(server, [&notified](SSL* ssl) {
    char octet = 0;
    notified = SSL_get_error(ssl, SSL_read(ssl, &octet, 1)) == SSL_ERROR_ZERO_RETURN;
    SendGreeting(ssl);
  });
  ASSERT_EQ(Shake(pair.client, context, ForMx()), IoStatus::kOk);
  pair.client.ShutdownWrite();
  EXPECT_EQ(TakeFrom(pair.client, 7), "220 x\r\n");
  pair.Join();
  EXPECT_TRUE(notified);
}

TEST(Tls, CloseSendsCloseNotifyAndResetDoesNot) {
  TlsServer server({});
  TlsContext context({});
  for (const bool orderly : {true, false}) {
    int end = SSL_ERROR_NONE;
    TlsPair pair(server, [&end](SSL* ssl) {
      SSL_write(ssl, "x", 1);
      char octet = 0;
      end = SSL_get_error(ssl, SSL_read(ssl, &octet, 1));
    });
    ASSERT_EQ(Shake(pair.client, context, ForMx()), IoStatus::kOk);
    EXPECT_EQ(TakeFrom(pair.client, 1), "x");
    orderly ? pair.client.Close() : pair.client.Reset();
    pair.Join();
    EXPECT_EQ(end, orderly ? SSL_ERROR_ZERO_RETURN : SSL_ERROR_SYSCALL);
  }
}

TEST(Tls, GathersPartsAndResumesPartialWrites) {
  TlsServer server({});
  TlsContext context({});
  TlsPair pair(server, Echo);
  ASSERT_EQ(Shake(pair.client, context, ForMx()), IoStatus::kOk);
  std::string text(2'000'000, ' ');
  for (std::size_t i = 0; i < text.size(); ++i)
    text[i] = static_cast<char>('a' + i % 19);
  std::string seen;
  std::size_t done = 0;
  std::array<char, 5000> buffer{};  // smaller than a record: octets wait inside OpenSSL
  while (seen.size() < text.size()) {
    const std::string_view rest = std::string_view(text).substr(done);
    const std::size_t cut = std::min<std::size_t>(rest.size(), 7);
    const std::array<iovec, 2> parts = {Part(rest.substr(0, cut)), Part(rest.substr(cut))};
    const IoResult written = pair.client.Write(parts);
    ASSERT_TRUE(written.status == IoStatus::kOk || written.status == IoStatus::kWantWrite);
    done += written.octets;
    for (;;) {
      const IoResult read = pair.client.Read(buffer);
      seen.append(buffer.data(), read.octets);
      if (read.status == IoStatus::kOk) continue;
      ASSERT_EQ(read.status, IoStatus::kWantRead);
      break;
    }
    const short events = done < text.size() ? POLLIN | POLLOUT : POLLIN;
    if (seen.size() < text.size()) {
      ASSERT_TRUE(WaitFor(pair.client.fd(), events));
    }
  }
  EXPECT_TRUE(seen == text);
}

TEST(Tls, SaysWhatIsPendingAboveTheDescriptor) {
  TlsServer server({});
  TlsContext context({});
  TlsPair pair(server, SendGreeting);
  ASSERT_EQ(Shake(pair.client, context, ForMx()), IoStatus::kOk);
  std::array<char, 3> buffer{};
  IoResult result;
  do {
    ASSERT_TRUE(WaitFor(pair.client.fd(), POLLIN));
    result = pair.client.Read(buffer);
  } while (result.status == IoStatus::kWantRead);
  ASSERT_EQ(result.octets, 3U);
  EXPECT_TRUE(pair.client.pending());
}

TEST(Tls, AGreetingThatCameWithTheHandshakeIsPendingAtItsEnd) {
  TlsServer server({.early = "220 early\r\n"});
  TlsContext context({});
  TlsPair pair(server, Echo);
  ASSERT_EQ(Shake(pair.client, context, ForMx()), IoStatus::kOk);
  ASSERT_TRUE(pair.client.pending());
  std::array<char, 100> buffer{};
  const IoResult result = pair.client.Read(buffer);
  EXPECT_EQ(std::string_view(buffer.data(), result.octets), "220 early\r\n");
}

TEST(Tls, AWriteAfterTheServerIsGoneIsAResetAndNoSignal) {
  TlsServer server({});
  TlsContext context({});
  TlsPair pair(server, [](SSL* ssl) {
    const linger abort{1, 0};
    ::setsockopt(DescriptorOf(ssl), SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
  });
  ASSERT_EQ(Shake(pair.client, context, ForMx()), IoStatus::kOk);
  pair.Join();
  const std::string text(100'000, 'x');
  const std::array<iovec, 1> parts = {Part(text)};
  IoStatus status = IoStatus::kOk;
  for (int i = 0; i < 100 && (status == IoStatus::kOk || status == IoStatus::kWantWrite); ++i) {
    status = pair.client.Write(parts).status;
  }
  EXPECT_EQ(status, IoStatus::kReset);
  EXPECT_EQ(pair.client.Write(parts).status, IoStatus::kReset);
}

TEST(Tls, AClientCertificateThatIsDemandedIsAnAlert) {
  TlsServer server({.require_certificate = true});
  TlsContext context({});
  TlsPair pair(server, SendGreeting);
  // Under TLS 1.3 the client is done before the server looks.
  ASSERT_EQ(Shake(pair.client, context, ForMx()), IoStatus::kOk);
  EXPECT_EQ(EndOf(pair.client), IoStatus::kTlsFailed);
  EXPECT_TRUE(pair.client.tls_facts().certificate_requested);
  EXPECT_EQ(pair.client.tls_facts().alert, "certificate_required");
}

struct Clear {
  Listener listener;
  Connection client;
  Peer server = Connect();
  Peer Connect() {
    EXPECT_EQ(ConnectTo(client, listener.endpoint()), IoStatus::kOk);
    return listener.Accept();
  }
};

TEST(Tls, ClearOctetsBehindStartTlsAreSeenBeforeTheHandshakeOrBreakIt) {
  TlsContext context({});
  Clear seen;
  seen.server.Send("220 go\r\n250 injected\r\n");
  EXPECT_EQ(TakeFrom(seen.client, 22), "220 go\r\n250 injected\r\n");

  Clear late;
  late.server.Send("250 injected\r\n");
  ASSERT_TRUE(WaitFor(late.client.fd(), POLLIN));
  EXPECT_EQ(Shake(late.client, context, ForMx()), IoStatus::kTlsFailed);
  EXPECT_THAT(late.client.error(), HasSubstr("did not answer with TLS"));
  EXPECT_EQ(late.client.Handshake(), IoStatus::kTlsFailed);
  std::array<char, 8> buffer{};
  EXPECT_EQ(late.client.Read(buffer).status, IoStatus::kTlsFailed);
}

TEST(Tls, GarbageNeverGetsThrough) {
  TlsContext context({});
  const std::string alert("\x15\x03\x03\x00\x02\x02\x28", 7);  // fatal handshake_failure
  const std::string hello("\x16\x03\x03\x40\x00", 5);  // a record of 16 KiB that never comes
  struct Row {
    std::string octets;
    IoStatus status;
  };
  for (const Row& row :
       {Row{std::string(64, '\0'), IoStatus::kTlsFailed},
        Row{std::string(64, '\xFF'), IoStatus::kTlsFailed},
        Row{"HTTP/1.1 400 Bad Request\r\n\r\n", IoStatus::kTlsFailed},
        Row{alert, IoStatus::kTlsFailed}, Row{hello, IoStatus::kEof}, Row{"", IoStatus::kEof}}) {
    for (std::size_t cut = 0; cut <= row.octets.size(); ++cut) {
      Clear clear;
      clear.server.Send(row.octets.substr(0, cut));
      IoStatus status = clear.client.StartTls(context, ForMx());
      clear.server.Send(row.octets.substr(cut));
      static_cast<void>(clear.server.Take(1));  // or the close would be a RST
      ::shutdown(clear.server.fd(), SHUT_WR);
      while (status == IoStatus::kWantRead && WaitFor(clear.client.fd(), POLLIN)) {
        status = clear.client.Handshake();
      }
      EXPECT_EQ(status, row.status) << clear.client.error();
      EXPECT_NE(clear.client.error(), "");
    }
  }
}

TEST(Tls, AResetDuringTheHandshakeIsAReset) {
  TlsContext context({});
  Clear clear;
  IoStatus status = clear.client.StartTls(context, ForMx());
  ASSERT_EQ(status, IoStatus::kWantRead);
  clear.server.Reset();
  ASSERT_TRUE(WaitFor(clear.client.fd(), POLLIN));
  EXPECT_EQ(clear.client.Handshake(), IoStatus::kReset);
}

}  // namespace
}  // namespace smtpgauge
