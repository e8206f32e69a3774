#include "runner/net/tls_bio.h"

#include <cerrno>
#include <memory>

#include "runner/net/socket_calls.h"

namespace smtpgauge {

namespace {

TlsWire& WireOf(BIO* bio) {
  return *static_cast<TlsWire*>(BIO_get_data(bio));
}

int Finish(TlsWire& wire, ssize_t octets, int error) {
  if (octets < 0) wire.error = error;
  return static_cast<int>(octets);
}

int WriteOctets(BIO* bio, const char* from, int length) {
  BIO_clear_retry_flags(bio);
  TlsWire& wire = WireOf(bio);
  const ssize_t sent = SendOctets(wire.fd, from, static_cast<std::size_t>(length));
  if (sent < 0 && (errno == EAGAIN || errno == EINTR)) {
    BIO_set_retry_write(bio);
    return -1;
  }
  return Finish(wire, sent, errno);
}

int ReadOctets(BIO* bio, char* into, int length) {
  BIO_clear_retry_flags(bio);
  TlsWire& wire = WireOf(bio);
  const ssize_t taken = ReceiveOctets(wire.fd, into, static_cast<std::size_t>(length));
  wire.emptied = taken < length;
  if (taken < 0 && (errno == EAGAIN || errno == EINTR)) {
    BIO_set_retry_read(bio);
    return -1;
  }
  // Not passed on as BIO_CTRL_EOF: OpenSSL would call a missing close_notify a fatal error, answer
  // it with an alert, and refuse to write to a peer that only half closed.
  if (taken == 0) wire.eof = true;
  return Finish(wire, taken, errno);
}

long Control(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

struct MethodDeleter {
  void operator()(BIO_METHOD* method) const { BIO_meth_free(method); }
};

BIO_METHOD* NewMethod() {
  BIO_METHOD* const method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "smtpgauge");
  BIO_meth_set_write(method, WriteOctets);
  BIO_meth_set_read(method, ReadOctets);
  BIO_meth_set_ctrl(method, Control);
  return method;
}

}  // namespace

BIO* NewTlsBio(TlsWire& wire) {
  static const std::unique_ptr<BIO_METHOD, MethodDeleter> method(NewMethod());
  BIO* const bio = BIO_new(method.get());
  if (bio == nullptr) return nullptr;
  BIO_set_data(bio, &wire);
  BIO_set_init(bio, 1);
  return bio;
}

}  // namespace smtpgauge
