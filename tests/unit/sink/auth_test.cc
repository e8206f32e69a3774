// AUTH, by conversations: every mechanism, and everything that goes wrong in an exchange.
#include "runner/sink/auth.h"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "runner/sink/auth_hash.h"
#include "runner/sink/base64.h"
#include "tests/unit/sink/talk.h"

namespace smtpgauge::sink {
namespace {

using namespace std::literals;

Config WithUser(std::vector<std::string> faults = {}) {
  Config config;
  config.users = {{"jo", "secret"}};
  config.faults = std::move(faults);
  return config;
}

Talk InTls(std::vector<std::string> faults = {}) {
  return Talk(WithUser(std::move(faults)));
}

void Enter(Talk& talk) {
  talk.EnterTls();
  talk.Line("EHLO x.example");
}

std::string Plain(std::string_view authorise, std::string_view name, std::string_view password) {
  return EncodeBase64(fmt::format("{}{}{}{}{}", authorise, '\0', name, '\0', password));
}

TEST(Base64, IsStrict) {
  for (const auto& [octets, text] : std::vector<std::pair<std::string, std::string>>{
           {"", ""}, {"a", "YQ=="}, {"ab", "YWI="}, {"abc", "YWJj"}, {"\xff\xfe"s, "//4="}}) {
    EXPECT_EQ(EncodeBase64(octets), text);
    EXPECT_EQ(DecodeBase64(text), octets);
  }
  for (std::string_view text :
       {"!!!", "=AAA", "AAA=BBB", "YQ", "YQ=", "YR==", "YWJ=", "Y Q==", "YQ==YQ==", "===="})
    EXPECT_FALSE(DecodeBase64(text)) << text;
}

struct Script {
  std::string_view name;
  std::vector<std::pair<std::string, std::string>> turns;
};

TEST(Auth, GoesByTheBook) {
  const std::string right = Plain("", "jo", "secret");
  const std::string wrong = Plain("", "jo", "wrong");
  for (const Script& script : std::vector<Script>{
           {"PLAIN", {{"AUTH PLAIN " + right, "235 2.7.0"}, {"AUTH PLAIN " + right, "503 5.5.1"}}},
           {"PLAIN in two steps",
            {{"auth plain", "334 \r\n"}, {Plain("jo", "jo", "secret"), "235"}}},
           {"retry", {{"AUTH PLAIN " + wrong, "535 5.7.8"}, {"AUTH PLAIN " + right, "235"}}},
           {"LOGIN",
            {{"AUTH LOGIN", "334 VXNlcm5hbWU6\r\n"},
             {EncodeBase64("jo"), "334 UGFzc3dvcmQ6\r\n"},
             {EncodeBase64("secret"), "235"}}},
           {"LOGIN with name",
            {{"AUTH Login " + EncodeBase64("jo"), "334 UGFzc3dvcmQ6"},
             {EncodeBase64("wrong"), "535"}}},
           {"LOGIN of nobody",
            {{"AUTH LOGIN", "334"},
             {EncodeBase64("nobody"), "334 UGFzc3dvcmQ6"},
             {EncodeBase64("x"), "535 5.7.8 Authentication credentials invalid\r\n"}}},
           {"cancel", {{"AUTH PLAIN", "334"}, {"*", "501 5.7.0"}, {"NOOP", "250"}}},
           {"not base64",
            {{"AUTH PLAIN", "334"},
             {"!!!", "501 5.5.2"},
             {"AUTH PLAIN =AAA", "501"},
             {"NOOP", "250"}}},
           {"empty initial response", {{"AUTH PLAIN =", "501"}, {"NOOP", "250"}}},
           {"arguments",
            {{"AUTH", "501 5.5.4"},
             {"AUTH NOSUCHMECH", "504 5.5.4"},
             {"AUTH CRAM-MD5 AAAA", "501 5.7.0"}}},
           {"malformed PLAIN",
            {{"AUTH PLAIN " + EncodeBase64("jo"), "501"},
             {"AUTH PLAIN " + EncodeBase64("\0jo"s), "501"},
             {"AUTH PLAIN " + Plain("", "", "x"), "501"},
             {"AUTH PLAIN " + Plain("", "jo", ""), "501"},
             {"AUTH PLAIN " + Plain("", "jo", "secret\0x"s), "501"}}},
           {"other identity", {{"AUTH PLAIN " + Plain("al", "jo", "secret"), "535"}}},
           {"in a transaction", {{"MAIL FROM:<>", "250"}, {"AUTH PLAIN", "503"}}},
           {"not commands",
            {{"AUTH LOGIN", "334"},
             {"QUIT", "334"},
             {"RSET", "535"},
             {"AUTH LOGIN", "334"},
             {"NOOP x", "501"}}},
           {"CRLF in credentials",
            {{"AUTH PLAIN " + Plain("", "a\r\nb", "x"), "535"}, {"NOOP", "250"}}},
           {"long fields",
            {{"AUTH PLAIN", "334"},
             {Plain(std::string(255, 'a'), std::string(255, 'b'), std::string(255, 'c')), "535"}}},
           {"long line",
            {{"AUTH PLAIN", "334"},
             {std::string(12288, 'A'), "501"},
             {"AUTH PLAIN", "334"},
             {std::string(12292, 'A'), "500 5.5.6"},
             {"NOOP", "250"}}},
       }) {
    Talk talk = InTls();
    Enter(talk);
    for (const auto& [says, hears] : script.turns) {
      const std::string heard = talk.Line(says);
      EXPECT_EQ(heard.substr(0, hears.size()), hears) << script.name << ": " << says.substr(0, 60);
    }
  }
}

TEST(Auth, KeepsPasswordsOutOfTheClear) {
  Talk talk(WithUser());
  EXPECT_EQ(talk.Line("AUTH PLAIN").substr(0, 3), "503");
  talk.Line("HELO x");
  EXPECT_EQ(talk.Line("AUTH PLAIN").substr(0, 3), "503");
  talk.Line("EHLO x");
  EXPECT_EQ(talk.Line("AUTH PLAIN").substr(0, 10), "538 5.7.11");
  EXPECT_EQ(talk.Line("AUTH PLAIN " + Plain("", "jo", "secret")),
            talk.Line("AUTH PLAIN " + Plain("", "jo", "x")));
  EXPECT_EQ(talk.Line("AUTH CRAM-MD5").substr(0, 4), "334 ");
}

TEST(Auth, SurvivesRsetAndNotStartTls) {
  Talk talk = InTls();
  Enter(talk);
  talk.Line("AUTH PLAIN " + Plain("", "jo", "secret"));
  talk.Line("RSET");
  EXPECT_TRUE(talk.connection().authenticated);
  talk.EnterTls();
  EXPECT_FALSE(talk.connection().authenticated);
}

std::string CramAnswer(std::string_view challenge, std::string_view name,
                       std::string_view password) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  HMAC(EVP_md5(), password.data(), static_cast<int>(password.size()),
       reinterpret_cast<const unsigned char*>(challenge.data()), challenge.size(), digest, &length);
  std::string answer = std::string(name) + " ";
  for (unsigned i = 0; i < length; ++i)
    answer += fmt::format("{:02x}", digest[i]);
  return EncodeBase64(answer);
}

std::string Challenge(const std::string& reply) {
  return DecodeBase64(reply.substr(4, reply.size() - 6)).value_or("");
}

TEST(CramMd5, ChecksTheDigestOfAFreshChallenge) {
  Talk talk = InTls();
  Enter(talk);
  const std::string first = Challenge(talk.Line("AUTH CRAM-MD5"));
  EXPECT_EQ(first.front(), '<');
  EXPECT_TRUE(first.ends_with("@mx.example.test>")) << first;
  EXPECT_EQ(talk.Line(CramAnswer(first, "jo", "wrong")).substr(0, 3), "535");
  const std::string second = Challenge(talk.Line("AUTH CRAM-MD5"));
  EXPECT_NE(first, second);
  EXPECT_EQ(talk.Line(CramAnswer(second, "nobody", "")).substr(0, 3), "535");
  EXPECT_EQ(talk.Line("AUTH CRAM-MD5").substr(0, 3), "334");
  EXPECT_EQ(talk.Line("*").substr(0, 3), "501");
  EXPECT_EQ(
      talk.Line(CramAnswer(Challenge(talk.Line("AUTH CRAM-MD5")), "jo", "secret")).substr(0, 3),
      "235");
}

// The client's side of RFC 5802, with one thing done wrong on demand.
struct ScramClient {
  Hash hash = Hash::kSha256;
  std::string header = "n,,";
  std::string mandatory = {};  // in the first message, before the name
  std::string name = "jo";
  std::string password = "secret";
  std::string binding = "n,,";
  std::string extension = {};    // in the first message, behind the nonce
  std::string final_nonce = {};  // in place of the server's
  bool bad_proof = false;
  bool proves_usual = false;  // the proof of the messages as they should have been

  std::string Run(Talk& talk, std::string& signature) const {
    const std::string bare = mandatory + "n=" + name + ",r=fyko" + extension;
    const std::string challenge = talk.Line(
        fmt::format("AUTH SCRAM-SHA-{} {}", IsSha1() ? "1" : "256", EncodeBase64(header + bare)));
    if (challenge.substr(0, 3) != "334") return challenge;
    const std::string first = Challenge(challenge);
    const std::string nonce = first.substr(2, first.find(',') - 2);
    EXPECT_EQ(nonce.substr(0, 4), "fyko");
    const auto salt_at = first.find(",s=") + 3;
    const std::string salt =
        *DecodeBase64(first.substr(salt_at, first.find(',', salt_at) - salt_at));
    EXPECT_TRUE(first.ends_with(",i=4096"));
    std::string salted(IsSha1() ? 20 : 32, 0);
    PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()),
                      reinterpret_cast<const unsigned char*>(salt.data()),
                      static_cast<int>(salt.size()), 4096, IsSha1() ? EVP_sha1() : EVP_sha256(),
                      static_cast<int>(salted.size()),
                      reinterpret_cast<unsigned char*>(salted.data()));
    const std::string without_proof =
        "c=" + EncodeBase64(binding) + ",r=" + (final_nonce.empty() ? nonce : final_nonce);
    const std::string usual =
        "n=" + name + ",r=fyko," + first + ",c=" + EncodeBase64(binding) + ",r=" + nonce;
    const std::string text = proves_usual ? usual : bare + "," + first + "," + without_proof;
    std::string proof = Hmac(hash, salted, "Client Key");
    const std::string mask = Hmac(hash, Digest(hash, proof), text);
    for (std::size_t i = 0; i < proof.size(); ++i)
      proof[i] = static_cast<char>(proof[i] ^ mask[i]);
    if (bad_proof) proof[3] = static_cast<char>(~proof[3]);
    const std::string verdict =
        talk.Line(EncodeBase64(without_proof + ",p=" + EncodeBase64(proof)));
    if (verdict.substr(0, 3) != "334") return verdict;
    signature = Challenge(verdict);
    const std::string key = Hmac(hash, salted, "Server Key");
    const bool proven = signature == "v=" + EncodeBase64(Hmac(hash, key, text));
    EXPECT_TRUE(proven || name != "jo");  // the server has no key for anybody else
    return talk.Line("");
  }

  bool IsSha1() const { return hash == Hash::kSha1; }
};

TEST(Scram, ProvesBothSidesWithEitherHash) {
  for (const Hash hash : {Hash::kSha1, Hash::kSha256}) {
    Talk talk = InTls();
    Enter(talk);
    std::string signature;
    EXPECT_EQ(ScramClient{.hash = hash}.Run(talk, signature).substr(0, 3), "235");
    EXPECT_FALSE(signature.empty());
  }
}

// RFC 7677 section 3 and RFC 5802 section 5 print an exchange each; the keys in them.
TEST(Scram, DerivesTheKeysOfTheExamples) {
  const auto sign = [](Hash hash, std::string_view salt, std::string_view text) {
    return EncodeBase64(
        Hmac(hash, DeriveScramKeys(hash, "pencil", *DecodeBase64(salt)).server, text));
  };
  EXPECT_EQ(sign(Hash::kSha1, "QSXCR+Q6sek8bf92",
                 "n=user,r=fyko+d2lbbFgONRv9qkxdawL,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,"
                 "s=QSXCR+Q6sek8bf92,i=4096,c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j"),
            "rmF9pqV8S7suAoZWja4dJRkFsKQ=");
  EXPECT_EQ(
      sign(Hash::kSha256, "W22ZaJ0SNY7soEsUEjb6gQ==",
           "n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
           "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,"
           "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"),
      "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
}

TEST(Scram, FailsWhatItHasTo) {
  struct Case {
    std::string_view name;
    ScramClient client;
    std::string code;
  };
  for (const Case& each : std::vector<Case>{
           {"proof", {.bad_proof = true}, "535"},
           {"password", {.password = "wrong"}, "535"},
           {"user", {.name = "nobody"}, "535"},
           {"nonce", {.final_nonce = "fykoother"}, "535"},
           {"binding", {.binding = "y,,"}, "535"},
           {"saslname", {.name = "a=b"}, "501"},
           {"flag", {.header = "x,,", .binding = "x,,"}, "501"},
           {"channel binding", {.header = "p=tls-unique,,"}, "535"},
           {"mandatory", {.mandatory = "m=x,"}, "535"},
           {"optional", {.extension = ",x=1"}, "235"},
           {"y flag", {.header = "y,,", .binding = "y,,"}, "235"},
       }) {
    Talk talk = InTls();
    Enter(talk);
    std::string signature;
    EXPECT_EQ(each.client.Run(talk, signature).substr(0, 3), each.code) << each.name;
    EXPECT_EQ(talk.Line("NOOP").substr(0, 3), "250") << each.name;
  }
}

TEST(Scram, TakesWithAFaultWhatItHasToRefuse) {
  struct Case {
    std::string fault;
    ScramClient client;
    std::string code;
  };
  for (const Case& each : std::vector<Case>{
           {"scram-proof-unchecked", {.bad_proof = true}, "235"},
           {"scram-nonce-unchecked", {.final_nonce = "fykoother", .proves_usual = true}, "235"},
           {"scram-binding-unchecked", {.binding = "y,,"}, "235"},
           {"scram-name-unchecked", {.name = "a=b"}, "235"},
           {"scram-header-unchecked", {.header = "x,,"}, "235"},
           {"scram-mandatory-ignored", {.mandatory = "m=x,", .proves_usual = true}, "235"},
           {"scram-optional-refused", {.extension = ",x=1"}, "535"},
           {"scram-no-signature", {}, "235"},
       }) {
    Talk talk = InTls({each.fault});
    Enter(talk);
    std::string signature;
    EXPECT_EQ(each.client.Run(talk, signature).substr(0, 3), each.code) << each.fault;
    EXPECT_TRUE(each.fault != "scram-no-signature" || signature.empty());
  }
}

TEST(Scram, ShowsTheFaultsOfItsServerMessages) {
  Talk unrelated = InTls({"scram-nonce-unrelated"});
  Enter(unrelated);
  const std::string first =
      Challenge(unrelated.Line("AUTH SCRAM-SHA-256 " + EncodeBase64("n,,n=jo,r=fyko")));
  EXPECT_NE(first.substr(0, 6), "r=fyko");
}

TEST(Auth, SurvivesStartTlsWithThatFaultOnly) {
  for (const bool fault : {false, true}) {
    Talk talk = fault ? InTls({"tls-keeps-login"}) : InTls();
    Enter(talk);
    talk.Line("AUTH PLAIN " + Plain("", "jo", "secret"));
    talk.EnterTls();
    EXPECT_EQ(talk.connection().authenticated, fault);
  }
}

TEST(CramMd5, RepeatsItselfWithThatFault) {
  Talk talk = InTls({"cram-same-challenge"});
  Enter(talk);
  const std::string first = talk.Line("AUTH CRAM-MD5");
  talk.Line("*");
  EXPECT_EQ(talk.Line("AUTH CRAM-MD5"), first);
}

}  // namespace
}  // namespace smtpgauge::sink
