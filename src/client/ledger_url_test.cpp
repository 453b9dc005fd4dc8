#include "client/ledger_url.h"

#include <gtest/gtest.h>

namespace dz::client {
namespace {

TEST(LedgerUrl, X7_AUrlThatIsNoneIsNamedWithoutItsSecret) {
  for (const auto* url : {"htp://me:secret@ledger.example.com/secret", "ledger.example.com/secret"}) {
    EXPECT_EQ(expand_rpc_url(url).error().message.find("secret"), std::string::npos);
    EXPECT_EQ(websocket_url_of(url).error().message.find("secret"), std::string::npos);
    EXPECT_NE(expand_rpc_url(url).error().message.find("ledger.example.com"), std::string::npos);
  }
  EXPECT_EQ(*websocket_url_of("https://ledger.example.com/secret"), "wss://ledger.example.com/secret");
}

}  // namespace
}  // namespace dz::client
