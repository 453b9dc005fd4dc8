#include "quorum/opinion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "quorum/opinion_fixture.h"

namespace dz::quorum {
namespace {

std::string hex(ByteView bytes) { return fmt::format("{:02x}", fmt::join(bytes, "")); }

TEST(Opinion, ComesBackFromItsBytesAsItWas) {
  for (const auto health :
       {Health::Unknown, Health::Pending, Health::Healthy, Health::Impaired, Health::ReadyForLinks}) {
    for (const auto kind : {RecordKind::Link, RecordKind::Device}) {
      auto opinion = plain_opinion();
      opinion.health = health;
      opinion.kind = kind;
      const auto given = sign(opinion, judge(1));
      const auto bytes = encode(given);
      ASSERT_EQ(bytes.size(), kOpinionBytes);
      const auto read = decode_opinion(bytes);
      ASSERT_TRUE(read) << read.error().message;
      EXPECT_EQ(*read, given);
      EXPECT_TRUE(is_signed(*read));
    }
  }
}

// The page in docs/formats has this very opinion.
TEST(Opinion, HasTheBytesOfTheFormatsPage) {
  std::ifstream file(DZ_SOURCE_DIR "/docs/formats/opinion.md");
  std::stringstream page;
  page << file.rdbuf();
  const auto bytes = encode(sign(plain_opinion(), judge(1)));
  EXPECT_THAT(page.str(), testing::HasSubstr(hex(bytes)));
}

// No bit can be changed without the change being seen: the bytes are none, or the signature is of others.
TEST(Opinion, NoBitOfItCanBeFlippedUnseen) {
  const auto bytes = encode(sign(plain_opinion(), judge(1)));
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    auto flipped = bytes;
    flipped[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    const auto read = decode_opinion(flipped);
    ASSERT_FALSE(read && is_signed(*read)) << "bit " << bit;
  }
}

TEST(Opinion, BytesThatAreNoneAreRefused) {
  const auto good = encode(sign(plain_opinion(), judge(1)));
  for (std::size_t size = 0; size < good.size(); ++size) {
    ASSERT_FALSE(decode_opinion(ByteView(good).first(size))) << size;
  }
  auto longer = good;
  longer.push_back(0);
  EXPECT_FALSE(decode_opinion(longer));
  constexpr std::size_t kKind = 21 + 96, kHealth = kKind + 1 + 64, kWindow = kHealth + 1, kMade = kWindow + 8 + 32;
  for (const auto& [at, value] : {std::pair{kKind, 2},
                                  {kHealth, 5},
                                  {kWindow + 7, 0x80},
                                  {kMade + 7, 0x80},
                                  {kWindow + 7, 0x7f},
                                  {kMade + 7, 0x7f}}) {
    auto wrong = good;
    wrong[at] = static_cast<std::uint8_t>(value);
    EXPECT_FALSE(decode_opinion(wrong)) << at;
  }
}

TEST(Opinion, DigestsAreReadStrictly) {
  const std::string digest(64, 'a');
  ASSERT_TRUE(parse_digest(digest));
  EXPECT_EQ(parse_digest(digest)->front(), 0xaa);
  EXPECT_FALSE(parse_digest(digest + "a"));
  EXPECT_FALSE(parse_digest(digest.substr(1)));
  EXPECT_FALSE(parse_digest(std::string(63, 'a') + "A"));
  EXPECT_FALSE(parse_digest(std::string(63, 'a') + "g"));
}

}  // namespace
}  // namespace dz::quorum
