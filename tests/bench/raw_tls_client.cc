// What TLS costs at the least: raw_client's lock-step dialogue over OpenSSL on the socket, without
// resumption and without verification. Edge-triggered epoll, one SSL_CTX, one recv per record. Its
// ClientHello offers what OpenSSL offers by default, as smtpgauge's does; what comes of it must be
// TLS 1.3.
//
// raw_tls_client PORT [--sessions N] [--messages N] [--size OCTETS] [--per-connection]
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/ssl.h>
#include <unistd.h>

namespace {

struct Options {
  std::uint16_t port = 0;
  std::size_t sessions = 50;
  std::uint64_t messages = 10'000;
  std::size_t size = 1024;
  bool per_connection = false;
};

struct Delete {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};

/// Where a connection is: which reply it awaits. The message's four are in order.
enum class Step : std::uint8_t { kHandshake, kGreeting, kHello, kMail, kRcpt, kData, kEod, kQuit };

struct Connection {
  int fd = -1;
  std::unique_ptr<SSL, Delete> ssl;
  Step step = Step::kHandshake;
  std::uint64_t left = 0;   // messages not begun
  std::string_view unsent;  // waits for room
  unsigned column = 0;      // of the reply line that is coming in
  bool continued = false;   // that line has a hyphen behind its code
};

std::string MakeContent(std::size_t size) {
  std::string content =
      "From: <sender@example.test>\r\nTo: <user@example.test>\r\nSubject: raw\r\n\r\n";
  for (std::size_t left = size; left > 0;) {
    const std::size_t line = left >= 64 + 3 || left == 64 ? 64 : left;
    content += line > 2 ? std::string(line - 2, 'x') : "";
    content += "\r\n";
    left -= line;
  }
  return content + ".\r\n";
}

class Client {
 public:
  explicit Client(const Options& options)
      : options_(options),
        content_(MakeContent(options.size)),
        context_(SSL_CTX_new(TLS_client_method())),
        connections_(options.sessions),
        epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    SSL_CTX_set_mode(context_.get(),
                     SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_ENABLE_PARTIAL_WRITE);
    SSL_CTX_set_read_ahead(context_.get(), 1);
    SSL_CTX_set_session_cache_mode(context_.get(), SSL_SESS_CACHE_OFF);
  }

  void Run() {
    for (std::size_t i = 0; i < connections_.size(); ++i) {
      Connection& c = connections_[i];
      c.left = options_.messages / connections_.size() +
               (i < options_.messages % connections_.size() ? 1 : 0);
      if (c.left > 0) Open(c);
    }
    std::array<epoll_event, 512> events{};
    while (open_ > 0) {
      const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < count; ++i)
        Advance(*static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr));
    }
  }

 private:
  void Open(Connection& c) {
    c.fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(c.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(options_.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    (void)::connect(c.fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
    c.ssl.reset(SSL_new(context_.get()));
    SSL_set_fd(c.ssl.get(), c.fd);
    SSL_set_connect_state(c.ssl.get());
    c.step = Step::kHandshake;
    c.column = 0;
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLET;
    event.data.ptr = &c;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, c.fd, &event);
    ++open_;
  }

  void Close(Connection& c) {
    SSL_shutdown(c.ssl.get());  // RFC 8446 6.1: close_notify, as smtpgauge sends it
    c.ssl.reset();
    ::close(c.fd);
    c.fd = -1;
    --open_;
    if (options_.per_connection && c.left > 0) Open(c);
  }

  void Advance(Connection& c) {
    if (c.fd < 0) return;
    if (c.step == Step::kHandshake) {
      const int done = SSL_do_handshake(c.ssl.get());
      if (done != 1) return Waits(c, done);
      if (SSL_version(c.ssl.get()) != TLS1_3_VERSION)
        throw std::runtime_error("the server does not speak TLS 1.3");
      c.step = Step::kGreeting;
    }
    if (!c.unsent.empty()) Send(c, c.unsent);
    // Edge-triggered: until a read comes out empty. A short record was the last one: lock-step.
    const Step before = c.step;
    const int taken = SSL_read(c.ssl.get(), buffer_.data(), static_cast<int>(buffer_.size()));
    if (taken <= 0) return Waits(c, taken);
    Take(c, {buffer_.data(), static_cast<std::size_t>(taken)});
    if (c.step == before && c.fd >= 0) Advance(c);
  }

  static void Waits(const Connection& c, int result) {
    const int error = SSL_get_error(c.ssl.get(), result);
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
      throw std::runtime_error("the server closed, or refused");
  }

  void Send(Connection& c, std::string_view octets) {
    const int sent = SSL_write(c.ssl.get(), octets.data(), static_cast<int>(octets.size()));
    if (sent <= 0) Waits(c, sent);
    octets.remove_prefix(sent > 0 ? static_cast<std::size_t>(sent) : 0);
    c.unsent = octets;
    if (sent > 0 && !octets.empty()) Send(c, octets);
  }

  void Take(Connection& c, std::string_view octets) {
    while (!octets.empty()) {
      const std::size_t end = octets.find('\n');
      if (c.column <= 3 && octets.size() > 3 - c.column) c.continued = octets[3 - c.column] == '-';
      if (end == std::string_view::npos) {
        c.column += static_cast<unsigned>(octets.size());
        return;
      }
      octets.remove_prefix(end + 1);
      c.column = 0;
      if (!c.continued) Next(c);
    }
  }

  void Next(Connection& c) {
    switch (c.step) {
      case Step::kHandshake:
      case Step::kGreeting:
        c.step = Step::kHello;
        return Send(c, "EHLO client.example.test\r\n");
      case Step::kHello:
        return Envelope(c);
      case Step::kMail:
        c.step = Step::kRcpt;
        return Send(c, "RCPT TO:<user@example.test>\r\n");
      case Step::kRcpt:
        c.step = Step::kData;
        return Send(c, "DATA\r\n");
      case Step::kData:
        c.step = Step::kEod;
        return Send(c, content_);
      case Step::kEod:
        if (c.left > 0 && !options_.per_connection) return Envelope(c);
        c.step = Step::kQuit;
        return Send(c, "QUIT\r\n");
      case Step::kQuit:
        return Close(c);
    }
  }

  void Envelope(Connection& c) {
    --c.left;
    c.step = Step::kMail;
    Send(c, "MAIL FROM:<sender@example.test>\r\n");
  }

  Options options_;
  std::string content_;
  std::unique_ptr<SSL_CTX, Delete> context_;
  std::vector<Connection> connections_;
  std::array<char, 16384> buffer_{};
  int epoll_;
  std::size_t open_ = 0;
};

Options Parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--per-connection") {
      options.per_connection = true;
      continue;
    }
    if (!name.starts_with("--")) {
      options.port = static_cast<std::uint16_t>(std::atoi(argv[i]));
      continue;
    }
    if (i + 1 == argc) throw std::invalid_argument(std::string(name) + " wants a value");
    const std::size_t value = std::strtoull(argv[++i], nullptr, 10);
    if (name == "--sessions")
      options.sessions = value;
    else if (name == "--messages")
      options.messages = value;
    else if (name == "--size")
      options.size = value;
    else
      throw std::invalid_argument(std::string(name) + " is no option");
  }
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL's own way to the socket is write(2)
  try {
    Client(Parse(argc, argv)).Run();
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "raw_tls_client: %s\n", error.what());
    return 1;
  }
}
