// The least that a correct server must do: epoll, one recv and one send for whatever came together,
// commands told apart by their first letter, content looked through for its end and dropped. What
// smtpgauge sink is compared with.
//
// raw_sink: says "listening on 127.0.0.1:PORT" and serves until SIGTERM
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include <unistd.h>

namespace {

constexpr std::string_view kContentEnd = "\r\n.\r\n";

struct Connection {
  int fd = -1;
  bool in_content = false;
  std::size_t matched = 0;  // octets of kContentEnd seen at the end of what came so far
  std::size_t column = 0;   // of the command line that is coming in
  char verb = 0;            // its first letter
};

class Sink {
 public:
  Sink()
      : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)), epoll_(::epoll_create1(0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(listener_, 1024) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      std::perror("raw_sink");
      std::exit(1);
    }
    Watch(listener_, nullptr);
    std::printf("listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
    std::fflush(stdout);
  }

  [[noreturn]] void Run() {
    std::array<epoll_event, 256> events{};
    for (;;) {
      const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < count; ++i) {
        auto* const c = static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr);
        if (c == nullptr) {
          Accept();
        } else if (!Serve(*c)) {
          ::close(c->fd);
          delete c;
        }
      }
    }
  }

 private:
  void Watch(int fd, Connection* connection) const {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = connection;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  }

  void Accept() {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK);
    if (fd < 0) return;
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    auto* const c = new Connection{.fd = fd};
    Watch(fd, c);
    replies_ = "220 mx.example.test ESMTP\r\n";
    Reply(*c);
  }

  /// False: the connection has ended.
  bool Serve(Connection& c) {
    const ssize_t taken = ::recv(c.fd, buffer_.data(), buffer_.size(), 0);
    if (taken <= 0) return false;
    std::string_view octets(buffer_.data(), static_cast<std::size_t>(taken));
    replies_.clear();
    bool stays = true;
    while (!octets.empty() && stays)
      octets.remove_prefix(c.in_content ? TakeContent(c, octets) : TakeLine(c, octets, stays));
    if (!replies_.empty()) Reply(c);
    return stays;
  }

  /// How much of `octets` belongs to the content.
  std::size_t TakeContent(Connection& c, std::string_view octets) {
    std::size_t at = 0;
    while (at < octets.size() && c.matched < kContentEnd.size()) {
      if (c.matched == 0) {
        at = octets.find('\r', at);
        if (at == std::string_view::npos) return octets.size();
      }
      // A mismatch can only begin anew at a CR, which is nowhere but at the two ends of a line.
      const char octet = octets[at++];
      const bool goes_on = octet == kContentEnd[c.matched];
      c.matched = goes_on ? c.matched + 1 : octet == '\r' ? 1 : 0;
    }
    if (c.matched == kContentEnd.size()) {
      c.in_content = false;
      replies_ += "250 2.0.0 OK\r\n";
    }
    return at;
  }

  /// How much of `octets` belongs to the command line.
  std::size_t TakeLine(Connection& c, std::string_view octets, bool& stays) {
    if (c.column == 0) c.verb = octets.front();
    const std::size_t end = octets.find('\n');
    if (end == std::string_view::npos) {
      c.column += octets.size();
      return octets.size();
    }
    c.column = 0;
    if (c.verb == 'D') {
      c.in_content = true;
      c.matched = 2;  // the CRLF of DATA counts: content may be empty
      replies_ += "354 go on\r\n";
    } else if (c.verb == 'E') {
      replies_ += "250-mx.example.test\r\n250 PIPELINING\r\n";
    } else if (c.verb == 'Q') {
      replies_ += "221 2.0.0 bye\r\n";
      stays = false;
    } else {
      replies_ += "250 2.1.0 OK\r\n";
    }
    return end + 1;
  }

  void Reply(const Connection& c) const {
    (void)::send(c.fd, replies_.data(), replies_.size(), MSG_NOSIGNAL);
  }

  int listener_;
  int epoll_;
  std::array<char, 65536> buffer_{};
  std::string replies_;
};

}  // namespace

int main() {
  Sink().Run();
}
