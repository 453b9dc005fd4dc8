#include "client/ledger_url.h"

#include <gtest/gtest.h>

namespace dz::client {
namespace {

TEST(LedgerUrl, OnlyHostAndPortAreShown) {
  EXPECT_EQ(public_part("http://127.0.0.1:8899"), "http://127.0.0.1:8899");
  EXPECT_EQ(public_part("http://127.0.0.1:8899/"), "http://127.0.0.1:8899");
  EXPECT_EQ(public_part("https://ledger.example.com/0123-secret"), "https://ledger.example.com/...");
  EXPECT_EQ(public_part("wss://me:secret@ledger.example.com:8900?key=secret"), "wss://ledger.example.com:8900/...");
}

}  // namespace
}  // namespace dz::client
