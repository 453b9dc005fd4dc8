#include "net/request_framing.h"

#include <gtest/gtest.h>

#include "net/url_escapes.h"

namespace dz::net {
namespace {

int status_of(const HeaderFields& fields, RequestShape shape = {}) {
  const auto fault = check_framing(shape, fields);
  return fault ? fault->status : 200;
}

TEST(RequestFraming, X17_TheEndOfARequestIsSaidOnceAndInOneWay) {
  EXPECT_EQ(status_of({}), 200);
  EXPECT_EQ(status_of({{"host", "a"}, {"content-length", "5"}}), 200);
  EXPECT_EQ(status_of({{"transfer-encoding", "Chunked"}}), 200);
  EXPECT_EQ(status_of({{"content-length", "5"}, {"transfer-encoding", "gzip"}}), 400);
  EXPECT_EQ(status_of({{"transfer-encoding", "chunked"}, {"content-length", "5"}}), 400);
  EXPECT_EQ(status_of({{"content-length", "5"}, {"content-length", "5"}}), 400);
  for (const char* length : {"5, 5", "+5", "-5", "0x5", "5 5", ""}) {
    EXPECT_EQ(status_of({{"content-length", length}}), 400) << length;
  }
}

TEST(RequestFraming, X17_NoOtherTransferEncodingIsTaken) {
  for (const char* encoding :
       {"gzip", "identity", "gzip, chunked", "chunked, chunked", "xchunked", "chunked;q=1", ""}) {
    EXPECT_EQ(status_of({{"transfer-encoding", encoding}}), 501) << encoding;
  }
  EXPECT_EQ(status_of({{"transfer-encoding", "chunked"}, {"transfer-encoding", "chunked"}}), 501);
  EXPECT_EQ(status_of({{"transfer-encoding", "chunked"}}, {.version = 10}), 400);
  EXPECT_EQ(check_framing({}, {{"transfer-encoding", std::string(5000, 'x') + "\r"}})->what.size(), 150U);
}

TEST(RequestFraming, X17_OneHostAndNoBodyBesideAnUpgrade) {
  EXPECT_EQ(status_of({{"host", "a"}, {"host", "a"}}), 400);
  EXPECT_EQ(status_of({{"content-length", "0"}}, {.upgrade = true}), 200);
  EXPECT_EQ(status_of({{"content-length", "1"}}, {.upgrade = true}), 400);
  EXPECT_EQ(status_of({{"transfer-encoding", "chunked"}}, {.upgrade = true}), 400);
}

TEST(RequestFraming, X12_SmallChunksFitAndExtensionsWithoutEndDoNot) {
  EXPECT_FALSE(has_too_much_beside_body(1000 * 6, 1000));  // chunks of one byte
  EXPECT_FALSE(has_too_much_beside_body(kMostBesideBody, 0));
  EXPECT_TRUE(has_too_much_beside_body(kMostBesideBody + 1, 0));
  EXPECT_TRUE(has_too_much_beside_body(kMostBesideBody + 9 * 1000 + 1, 1000));
}

TEST(UnescapedPath, EscapesAreTakenOnceAndAPlusIsAPlus) {
  EXPECT_EQ(unescaped_path("/r/ams%3Alon"), "/r/ams:lon");
  EXPECT_EQ(unescaped_path("/r/a%2fb+c"), "/r/a/b+c");
  EXPECT_EQ(unescaped_path("/r/%253A"), "/r/%3A");
  EXPECT_EQ(unescaped_path("/r/caf%C3%A9%00"), std::string("/r/caf\xC3\xA9\0", 9));
  for (const auto* wrong : {"/%", "/%3", "/%3G", "/%%3A", "/a%zzb"})
    EXPECT_EQ(unescaped_path(wrong), std::nullopt) << wrong;
}

}  // namespace
}  // namespace dz::net
