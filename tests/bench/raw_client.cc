// The least that any client must do for the same dialogue: epoll, one send and one recv per group,
// replies counted and not looked at. What smtpgauge load is compared with; it measures nothing.
//
// raw_client PORT [--sessions N] [--messages N] [--size OCTETS] [--recipients N]
//            [--mode lockstep|pipeline|group|bdat] [--group N] [--per-connection] [--rst]
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

namespace {

struct Options {
  std::uint16_t port = 0;
  std::size_t sessions = 50;
  std::uint64_t messages = 10'000;
  std::size_t size = 1024;
  std::size_t recipients = 1;
  std::string mode = "lockstep";
  std::size_t group = 20;
  bool per_connection = false;
  bool rst = false;
};

/// Octets that leave together, and the replies to await before the next step.
struct Step {
  std::string octets;
  unsigned replies = 1;
};

/// One for all connections. A round is one message, with BDAT a group of them. In mode group the
/// rounds overlap: the first envelope alone, then content and next envelope together, then the last
/// content.
struct Dialogue {
  Step hello, quit;
  std::vector<Step> round;
  Step envelope, overlap, content;
  std::uint64_t messages_per_round = 1;
};

struct Connection {
  int fd = -1;
  const Step* step = nullptr;
  std::size_t sent = 0;
  unsigned owed = 0;
  std::uint64_t left = 0;    // messages not begun
  std::size_t in_round = 0;  // index of the step
  unsigned column = 0;       // of the reply line that is coming in
  bool continued = false;    // that line has a hyphen behind its code
};

Step Joined(const Step& one, const Step& other) {
  return {one.octets + other.octets, one.replies + other.replies};
}

Dialogue MakeDialogue(const Options& options) {
  std::string body =
      "From: <sender@example.test>\r\nTo: <user@example.test>\r\nSubject: raw\r\n\r\n";
  const std::size_t header = body.size();
  while (body.size() + 64 <= header + options.size)
    body += std::string(62, 'x') + "\r\n";
  if (const std::size_t rest = header + options.size - body.size(); rest > 2)
    body += std::string(rest - 2, 'x') + "\r\n";
  const Step mail{"MAIL FROM:<sender@example.test>\r\n"};
  const Step recipient{"RCPT TO:<user@example.test>\r\n"};
  const Step content{body + ".\r\n"};
  Step envelope = mail;
  for (std::size_t i = 0; i < options.recipients; ++i)
    envelope = Joined(envelope, recipient);
  const Step chunk{"BDAT " + std::to_string(body.size()) + " LAST\r\n" + body};
  const Step data{"DATA\r\n"};
  Dialogue out;
  out.hello = {"EHLO client.example.test\r\n"};
  out.quit = {"QUIT\r\n"};
  if (options.mode == "lockstep") {
    out.round.push_back(mail);
    out.round.insert(out.round.end(), options.recipients, recipient);
    out.round.push_back(data);
    out.round.push_back(content);
  } else if (options.mode == "pipeline") {
    out.round = {Joined(envelope, data), content};
  } else if (options.mode == "bdat") {
    out.messages_per_round = options.group;
    Step group{"", 0};
    for (std::size_t i = 0; i < options.group; ++i)
      group = Joined(group, Joined(envelope, chunk));
    out.round = {group};
  } else {
    out.envelope = Joined(envelope, data);
    out.content = content;
    out.overlap = Joined(content, out.envelope);
  }
  return out;
}

class Client {
 public:
  explicit Client(const Options& options)
      : options_(options), dialogue_(MakeDialogue(options)), connections_(options.sessions) {
    epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  }

  void Run() {
    for (std::size_t i = 0; i < connections_.size(); ++i) {
      Connection& c = connections_[i];
      c.left = options_.messages / connections_.size() +
               (i < options_.messages % connections_.size() ? 1 : 0);
      if (c.left > 0) Open(c);
    }
    std::vector<epoll_event> events(512);
    while (open_ > 0) {
      const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < count; ++i) {
        const auto index = static_cast<std::size_t>(i);
        auto& c = *static_cast<Connection*>(events[index].data.ptr);
        if ((events[index].events & EPOLLOUT) != 0 && c.step != nullptr) Send(c);
        if ((events[index].events & EPOLLIN) != 0) Receive(c);
      }
    }
  }

 private:
  void Watch(Connection& c, int operation, std::uint32_t interest) const {
    epoll_event event{};
    event.events = interest;
    event.data.ptr = &c;
    ::epoll_ctl(epoll_, operation, c.fd, &event);
  }

  void Open(Connection& c) {
    c.fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(c.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(options_.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    (void)::connect(c.fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
    c.owed = 1;  // the greeting; a failed connect shows when reading
    c.in_round = 0;
    c.step = nullptr;
    Watch(c, EPOLL_CTL_ADD, EPOLLIN);
    ++open_;
  }

  void Close(Connection& c) {
    if (options_.rst) {
      const linger abort{1, 0};
      ::setsockopt(c.fd, SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
    }
    ::close(c.fd);
    --open_;
    if (options_.per_connection && c.left > 0) Open(c);
  }

  void Begin(Connection& c, const Step& step) {
    c.step = &step;
    c.sent = 0;
    c.owed = step.replies;
    Send(c);
  }

  void Send(Connection& c) {
    const std::string& octets = c.step->octets;
    const ssize_t sent = ::send(c.fd, octets.data() + c.sent, octets.size() - c.sent, MSG_NOSIGNAL);
    const bool waited = c.sent > 0;
    if (sent > 0) c.sent += static_cast<std::size_t>(sent);
    if (c.sent < octets.size()) {
      if (!waited) Watch(c, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
      return;
    }
    if (waited) Watch(c, EPOLL_CTL_MOD, EPOLLIN);
  }

  void Receive(Connection& c) {
    const ssize_t taken = ::recv(c.fd, buffer_.data(), buffer_.size(), 0);
    if (taken <= 0) throw std::runtime_error("the server closed or refused the connection");
    std::string_view octets(buffer_.data(), static_cast<std::size_t>(taken));
    while (!octets.empty()) {
      const std::size_t end = octets.find('\n');
      if (c.column <= 3 && octets.size() > 3 - c.column) c.continued = octets[3 - c.column] == '-';
      if (end == std::string_view::npos) {
        c.column += static_cast<unsigned>(octets.size());
        return;
      }
      octets.remove_prefix(end + 1);
      c.column = 0;
      if (!c.continued && --c.owed == 0) Next(c);
    }
  }

  void Next(Connection& c) {
    if (c.step == nullptr) return Begin(c, dialogue_.hello);
    if (c.step == &dialogue_.quit) return Close(c);
    const bool ends = options_.per_connection || c.left == 0;
    const bool fresh = c.step == &dialogue_.hello;
    if (dialogue_.round.empty()) {
      if (c.step == &dialogue_.content) return Begin(c, dialogue_.quit);
      if (!fresh && ends) return Begin(c, dialogue_.content);
      --c.left;
      return Begin(c, fresh ? dialogue_.envelope : dialogue_.overlap);
    }
    if (!fresh && ++c.in_round < dialogue_.round.size())
      return Begin(c, dialogue_.round[c.in_round]);
    if (!fresh && ends) return Begin(c, dialogue_.quit);
    c.in_round = 0;
    c.left -= std::min(c.left, dialogue_.messages_per_round);
    Begin(c, dialogue_.round.front());
  }

  Options options_;
  Dialogue dialogue_;
  std::vector<Connection> connections_;
  std::vector<char> buffer_ = std::vector<char>(65536);
  int epoll_ = -1;
  std::size_t open_ = 0;
};

Options Parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    const bool last = i + 1 == argc;
    if (name == "--per-connection") {
      options.per_connection = true;
    } else if (name == "--rst") {
      options.rst = true;
    } else if (!name.starts_with("--")) {
      options.port = static_cast<std::uint16_t>(std::atoi(argv[i]));
    } else if (last) {
      throw std::invalid_argument(std::string(name) + " wants a value");
    } else if (name == "--mode") {
      options.mode = argv[++i];
    } else {
      const std::size_t value = std::strtoull(argv[++i], nullptr, 10);
      if (name == "--sessions")
        options.sessions = value;
      else if (name == "--messages")
        options.messages = value;
      else if (name == "--size")
        options.size = value;
      else if (name == "--recipients")
        options.recipients = value;
      else if (name == "--group")
        options.group = value;
      else
        throw std::invalid_argument(std::string(name) + " is no option");
    }
  }
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    Client(Parse(argc, argv)).Run();
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "raw_client: %s\n", error.what());
    return 1;
  }
}
