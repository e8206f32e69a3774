#include "runner/net/resolver.h"

#include <algorithm>
#include <utility>

#include <asio/associated_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/post.hpp>
#include <asio/use_awaitable.hpp>
#include <netdb.h>

#include "runner/net/dns_message.h"
#include "runner/net/resolver_channel.h"

namespace smtpgauge {

namespace {

struct AddressListDeleter {
  void operator()(ares_addrinfo* list) const { ares_freeaddrinfo(list); }
};

DnsStatus StatusOf(int status) {
  switch (status) {
    case ARES_SUCCESS:
      return DnsStatus::kOk;
    case ARES_ENODATA:
      return DnsStatus::kNoData;
    case ARES_ENOTFOUND:
      return DnsStatus::kNoDomain;
    case ARES_ETIMEOUT:
      return DnsStatus::kTimedOut;
    case ARES_ECONNREFUSED:
      return DnsStatus::kUnreachable;
    case ARES_EBADRESP:
      return DnsStatus::kMalformed;
    case ARES_EBADNAME:
    case ARES_EBADSTR:
    case ARES_EBADQUERY:
      return DnsStatus::kBadName;
    default:  // c-ares' codes, not ours: SERVFAIL, REFUSED, FORMERR, NOTIMP, memory, shutdown
      return DnsStatus::kServerFailure;
  }
}

bool IsLocalhost(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  });
  return name == "localhost" || name.ends_with(".localhost");
}

/// What needs no DNS; false for all other names.
bool AnswerLocally(const std::string& name, std::uint16_t port, int family, HostAnswer& answer) {
  const auto add = [&answer, family](const std::optional<Endpoint>& endpoint) {
    if (!endpoint || (family != AF_UNSPEC && family != endpoint->family())) return;
    answer.addresses.push_back({*endpoint, 0});
  };
  if (IsLocalhost(name)) {
    // IPv4 first: what listens for tests often does so on 127.0.0.1 alone.
    add(Endpoint::FromAddress("127.0.0.1", port));
    add(Endpoint::FromAddress("::1", port));
  } else if (const auto literal = Endpoint::FromAddress(name, port)) {
    add(literal);
  } else {
    return false;
  }
  answer.status = answer.addresses.empty() ? DnsStatus::kNoData : DnsStatus::kOk;
  return true;
}

HostAnswer AnswerOf(int status, const ares_addrinfo* list, std::uint16_t port) {
  HostAnswer answer;
  answer.status = StatusOf(status);
  if (list == nullptr) return answer;
  for (const ares_addrinfo_cname* link = list->cnames; link != nullptr; link = link->next) {
    if (link->name != nullptr) answer.aliases.emplace_back(link->name);
  }
  for (const ares_addrinfo_node* node = list->nodes; node != nullptr; node = node->ai_next) {
    Endpoint endpoint(node->ai_addr, node->ai_addrlen);
    endpoint.set_port(port);
    answer.addresses.push_back({endpoint, static_cast<std::uint32_t>(std::max(0, node->ai_ttl))});
  }
  if (answer.addresses.empty() && answer.status == DnsStatus::kOk) {
    answer.status = DnsStatus::kNoData;
  }
  return answer;
}

/// Hands a result to the coroutine that waits for it, through the queue: c-ares must not be
/// re-entered from its own callback.
template <typename Handler, typename Result>
void Complete(asio::io_context& context, Handler handler, Result result) {
  const auto executor = asio::get_associated_executor(handler, context.get_executor());
  asio::post(executor, [handler = std::move(handler), result = std::move(result)]() mutable {
    std::move(handler)(std::move(result));
  });
}

/// Host questions under way together. Owned by the last callback.
template <typename Handler>
struct HostBatch {
  struct Question {
    HostBatch* batch;
    std::size_t index;
  };
  asio::io_context& context;
  Handler handler;
  std::uint16_t port;
  std::vector<HostAnswer> answers;
  std::vector<Question> questions;
  std::size_t open = 0;

  static void Answered(void* argument, int status, int /*timeouts*/, ares_addrinfo* list) {
    const std::unique_ptr<ares_addrinfo, AddressListDeleter> owner(list);
    const auto* const question = static_cast<Question*>(argument);
    HostBatch* const batch = question->batch;
    batch->answers[question->index] = AnswerOf(status, list, batch->port);
    batch->CloseOne();
  }
  void CloseOne() {
    if (--open > 0) return;
    const std::unique_ptr<HostBatch> self(this);
    Complete(context, std::move(handler), std::move(answers));
  }
};

struct MxReply {
  DnsStatus status = DnsStatus::kOk;
  MxAnswer answer;
};

template <typename Handler>
struct MxQuestion {
  asio::io_context& context;
  Handler handler;

  static void Answered(void* argument, int status, int /*timeouts*/, unsigned char* message,
                       int length) {
    const std::unique_ptr<MxQuestion> self(static_cast<MxQuestion*>(argument));
    MxReply reply;
    reply.status = StatusOf(status);
    if (status == ARES_SUCCESS) {
      const std::span octets(message, static_cast<std::size_t>(std::max(length, 0)));
      if (!ParseMxAnswer(octets, reply.answer)) {
        reply.status = DnsStatus::kMalformed;
      } else if (reply.answer.records.empty()) {
        reply.status = DnsStatus::kNoData;
      }
    }
    Complete(self->context, std::move(self->handler), std::move(reply));
  }
};

template <typename Channel>
asio::awaitable<MxReply> AskMx(Channel& channel, const std::string& domain) {
  return asio::async_initiate<const asio::use_awaitable_t<>, void(MxReply)>(
      [&channel, domain](auto handler) {
        using Question = MxQuestion<decltype(handler)>;
        auto question = std::make_unique<Question>(Question{channel.context(), std::move(handler)});
        ares_query(channel.get(), domain.c_str(), kClassIn, kTypeMx, Question::Answered,
                   question.release());
        channel.ArmTimer();
      },
      asio::use_awaitable);
}

template <typename Channel, typename Handler>
void AskHosts(Channel& channel, const std::vector<std::string>& names, std::uint16_t port,
              Handler handler) {
  using Batch = HostBatch<Handler>;
  auto* const batch = new Batch{channel.context(), std::move(handler), port, {}, {}, 1};
  batch->answers.resize(names.size());
  for (std::size_t i = 0; i < names.size(); ++i)
    batch->questions.push_back({batch, i});
  ares_addrinfo_hints hints{};
  hints.ai_family = channel.family();
  hints.ai_socktype = SOCK_STREAM;  // else every address comes once per protocol
  hints.ai_flags = ARES_AI_CANONNAME;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (AnswerLocally(names[i], port, channel.family(), batch->answers[i])) continue;
    ++batch->open;
    ares_getaddrinfo(channel.get(), names[i].c_str(), nullptr, &hints, Batch::Answered,
                     &batch->questions[i]);
  }
  batch->CloseOne();  // the guard that kept it open while questions were still being put
  channel.ArmTimer();
}

}  // namespace

Resolver::Resolver(asio::io_context& context, const ResolverOptions& options)
    : channel_(std::make_unique<Channel>(context, options)), seed_(options.seed) {}

Resolver::~Resolver() = default;

asio::awaitable<std::vector<HostAnswer>> Resolver::LookUpHosts(std::vector<std::string> names,
                                                               std::uint16_t port) {
  return asio::async_initiate<const asio::use_awaitable_t<>, void(std::vector<HostAnswer>)>(
      [channel = channel_.get(), names = std::move(names), port](auto handler) {
        AskHosts(*channel, names, port, std::move(handler));
      },
      asio::use_awaitable);
}

asio::awaitable<HostAnswer> Resolver::LookUpHost(std::string name, std::uint16_t port) {
  std::vector<std::string> names;
  names.push_back(std::move(name));
  std::vector<HostAnswer> answers = co_await LookUpHosts(std::move(names), port);
  co_return std::move(answers.front());
}

asio::awaitable<MxPlan> Resolver::PlanMx(std::string domain, std::uint16_t port) {
  MxReply reply = co_await AskMx(*channel_, domain);
  MxPlan plan = OrderMx(domain, reply.answer, seed_);
  plan.status = reply.status;
  if (reply.status == DnsStatus::kNoData) {
    plan.implicit = true;
    plan.hosts.push_back({0, 0, domain, {}});
  }
  std::vector<std::string> names;
  for (const MxHost& host : plan.hosts)
    names.push_back(host.name);
  std::vector<HostAnswer> answers = co_await LookUpHosts(std::move(names), port);
  for (std::size_t i = 0; i < plan.hosts.size(); ++i)
    plan.hosts[i].answer = std::move(answers[i]);
  JudgeMx(plan);
  co_return plan;
}

}  // namespace smtpgauge
