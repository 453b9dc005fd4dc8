#include "base/sha256.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/base64.h"

namespace dz {
namespace {

// FIPS 180-2, appendix B, and nothing.
TEST(Sha256, IsThatOfTheStandard) {
  EXPECT_EQ(encode_base64(sha256(as_bytes(""))), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
  EXPECT_EQ(encode_base64(sha256(as_bytes("abc"))), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
  EXPECT_EQ(encode_base64(sha256(as_bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))),
            "JI1qYdIGOLjlwCaTDD5gOaM85Flk/yFn9uzt1BnbBsE=");
  EXPECT_EQ(encode_base64(sha256(as_bytes(std::string(1'000'000, 'a')))),
            "zcduXJkU+5KBocfihNc+Z/GAmkiklyAOBG05zMcRLNA=");
}

TEST(Sha256, OfPartsIsThatOfTheWhole) {
  const std::string text(200, 'x');
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    const std::vector<ByteView> parts{as_bytes(text).first(cut), as_bytes(text).subspan(cut)};
    EXPECT_EQ(sha256_of(parts), sha256(as_bytes(text)));
  }
  EXPECT_EQ(sha256_of({}), sha256({}));
}

}  // namespace
}  // namespace dz
