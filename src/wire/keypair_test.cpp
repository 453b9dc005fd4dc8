#include "wire/keypair.h"

#include <gtest/gtest.h>

namespace dz::wire {
namespace {

TEST(Keypair, KnownSeedSignsAsRfc8032Says) {
  // RFC 8032, 7.1, test 2
  const std::array<std::uint8_t, 32> seed{0x4c, 0xcd, 0x08, 0x9b, 0x28, 0xff, 0x96, 0xda, 0x9d, 0xb6, 0xc3,
                                          0x46, 0xec, 0x11, 0x4e, 0x0f, 0x5b, 0x8a, 0x31, 0x9f, 0x35, 0xab,
                                          0xa6, 0x24, 0xda, 0x8c, 0xf6, 0xed, 0x4f, 0xb8, 0xa6, 0xfb};
  const auto pair = Keypair::from_seed(seed);
  EXPECT_EQ(pair.pubkey().bytes[0], 0x3d);
  const Bytes message{0x72};
  const auto signature = pair.sign(message);
  EXPECT_EQ(signature.bytes[0], 0x92);
  EXPECT_EQ(signature.bytes[63], 0x00);
  EXPECT_TRUE(verify(signature, pair.pubkey(), message));
  EXPECT_FALSE(verify(signature, pair.pubkey(), Bytes{0x73}));
  EXPECT_FALSE(verify(signature, Keypair::generate().pubkey(), message));
}

TEST(Keypair, KeyFileRoundTrips) {
  const auto pair = Keypair::generate();
  const auto back = Keypair::parse_json(pair.to_json());
  ASSERT_TRUE(back);
  EXPECT_EQ(back->pubkey(), pair.pubkey());
  EXPECT_EQ(back->sign(Bytes{1}), pair.sign(Bytes{1}));
}

TEST(Keypair, RefusesHalvesThatDoNotBelongTogether) {
  auto text = Keypair::generate().to_json();
  const auto other = Keypair::generate().to_json();
  const auto half = [](const std::string& s) {
    std::size_t at = 0;
    for (int commas = 0; commas < 32; ++at) commas += s[at] == ',' ? 1 : 0;
    return at;
  };
  const auto result = Keypair::parse_json(text.substr(0, half(text)) + other.substr(half(other)));
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("does not belong"), std::string::npos);
}

TEST(Keypair, RefusesWhatIsNoKeyFileWithoutQuotingIt) {
  for (const auto* text : {"", "{}", "[]", "[1,2,3]", "\"abc\"", "[256]"}) EXPECT_FALSE(Keypair::parse_json(text));
  std::string text = "[";
  for (int i = 0; i < 63; ++i) text += "7,";
  const auto result = Keypair::parse_json(text + "777]");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "expected a number 0-255 at position 63 of the key");
}

TEST(SignatureText, RoundTripsAndRefusesOtherLengths) {
  const auto signature = Keypair::generate().sign(Bytes{});
  EXPECT_EQ(*parse_signature(to_text(signature)), signature);
  EXPECT_FALSE(parse_signature("11111111111111111111111111111111"));
  EXPECT_FALSE(parse_signature("0"));
}

}  // namespace
}  // namespace dz::wire
