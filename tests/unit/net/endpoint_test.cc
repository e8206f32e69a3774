#include "runner/net/endpoint.h"

#include <string>

#include <gtest/gtest.h>

namespace smtpgauge {
namespace {

TEST(Endpoint, WritesWhatItRead) {
  EXPECT_EQ(Endpoint::FromAddress("192.0.2.1", 25)->ToString(), "192.0.2.1:25");
  EXPECT_EQ(Endpoint::FromAddress("2001:DB8::1", 587)->ToString(), "[2001:db8::1]:587");
  EXPECT_EQ(Endpoint::FromAddress("fe80::1%lo", 25)->AddressText(), "fe80::1%lo");
  EXPECT_EQ(Endpoint::FromUnixPath("/run/lmtp")->ToString(), "unix:/run/lmtp");
  EXPECT_EQ(Endpoint().ToString(), "-");
}

TEST(Endpoint, RefusesWhatIsNoAddress) {
  for (const char* text : {"", "mx.example", "192.0.2", "192.0.2.256", "[::1]", "::1%nosuchif",
                           "0x7f.1", "1", "::g"}) {
    EXPECT_FALSE(Endpoint::FromAddress(text, 25)) << text;
  }
  EXPECT_FALSE(Endpoint::FromUnixPath(""));
  EXPECT_TRUE(Endpoint::FromUnixPath(std::string(107, 'p')));
  EXPECT_FALSE(Endpoint::FromUnixPath(std::string(108, 'p')));
}

TEST(Endpoint, KnowsWhereLoadMayGo) {
  struct Row {
    const char* address;
    bool loopback;
    bool within;
  };
  for (const Row& row :
       {Row{"127.0.0.1", true, false}, Row{"127.9.9.9", true, false}, Row{"::1", true, false},
        Row{"::ffff:127.0.0.1", true, false}, Row{"10.1.2.3", false, true},
        Row{"172.16.0.1", false, true}, Row{"172.31.255.255", false, true},
        Row{"172.32.0.1", false, false}, Row{"172.15.0.1", false, false},
        Row{"192.168.1.1", false, true}, Row{"169.254.1.1", false, true},
        Row{"fd00::1", false, true}, Row{"fe80::1", false, true},
        Row{"::ffff:10.0.0.1", false, true}, Row{"2001:db8::1", false, false},
        Row{"192.0.2.1", false, false}, Row{"128.0.0.1", false, false}}) {
    const Endpoint endpoint = Endpoint::FromAddress(row.address, 25).value();
    EXPECT_EQ(endpoint.is_loopback(), row.loopback) << row.address;
    EXPECT_EQ(endpoint.is_private(), row.within) << row.address;
  }
  EXPECT_TRUE(Endpoint::FromUnixPath("/x")->is_loopback());
}

TEST(Endpoint, ReadsAnAddressWithOrWithoutPort) {
  struct Row {
    const char* text;
    const char* endpoint;  // "-": refused
  };
  for (const Row& row :
       {Row{"127.0.0.1", "127.0.0.1:53"}, Row{"127.0.0.1:5353", "127.0.0.1:5353"},
        Row{"::1", "[::1]:53"}, Row{"[::1]", "[::1]:53"}, Row{"[::1]:5353", "[::1]:5353"},
        Row{"localhost:53", "-"}, Row{"127.0.0.1:", "-"}, Row{"127.0.0.1:0", "-"},
        Row{"127.0.0.1:65536", "-"}, Row{"[::1", "-"}, Row{"[::1]53", "-"}, Row{"", "-"},
        Row{":53", "-"}, Row{"1:2:3:53x", "-"}}) {
    EXPECT_EQ(Endpoint::FromText(row.text, 53).value_or(Endpoint()).ToString(), row.endpoint)
        << row.text;
  }
}

TEST(Endpoint, ChangesItsPort) {
  for (const char* address : {"192.0.2.1", "::1"}) {
    Endpoint endpoint = Endpoint::FromAddress(address, 1).value();
    endpoint.set_port(65535);
    EXPECT_EQ(endpoint, Endpoint::FromAddress(address, 65535).value());
    EXPECT_EQ(endpoint.port(), 65535);
  }
}

}  // namespace
}  // namespace smtpgauge
