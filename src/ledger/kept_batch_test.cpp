#include "ledger/kept_batch.h"

#include <numeric>
#include <random>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "ledger/ledger_fixture.h"

namespace dz::ledger {
namespace {

wire::Account account_of(Bytes data) { return {7, std::move(data), key_number(3).pubkey(), true}; }

std::size_t bytes_in(const AccountChange& change) {
  return std::accumulate(change.parts.begin(), change.parts.end(), std::size_t{0},
                         [](std::size_t sum, const auto& part) { return sum + part.bytes.size(); });
}

TEST(AccountChange, OfAnAppendedSampleIsTheCountAndTheSample) {
  auto before = account_of(Bytes(100'000, 5));
  auto after = before;
  after.data[217] = 6;
  after.data.insert(after.data.end(), {1, 2, 3, 4});
  const auto change = change_of(Pubkey{}, &before, after);
  ASSERT_EQ(change.parts.size(), 2U);
  EXPECT_EQ(change.parts[0], (AccountChange::Part{217, {6}}));
  EXPECT_EQ(change.parts[1], (AccountChange::Part{100'000, {1, 2, 3, 4}}));
  ASSERT_TRUE(apply_change(change, before));
  EXPECT_EQ(before, after);
}

TEST(AccountChange, OfLamportsAloneHasNoData) {
  const auto before = account_of(Bytes(1000, 5));
  auto after = before;
  after.lamports = 8;
  EXPECT_TRUE(change_of(Pubkey{}, &before, after).parts.empty());
}

TEST(AccountChange, OfAnAccountThatIsNotKnownIsAllOfIt) {
  const auto after = account_of({1, 2, 3});
  const auto change = change_of(Pubkey{}, nullptr, after);
  auto other = account_of(Bytes(9, 9));
  ASSERT_TRUE(apply_change(change, other));
  EXPECT_EQ(other, after);
}

TEST(AccountChange, OfAnotherAccountIsNoticed) {
  const auto before = account_of(Bytes(10, 1));
  const auto change = change_of(Pubkey{}, &before, account_of(Bytes(12, 2)));
  auto other = account_of(Bytes(11, 1));
  EXPECT_EQ(apply_change(change, other).error().kind, ErrorKind::Corrupt);
  auto outside = change;
  outside.parts = {{11, {1, 2}}};
  auto same = before;
  EXPECT_EQ(apply_change(outside, same).error().kind, ErrorKind::Corrupt);
}

TEST(AccountChange, MakesOfWhatWasWhatIs) {
  std::mt19937 random(51);
  const auto below = [&](std::size_t n) { return n == 0 ? 0 : random() % n; };
  for (int round = 0; round < 3000; ++round) {
    auto before = account_of(Bytes(below(400), 0));
    for (auto& byte : before.data) byte = static_cast<std::uint8_t>(below(3));
    auto after = before;
    after.data.resize(below(3) == 0 ? below(500) : after.data.size(), 1);
    for (auto edits = below(6); edits > 0 && !after.data.empty(); --edits) {
      const auto at = below(after.data.size());
      for (auto i = at; i < std::min(after.data.size(), at + below(40)); ++i) after.data[i] ^= 1;
    }
    const auto change = change_of(Pubkey{}, &before, after);
    EXPECT_LE(bytes_in(change), after.data.size());
    ASSERT_TRUE(apply_change(change, before));
    ASSERT_EQ(before, after) << round;
  }
}

TEST(KeptBatch, ComesBackAndIsNotReadFromOtherBytes) {
  LedgerFixture f;
  f.fund(f.alice.pubkey());
  f.ledger->submit(f.transfer(f.alice, f.bob.pubkey(), kSol), true);
  f.ledger->submit(f.transfer(f.alice, f.bob.pubkey(), 100 * kSol), false);
  auto batch = f.bank().pending();
  ASSERT_EQ(batch.transactions.size(), 2U);
  batch.slot = Slot{9};
  batch.forget_before = Slot{4};
  batch.new_anchors = {{Slot{3}, start_time(), Duration{400'000}}};
  batch.leaps = {{5, 6}};
  const auto kept = keep(batch);
  const auto bytes = *encode(kept);
  const auto again = decode_kept_batch(bytes);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->slot, Slot{9});
  EXPECT_EQ(again->forget_before, Slot{4});
  EXPECT_EQ(again->transactions, kept.transactions);
  EXPECT_EQ(again->accounts, kept.accounts);
  EXPECT_EQ(again->new_anchors, kept.new_anchors);
  EXPECT_EQ(*encode(*again), bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(decode_kept_batch(ByteView(bytes).first(size)));
  auto longer = bytes;
  longer.push_back(0);
  EXPECT_FALSE(decode_kept_batch(longer));
}

RC_GTEST_PROP(KeptBatch, AnyBytesNeverCrash, (const Bytes& bytes)) { (void)decode_kept_batch(bytes); }

}  // namespace
}  // namespace dz::ledger
