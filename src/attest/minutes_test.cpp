#include "attest/minutes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "attest/testing.h"
#include "verdict/naive_tally.h"

namespace dz::attest {
namespace {

using evidence::MinuteState;
using std::chrono::minutes;
using testing::HasSubstr;

TEST(MinutesLeaf, IsReadBackAsItWasWritten) {
  for (const auto& leaf : {minutes_of_errors(), minutes_of_qa()}) {
    const auto bytes = encode(leaf);
    const auto read = decode_minutes(bytes);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, leaf);
  }
}

TEST(MinutesLeaf, OneFlippedBitIsAnotherLeafOrNone) {
  const auto leaf = minutes_of_errors();
  auto bytes = encode(leaf);
  const auto hash = transparency::leaf_hash(bytes);
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    EXPECT_NE(transparency::leaf_hash(bytes), hash);
    if (const auto read = decode_minutes(bytes)) {
      EXPECT_NE(*read, leaf) << "bit " << bit;
      EXPECT_EQ(encode(*read), bytes);
    }
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
  }
}

TEST(MinutesLeaf, AnyBytesAreReadOrRefused) {
  std::mt19937 random(47);
  const auto whole = encode(minutes_of_errors());
  for (int i = 0; i < 20'000; ++i) {
    auto bytes = whole;
    if (i % 2 == 0) bytes.resize(random() % (bytes.size() + 1));
    for (int change = static_cast<int>(random() % 4); change > 0 && !bytes.empty(); --change) {
      bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
    }
    if (const auto read = decode_minutes(bytes)) EXPECT_EQ(encode(*read), bytes);
  }
}

TEST(MinutesLeaf, OneFormAlone) {
  auto leaf = minutes_of_errors();
  leaf.to += minutes{10};  // more than there are minutes
  EXPECT_THAT(decode_minutes(encode(leaf)).error().message, HasSubstr("as many minutes as the window has"));
  const auto bytes = encode(minutes_of_errors());
  const auto text = std::string(as_text(bytes));
  // The ten minutes, and what is left over of their third byte.
  const auto at = text.find(std::string("\x03\0\0\0\x55\x59\x01", 7));
  ASSERT_NE(at, std::string::npos);
  for (const auto& [bits, complaint] : {std::pair{0x80, "the one canonical form"}, {0x0f, "unobserved, good or bad"}}) {
    auto other = bytes;
    other[at + 6] = static_cast<std::uint8_t>(other[at + 6] | bits);
    EXPECT_THAT(decode_minutes(other).error().message, HasSubstr(complaint));
  }
}

// What a verifier counts in a leaf is what the obvious way of counting finds.
TEST(MinutesLeaf, CountsAsTheObviousWayDoes) {
  std::mt19937 random(5);
  for (int i = 0; i < 300; ++i) {
    auto leaf = minutes_of_errors();
    const int count = 1 + static_cast<int>(random() % 200);
    leaf.from = leaf.to - minutes{count};
    leaf.states.clear();
    leaf.offences.clear();
    verdict::NaiveSeries series{leaf.from, {}};
    for (int m = 0; m < count; ++m) {
      const auto state = random() % 8 == 0 ? static_cast<MinuteState>(random() % 3) : MinuteState::Good;
      const bool named = state == MinuteState::Bad && random() % 2 == 0;
      leaf.states.push_back(state);
      if (named) leaf.offences.push_back({leaf.from + minutes{m}, evidence::kInErrors});
      series.minutes.push_back({state, static_cast<evidence::CounterBits>(named ? evidence::kInErrors : 0)});
    }
    const evidence::TallyQuery query{leaf.from, leaf.to, static_cast<int>(random() % 3), static_cast<int>(random() % 16)};
    const auto naive = verdict::naive_tally(series, query);
    leaf.damped_bad = naive.damped_bad;
    EXPECT_EQ(tally_of(leaf, query.bad_allowed, query.unobserved_allowed), naive) << i;
  }
}

TEST(MinutesRoot, IsOverTheLeavesInTheirOrder) {
  const Bytes a = encode(minutes_of_errors()), b = encode(minutes_of_qa());
  const std::vector<Bytes> ab{a, b}, ba{b, a};
  EXPECT_EQ(minutes_root(ab), transparency::node_hash(transparency::leaf_hash(a), transparency::leaf_hash(b)));
  EXPECT_NE(minutes_root(ab), minutes_root(ba));
  EXPECT_EQ(minutes_root({}), transparency::empty_root());
}

}  // namespace
}  // namespace dz::attest
