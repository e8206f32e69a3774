// A blocking client for tests over loopback; every wait ends after ten seconds.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

namespace smtpgauge::sink {

class Client {
 public:
  explicit Client(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    ::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to servers that are gone
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  ~Client() { Close(); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  [[nodiscard]] bool connected() const { return connected_; }
  [[nodiscard]] int fd() const { return fd_; }

  void Send(std::string_view octets) {
    while (!octets.empty()) {
      const auto n = ssl_ ? SSL_write(ssl_.get(), octets.data(), static_cast<int>(octets.size()))
                          : ::send(fd_, octets.data(), octets.size(), MSG_NOSIGNAL);
      if (n <= 0) return;
      octets.remove_prefix(static_cast<std::size_t>(n));
    }
  }

  /// One complete reply, or what came before the end of the connection.
  std::string Reply() {
    std::string reply;
    while (true) {
      const auto end = buffer_.find("\r\n");
      if (end == std::string::npos) {
        if (!Fill()) return reply;
        continue;
      }
      const std::string line = buffer_.substr(0, end + 2);
      buffer_.erase(0, end + 2);
      reply += line;
      if (line.size() < 4 || line[3] != '-') return reply;
    }
  }

  std::string Ask(std::string_view line) {
    Send(std::string(line) + "\r\n");
    return Reply();
  }

  /// Whether the server has closed, with nothing more to read.
  bool AtEnd() { return buffer_.empty() && !Fill(); }

  bool StartTls() {
    context_.reset(SSL_CTX_new(TLS_client_method()));
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), fd_);
    return SSL_connect(ssl_.get()) == 1;
  }

  /// Closes with RST, as a vanished client does.
  void Reset() {
    const linger now{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    Close();
  }
  void Close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };

  bool Fill() {
    pollfd wait{fd_, POLLIN, 0};
    if (!(ssl_ && SSL_pending(ssl_.get()) > 0) && ::poll(&wait, 1, 10'000) != 1) return false;
    char octets[4096];
    const auto n =
        ssl_ ? SSL_read(ssl_.get(), octets, sizeof octets) : ::recv(fd_, octets, sizeof octets, 0);
    if (n <= 0) return false;
    buffer_.append(octets, static_cast<std::size_t>(n));
    return true;
  }

  int fd_;
  bool connected_ = false;
  std::string buffer_;
  std::unique_ptr<SSL_CTX, Free> context_;
  std::unique_ptr<SSL, Free> ssl_;
};

}  // namespace smtpgauge::sink
