#include "base/shown_url.h"

#include <gtest/gtest.h>

namespace dz {
namespace {

TEST(ShownUrl, OnlySchemeHostAndPortAreShown) {
  EXPECT_EQ(shown_url("http://127.0.0.1:8899"), "http://127.0.0.1:8899");
  EXPECT_EQ(shown_url("http://127.0.0.1:8899/"), "http://127.0.0.1:8899");
  EXPECT_EQ(shown_url("https://ledger.example.com/0123-secret"), "https://ledger.example.com/...");
  EXPECT_EQ(shown_url("wss://me:secret@ledger.example.com:8900?key=secret"), "wss://ledger.example.com:8900/...");
  EXPECT_EQ(shown_url("https://me@[2001:db8::1]:8900/#secret"), "https://[2001:db8::1]:8900/...");
  EXPECT_EQ(shown_server("https://ledger.example.com/0123-secret"), "https://ledger.example.com");
}

// Whatever is wrong with a URL, its message shows it: so no form of it may show a secret.
TEST(ShownUrl, X7_AUrlThatIsNoneShowsNoSecretEither) {
  for (const auto* url : {"htp://me:secret@host/secret",
                          "https:/host/secret",
                          "https:\\\\host\\secret",
                          "host/secret",
                          "//host/secret",
                          "me:secret@host",
                          "me:secret@host:80/secret",
                          "http://me:sec/ret@host/",
                          "http://me:secret",
                          "host?secret",
                          "http://me:secret?@host",
                          "http://secret@@host",
                          "http://:secret@",
                          "ftp:secret/x",
                          "http://[::1]secret/x",
                          "://me:secret@host",
                          "https//host/secret",
                          "me:secret://host",
                          "http://host:80secret/",
                          "http://host#secret://x",
                          "secret@http://host"}) {
    EXPECT_EQ(shown_url(url).find("secret"), std::string::npos) << url << " is shown as " << shown_url(url);
    EXPECT_EQ(shown_server(url).find("secret"), std::string::npos) << url;
    EXPECT_TRUE(holds_secret(url)) << url;
  }
  EXPECT_EQ(shown_url("locahost"), "locahost") << "a slip of the pen is seen";
  EXPECT_EQ(shown_url("http://ho\x1bst:80/"), "http://ho\\u001bst:80");
  EXPECT_LT(shown_url("http://" + std::string(10'000, 'x')).size(), 200U);
}

TEST(ShownUrl, X7_WhatIsShownWholeHoldsNoSecret) {
  for (const auto* url : {"http://127.0.0.1:8899", "https://ledger.example.com/", "localhost", "", "http://[::1]:80"}) {
    EXPECT_FALSE(holds_secret(url)) << url;
  }
}

TEST(ShownUrl, OfThisMachineIsLoopbackByAddressAndNotByALookalike) {
  for (const auto* url : {"http://127.0.0.1:8899/x", "https://localhost", "http://[::1]:80", "http://me@127.1.2.3"}) {
    EXPECT_TRUE(is_of_this_machine(url)) << url;
  }
  for (const auto* url : {"http://127.example.com", "http://localhost.example.com", "http://localhost@example.com",
                          "http://10.0.0.1", "http://[::2]", ""}) {
    EXPECT_FALSE(is_of_this_machine(url)) << url;
  }
}

}  // namespace
}  // namespace dz
