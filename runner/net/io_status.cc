#include "runner/net/io_status.h"

#include <cerrno>

namespace smtpgauge {

std::string_view IoStatusName(IoStatus status) {
  switch (status) {
    case IoStatus::kOk:
      return "ok";
    case IoStatus::kWantRead:
      return "want-read";
    case IoStatus::kWantWrite:
      return "want-write";
    case IoStatus::kEof:
      return "eof";
    case IoStatus::kReset:
      return "reset";
    case IoStatus::kRefused:
      return "refused";
    case IoStatus::kTimedOut:
      return "timed-out";
    case IoStatus::kUnreachable:
      return "unreachable";
    case IoStatus::kTlsFailed:
      return "tls-failed";
    case IoStatus::kError:
      return "error";
  }
  return "error";
}

IoStatus IoStatusFromErrno(int error) {
  switch (error) {
    case 0:
      return IoStatus::kOk;
    case ECONNRESET:
    case ECONNABORTED:
    case EPIPE:
      return IoStatus::kReset;
    case ECONNREFUSED:
    case ENOENT:  // connecting to a Unix path that is not there
      return IoStatus::kRefused;
    case ETIMEDOUT:
      return IoStatus::kTimedOut;
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EHOSTDOWN:
    case ENETDOWN:
      return IoStatus::kUnreachable;
    default:
      return IoStatus::kError;
  }
}

}  // namespace smtpgauge
