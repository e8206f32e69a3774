#include "runner/sink/extension.h"

#include "runner/sink/ascii.h"

namespace smtpgauge::sink {
namespace {

constexpr std::array<std::string_view, kExtensionCount> kKeywords = {
    "PIPELINING", "SIZE",       "8BITMIME",   "SMTPUTF8",      "ENHANCEDSTATUSCODES",
    "DSN",        "CHUNKING",   "BINARYMIME", "HELP",          "VRFY",
    "STARTTLS",   "AUTH",       "DELIVERBY",  "FUTURERELEASE", "MT-PRIORITY",
    "RRVS",       "REQUIRETLS", "LIMITS",     "ETRN",          "NO-SOLICITING",
};

}  // namespace

std::string_view Keyword(Extension extension) {
  return kKeywords[static_cast<std::size_t>(extension)];
}

std::optional<Extension> ExtensionByKeyword(std::string_view keyword) {
  for (std::size_t i = 0; i < kExtensionCount; ++i)
    if (EqualsIgnoreCase(kKeywords[i], keyword)) return static_cast<Extension>(i);
  return std::nullopt;
}

ExtensionSet DefaultOffer() {
  ExtensionSet offer;
  for (auto i = static_cast<std::size_t>(Extension::kPipelining);
       i <= static_cast<std::size_t>(Extension::kAuth); ++i)
    offer.Add(static_cast<Extension>(i));
  return offer;
}

ExtensionSet FullOffer() {
  ExtensionSet offer;
  for (std::size_t i = 0; i < kExtensionCount; ++i)
    offer.Add(static_cast<Extension>(i));
  return offer;
}

}  // namespace smtpgauge::sink
