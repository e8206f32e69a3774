// Sizes, bodies, addresses, and who may be put under load.
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "runner/load/content.h"
#include "runner/load/feeder.h"
#include "runner/load/safety.h"
#include "runner/load/source_pool.h"
#include "runner/record/units.h"
#include "runner/smtp/data_encoder.h"

namespace smtpgauge {
namespace {

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "smtpgauge-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::filesystem::path Write(const std::string& name, std::string_view octets) const {
    std::ofstream(path / name, std::ios::binary) << octets;
    return path / name;
  }
  std::filesystem::path path;
};

TEST(Distribution, HasTheMeanThatItWasGiven) {
  for (const char* text : {"1000", "uniform:500-1500", "exp:1000", "lognormal:1000:0.5"}) {
    const Distribution sizes = Distribution::OfSizes(text);
    Random random(3);
    double sum = 0;
    for (int i = 0; i < 20000; ++i)
      sum += static_cast<double>(sizes.Sample(random, 1'000'000'000));
    EXPECT_NEAR(sum / 20000 / sizes.Mean(), 1, 0.03) << text;
  }
}

TEST(Distribution, StaysWithinItsBounds) {
  Random random(3);
  const Distribution uniform = Distribution::OfDurations("uniform:1s-2s");
  const Distribution tail = Distribution::OfSizes("lognormal:1k:5");
  for (int i = 0; i < 10000; ++i) {
    const std::uint64_t time = uniform.Sample(random, ~std::uint64_t{0} >> 1U);
    EXPECT_GE(time, 1'000'000'000U);
    EXPECT_LE(time, 2'000'000'000U);
    EXPECT_LE(tail.Sample(random, 5000), 5000U);
  }
}

TEST(Distribution, SaysWhatIsWrong) {
  for (const char* text :
       {"", "x", "uniform:5", "uniform:5-1", "lognormal:1k", "lognormal:1k:x", "zipf:3", "exp:"})
    EXPECT_THROW((void)Distribution::OfSizes(text), UnitError) << text;
}

std::string Joined(std::string_view first, std::string_view second) {
  return std::string(first) + std::string(second);
}

TEST(ContentStore, MakesBodiesOfEverySize) {
  const ContentStore store(Distribution::OfSizes("1M"));
  for (std::uint64_t size = 0; size < 400; ++size) {
    const Content content = store.OfSize(size);
    const std::string raw = Joined(content.raw, content.raw_end);
    // One octet cannot be a line; it gets its CRLF.
    EXPECT_EQ(raw.size(), size == 1 ? 3 : size);
    EXPECT_EQ(content.octets, raw.size());
    EXPECT_TRUE(size == 0 || raw.ends_with("\r\n"));
    EXPECT_EQ(Joined(content.encoded, content.encoded_end), raw + ".\r\n");
    EXPECT_EQ(smtp::EncodeData(raw), size == 0 ? ".\r\n" : raw + ".\r\n") << "nothing to stuff";
  }
}

TEST(ContentStore, ReachesAGibibyteWithoutHoldingIt) {
  const ContentStore store(Distribution::OfSizes("1G"));
  const Content content = store.OfSize(ContentStore::kMaxSize);
  EXPECT_EQ(content.raw.size(), ContentStore::kMaxSize);
  EXPECT_EQ(content.raw.substr(0, 64), content.raw.substr(std::size_t{512} * 1024 * 1024, 64));
  EXPECT_EQ(content.raw.substr(content.raw.size() - 2), "\r\n");
}

TEST(ContentStore, TakesMessagesFromFiles) {
  const Folder folder;
  folder.Write("one.eml",
               "Subject: a\nMESSAGE-ID: <x\n y>\nX-Last: b\n\n.dot\nMessage-ID: body\nend");
  folder.Write("ignored.txt", "no");
  const ContentStore store(folder.path);
  ASSERT_EQ(store.files(), 1U);
  Random random(1);
  const Content content = store.Pick(random);
  EXPECT_TRUE(content.whole);
  EXPECT_EQ(content.raw, "Subject: a\r\nX-Last: b\r\n\r\n.dot\r\nMessage-ID: body\r\nend\r\n");
  EXPECT_EQ(content.encoded, "Subject: a\r\nX-Last: b\r\n\r\n..dot\r\nMessage-ID: body\r\nend\r\n");
  EXPECT_EQ(content.encoded_end, ".\r\n");
  EXPECT_EQ(content.octets, content.raw.size());
}

TEST(ContentStore, NamesTheFolderWithoutMessages) {
  const Folder folder;
  EXPECT_THROW(ContentStore(folder.path), std::runtime_error);
  EXPECT_THROW(ContentStore(folder.path / "missing"), std::runtime_error);
}

TEST(Feeder, ReadsTheFirstColumn) {
  const Folder folder;
  const auto file = folder.Write(
      "r.csv", "address,name\r\n# x\na@example.test,A\n\n\"b@example.test\",\"B, C\"\n");
  EXPECT_EQ(ReadAddresses(file), (std::vector<std::string>{"a@example.test", "b@example.test"}));
  EXPECT_THROW((void)ReadAddresses(folder.Write("bad.csv", "a@b\nnobody\n")), std::runtime_error);
  EXPECT_THROW((void)ReadAddresses(folder.Write("evil.csv", "a@b>\n")), std::runtime_error);
  EXPECT_THROW((void)ReadAddresses(folder.Write("empty.csv", "")), std::runtime_error);
}

TEST(Sources, AreRangesAndAddresses) {
  const auto sources = ParseSources("127.0.0.254-127.0.1.1,::1");
  ASSERT_EQ(sources.size(), 5U);
  EXPECT_EQ(sources[2].AddressText(), "127.0.1.0");
  EXPECT_EQ(sources[4].AddressText(), "::1");
  for (const char* text : {"host", "127.0.0.2-127.0.0.1", "0.0.0.0-255.255.255.255", "1.1.1.1-x"})
    EXPECT_THROW((void)ParseSources(text), UnitError) << text;
}

LoadTarget TargetAt(const char* address) {
  return {"mx.Example.org", {*Endpoint::FromAddress(address, 25)}, {"me@example.org"}, {}};
}

TEST(LoadSafety, LetsLoopbackAndPrivateAddressesPass) {
  for (const char* address : {"127.0.0.1", "::1", "10.1.2.3", "192.168.1.1", "fd00::1"})
    EXPECT_NO_THROW(CheckLoadIsAllowed(TargetAt(address))) << address;
}

TEST(LoadSafety, WantsThePublicHostNamedExactly) {
  LoadTarget target = TargetAt("192.0.2.1");
  EXPECT_THROW(CheckLoadIsAllowed(target), LoadNotAllowed);
  target.allowed = {"example.org"};
  EXPECT_THROW(CheckLoadIsAllowed(target), LoadNotAllowed);
  target.allowed = {"mx.example.ORG"};
  EXPECT_NO_THROW(CheckLoadIsAllowed(target));
  target.endpoints.insert(target.endpoints.begin(), *Endpoint::FromAddress("127.0.0.1", 25));
  target.allowed = {};
  EXPECT_THROW(CheckLoadIsAllowed(target), LoadNotAllowed) << "one public address is enough";
}

TEST(LoadSafety, SendsNoMailToThirdParties) {
  LoadTarget target = TargetAt("192.0.2.1");
  target.allowed = {"mx.example.org"};
  target.recipients = {"a@sub.mx.example.org", "b@x.test", "c@example.net"};
  EXPECT_NO_THROW(CheckLoadIsAllowed(target));
  target.recipients = {"victim@notexample.org"};
  target.host = "mx.elsewhere.com";
  target.allowed = {"mx.elsewhere.com"};
  EXPECT_THROW(CheckLoadIsAllowed(target), LoadNotAllowed);
}

}  // namespace
}  // namespace smtpgauge
