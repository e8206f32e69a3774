#include "runner/session/sasl.h"

#include <algorithm>
#include <array>

#include <gsasl.h>

namespace smtpgauge {

struct SaslClient::Handle {
  Gsasl* context = nullptr;
  Gsasl_session* session = nullptr;
  ~Handle() {
    if (session != nullptr) gsasl_finish(session);
    if (context != nullptr) gsasl_done(context);
  }
};

SaslClient::SaslClient(std::unique_ptr<Handle> handle, bool client_first)
    : handle_(std::move(handle)), client_first_(client_first) {}
SaslClient::~SaslClient() = default;

std::unique_ptr<SaslClient> SaslClient::Create(std::string_view mechanism,
                                               const Credentials& credentials) {
  auto handle = std::make_unique<Handle>();
  if (gsasl_init(&handle->context) != GSASL_OK) return nullptr;
  const std::string name(mechanism);
  if (gsasl_client_start(handle->context, name.c_str(), &handle->session) != GSASL_OK)
    return nullptr;
  gsasl_property_set(handle->session, GSASL_AUTHID, credentials.user.c_str());
  gsasl_property_set(handle->session, GSASL_PASSWORD, credentials.password.c_str());
  if (!credentials.authzid.empty()) {
    gsasl_property_set(handle->session, GSASL_AUTHZID, credentials.authzid.c_str());
  }
  gsasl_property_set(handle->session, GSASL_SERVICE, "smtp");
  gsasl_property_set(handle->session, GSASL_HOSTNAME, "localhost");
  const bool client_first =
      name == "PLAIN" || name == "EXTERNAL" || name == "ANONYMOUS" || name.starts_with("SCRAM-");
  return std::unique_ptr<SaslClient>(new SaslClient(std::move(handle), client_first));
}

std::optional<std::string> SaslClient::Step(std::string_view challenge) {
  char* output = nullptr;
  std::size_t size = 0;
  const int status =
      gsasl_step(handle_->session, challenge.data(), challenge.size(), &output, &size);
  if (status != GSASL_OK && status != GSASL_NEEDS_MORE) return std::nullopt;
  std::string message(output, size);
  gsasl_free(output);
  return message;
}

std::string BestMechanism(const std::vector<std::string>& offered) {
  static constexpr std::array<std::string_view, 5> kPreference = {"SCRAM-SHA-256", "SCRAM-SHA-1",
                                                                  "PLAIN", "LOGIN", "CRAM-MD5"};
  for (const std::string_view mechanism : kPreference) {
    if (std::find(offered.begin(), offered.end(), mechanism) != offered.end()) {
      return std::string(mechanism);
    }
  }
  return {};
}

}  // namespace smtpgauge
