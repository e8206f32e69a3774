#include "runner/sink/counters.h"

#include <array>
#include <string_view>

#include <fmt/format.h>

namespace smtpgauge::sink {
namespace {

struct Field {
  std::string_view name;
  std::uint64_t Counters::*total;
  Count WorkerCounters::*part;
};

constexpr std::array kFields = {
    Field{"connections", &Counters::connections, &WorkerCounters::connections},
    Field{"open_connections", &Counters::open_connections, &WorkerCounters::open_connections},
    Field{"refused_connections", &Counters::refused_connections,
          &WorkerCounters::refused_connections},
    Field{"commands", &Counters::commands, &WorkerCounters::commands},
    Field{"messages", &Counters::messages, &WorkerCounters::messages},
    Field{"recipients", &Counters::recipients, &WorkerCounters::recipients},
    Field{"bytes", &Counters::bytes, &WorkerCounters::bytes},
    Field{"rejected_messages", &Counters::rejected_messages, &WorkerCounters::rejected_messages},
    Field{"rejected_commands", &Counters::rejected_commands, &WorkerCounters::rejected_commands},
    Field{"tls_handshakes", &Counters::tls_handshakes, &WorkerCounters::tls_handshakes},
    Field{"authentications", &Counters::authentications, &WorkerCounters::authentications},
};

}  // namespace

void WorkerCounters::AddTo(Counters& total) const {
  for (const Field& field : kFields)
    total.*field.total += (this->*field.part).Get();
}

std::string CountersText(const Counters& counters) {
  std::string text;
  for (const Field& field : kFields)
    text += fmt::format("{:<20}{:>14}\n", field.name, counters.*field.total);
  return text;
}

std::string CountersJson(const Counters& counters) {
  std::string text = "{";
  for (const Field& field : kFields)
    text +=
        fmt::format("{}\"{}\": {}", text.size() > 1 ? ", " : "", field.name, counters.*field.total);
  return text + "}\n";
}

}  // namespace smtpgauge::sink
