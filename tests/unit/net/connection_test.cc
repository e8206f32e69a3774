#include "runner/net/connection.h"

#include <sys/resource.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include "runner/net/limit_hint.h"
#include "tests/unit/net/loopback.h"

namespace smtpgauge {
namespace {

using ::testing::HasSubstr;

// 15,000 idle sessions in one process: whatever is added here is paid that often.
static_assert(sizeof(Connection) <= 16);

struct Pair {
  Listener listener;
  Connection client;
  Peer server = Connect();

  Peer Connect() {
    EXPECT_EQ(ConnectTo(client, listener.endpoint()), IoStatus::kOk);
    return listener.Accept();
  }
};

/// Writes all of `text`, waiting where the connection asks for it and draining at `peer`.
std::string WriteThrough(Connection& client, const Peer& peer, std::string_view text) {
  std::string seen;
  std::size_t done = 0;
  while (done < text.size()) {
    // Three parts with odd borders, so that every resumption cuts a part.
    const std::string_view rest = text.substr(done);
    const std::size_t cut = rest.size() / 3;
    const std::array<iovec, 3> parts = {Part(rest.substr(0, cut)), Part(rest.substr(cut, cut)),
                                        Part(rest.substr(2 * cut))};
    const IoResult result = client.Write(parts);
    done += result.octets;
    if (result.status == IoStatus::kOk) break;
    EXPECT_EQ(result.status, IoStatus::kWantWrite);
    std::array<pollfd, 2> ends = {pollfd{client.fd(), POLLOUT, 0}, pollfd{peer.fd(), POLLIN, 0}};
    EXPECT_GT(::poll(ends.data(), ends.size(), 5000), 0);
    if (ends[1].revents != 0) seen += peer.Take(1);
  }
  EXPECT_EQ(done, text.size());
  return seen + peer.Take(text.size() - seen.size());
}

TEST(Connection, MovesOctetsBothWays) {
  Pair pair;
  pair.server.Send("220 ready\r\n");
  EXPECT_EQ(TakeFrom(pair.client, 11), "220 ready\r\n");
  const std::array<iovec, 2> parts = {Part("QU"), Part("IT\r\n")};
  const IoResult written = pair.client.Write(parts);
  EXPECT_EQ(written.status, IoStatus::kOk);
  EXPECT_EQ(written.octets, 6U);
  EXPECT_EQ(pair.server.Take(6), "QUIT\r\n");
  EXPECT_EQ(pair.client.error(), "");
}

TEST(Connection, SaysWantReadWhenNothingHasCome) {
  Pair pair;
  std::array<char, 8> buffer{};
  EXPECT_EQ(pair.client.Read(buffer).status, IoStatus::kWantRead);
}

TEST(Connection, ReportsARefusedConnect) {
  Endpoint nobody;
  {
    const Listener gone;
    nobody = gone.endpoint();
  }
  Connection client;
  EXPECT_EQ(ConnectTo(client, nobody), IoStatus::kRefused);
  EXPECT_THAT(client.error(), HasSubstr("refused"));
}

TEST(Connection, ReadingReportsAFailedConnectToo) {
  Endpoint nobody;
  {
    const Listener gone;
    nobody = gone.endpoint();
  }
  Connection client;
  ASSERT_EQ(client.Open(nobody, std::nullopt), IoStatus::kWantWrite);
  ASSERT_TRUE(WaitFor(client.fd(), POLLOUT));
  std::array<char, 8> buffer{};
  EXPECT_EQ(client.Read(buffer).status, IoStatus::kRefused);
}

TEST(Connection, TellsFinFromReset) {
  Pair fin;
  fin.server.Send("221 bye\r\n");
  fin.server.Close();
  EXPECT_EQ(TakeFrom(fin.client, 9), "221 bye\r\n");
  EXPECT_EQ(EndOf(fin.client), IoStatus::kEof);
  EXPECT_EQ(EndOf(fin.client), IoStatus::kEof);

  Pair reset;
  reset.server.Reset();
  EXPECT_EQ(EndOf(reset.client), IoStatus::kReset);
  EXPECT_THAT(reset.client.error(), HasSubstr("reset"));
}

TEST(Connection, GoesOnReadingAfterAHalfClose) {
  Pair pair;
  pair.client.ShutdownWrite();
  EXPECT_EQ(pair.server.NextReadError(), 0);
  pair.server.Send("250 still here\r\n");
  EXPECT_EQ(TakeFrom(pair.client, 16), "250 still here\r\n");
}

TEST(Connection, ClosesWithFinAndResetsWithRst) {
  Pair orderly;
  orderly.client.Close();
  EXPECT_FALSE(orderly.client.is_open());
  EXPECT_EQ(orderly.server.NextReadError(), 0);

  Pair abrupt;
  abrupt.client.Reset();
  EXPECT_FALSE(abrupt.client.is_open());
  EXPECT_EQ(abrupt.server.NextReadError(), ECONNRESET);
}

TEST(Connection, WritingToAPeerThatIsGoneIsAResetAndNoSignal) {
  Pair pair;
  pair.server.Reset();
  ASSERT_TRUE(WaitFor(pair.client.fd(), POLLIN));
  const std::array<iovec, 1> parts = {Part("NOOP\r\n")};
  EXPECT_EQ(pair.client.Write(parts).status, IoStatus::kReset);
  EXPECT_EQ(pair.client.Write(parts).status, IoStatus::kReset);
}

TEST(Connection, ResumesPartialWritesWhereTheyStopped) {
  Pair pair;
  const int small = 4096;
  ::setsockopt(pair.client.fd(), SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
  std::string text(400'000, ' ');
  for (std::size_t i = 0; i < text.size(); ++i)
    text[i] = static_cast<char>('a' + i % 23);
  EXPECT_TRUE(WriteThrough(pair.client, pair.server, text) == text);
}

TEST(Connection, WritesNothingWithoutOctets) {
  Pair pair;
  EXPECT_EQ(pair.client.Write({}).status, IoStatus::kOk);
  const std::array<iovec, 1> empty = {Part("")};
  EXPECT_EQ(pair.client.Write(empty).status, IoStatus::kOk);
}

TEST(Connection, BindsTheSourceAddress) {
  const Listener listener;
  Connection client;
  const IoStatus status = client.Open(listener.endpoint(), Endpoint::FromAddress("127.0.0.9", 0));
  ASSERT_TRUE(status == IoStatus::kOk || status == IoStatus::kWantWrite);
  const Peer server = listener.Accept();
  EXPECT_EQ(client.local_endpoint()->AddressText(), "127.0.0.9");
  EXPECT_EQ(client.peer_endpoint(), listener.endpoint());
}

TEST(Connection, SpeaksIpv6AndUnixSockets) {
  const Listener v6("::1");
  Connection client;
  EXPECT_EQ(ConnectTo(client, v6.endpoint()), IoStatus::kOk);

  const std::string path = ::testing::TempDir() + "net_connection_" + std::to_string(::getpid());
  {
    const Listener unix_socket(path);
    EXPECT_EQ(ConnectTo(client, unix_socket.endpoint()), IoStatus::kOk);
    unix_socket.Accept().Send("220 lmtp\r\n");
    EXPECT_EQ(TakeFrom(client, 10), "220 lmtp\r\n");
    EXPECT_EQ(EndOf(client), IoStatus::kEof);
  }
  std::filesystem::remove(path);
  EXPECT_EQ(ConnectTo(client, Endpoint::FromUnixPath(path).value()), IoStatus::kRefused);
}

TEST(Connection, MovesTheDescriptorWithItsState) {
  Pair pair;
  Connection other = std::move(pair.client);
  EXPECT_FALSE(pair.client.is_open());  // NOLINT(bugprone-use-after-move): that is the question
  pair.server.Send("220\r\n");
  EXPECT_EQ(TakeFrom(other, 5), "220\r\n");
  Connection third;
  third = std::move(other);
  EXPECT_TRUE(third.is_open());
}

TEST(Connection, NamesTheLimitWhenDescriptorsRunOut) {
  const Listener listener;
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit none = before;
  none.rlim_cur = 0;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  Connection client;
  const IoStatus status = client.Open(listener.endpoint(), std::nullopt);
  // Restored before anything else: UBSan's checks need a pipe.
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(status, IoStatus::kError);
  EXPECT_THAT(LimitHint(client.error_number()), HasSubstr("ulimit -n"));
}

TEST(Connection, NamesThePortRangeWhenTheSourceCannotBeUsed) {
  const Listener listener;
  Connection client;
  EXPECT_EQ(client.Open(listener.endpoint(), Endpoint::FromAddress("192.0.2.1", 0)),
            IoStatus::kError);
  EXPECT_THAT(LimitHint(client.error_number()), HasSubstr("net.ipv4.ip_local_port_range"));
  EXPECT_THAT(LimitHint(client.error_number()), HasSubstr("--source"));
  EXPECT_FALSE(client.is_open());
  EXPECT_EQ(client.Open(listener.endpoint(), Endpoint::FromAddress("::1", 0)), IoStatus::kError);
  EXPECT_EQ(client.error_number(), EAFNOSUPPORT);
}

TEST(LimitHint, IsSilentAboutWhatIsNoLimit) {
  for (const int error : {0, ECONNREFUSED, ECONNRESET, ETIMEDOUT})
    EXPECT_EQ(LimitHint(error), "");
  EXPECT_THAT(LimitHint(ENFILE), HasSubstr("fs.file-max"));
  EXPECT_THAT(LimitHint(ENOSPC), HasSubstr("fs.epoll.max_user_watches"));
}

}  // namespace
}  // namespace smtpgauge
