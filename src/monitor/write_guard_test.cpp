// Where the ledger's program does not guard: what may still land, and undrains that only the history shows.
#include "monitor/write_guard.h"

#include <gtest/gtest.h>

#include "monitor/undrain_watch.h"
#include "testbed/lagging_client.h"
#include "testbed/small_network.h"

namespace dz::monitor {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const Timestamp kStart{std::chrono::hours{494'000}};

std::map<Pubkey, Health> under_way(const WriteGuard& guard) {
  std::map<Pubkey, Health> records;
  guard.add_to(records);
  return records;
}

TEST(WriteGuard, HoldsARecordUntilNothingCanLandAnyMore) {
  testbed::SmallNetwork network(kStart);
  const auto key = network.alpha.pubkey();
  WriteGuard guard;
  guard.may_land(key, Health::Healthy);
  guard.step(network.client(), network.now());
  const auto first = *network.client().get_block_height();
  while (*network.client().get_block_height() <= first + WriteGuard::kBlocks) {
    EXPECT_EQ(under_way(guard), (std::map<Pubkey, Health>{{key, Health::Healthy}}));
    network.advance(seconds{5});
    guard.step(network.client(), network.now());
    ASSERT_LT(network.now(), kStart + minutes{10});
  }
  network.advance(seconds{5});
  guard.step(network.client(), network.now());
  EXPECT_TRUE(guard.empty());
  EXPECT_GT(network.now(), kStart + seconds{60});
}

class UndrainWatchTest : public testing::Test {
 protected:
  UndrainWatchTest() {
    network.add_device("ams", network.alpha);
    network.add_device("fra", network.alpha);
    link = network.add_link("ams-fra", LinkType::Wan, "ams", "Switch1/1/1", "fra", "Switch1/1/1");
  }
  // What the watch finds after a minute.
  std::vector<ForeignWrite> look(std::optional<SeenTransaction> newest_own = {}) {
    return look_at(network.client(), newest_own);
  }
  std::vector<ForeignWrite> look_at(client::LedgerClient& client, std::optional<SeenTransaction> newest_own = {}) {
    network.advance(minutes{1});
    return watch.step(
        client, {link}, [&](const Pubkey&) { return newest_own; }, network.now());
  }
  std::vector<ForeignWrite> told_of(const SeenTransaction& newest) const { return {{link, newest.slot}}; }
  // Somebody writes to the record what it has already.
  SeenTransaction write() {
    network.advance(seconds{1});
    const auto record = network.link("ams-fra");
    auto by = network.as(network.alpha);
    const auto written = by.update_link({link, &record}, {.delay_ns = record.delay_ns});
    EXPECT_TRUE(written) << written.error().message;
    const auto newest = network.client().get_signatures_for_address(link, {.limit = 1})->front();
    return {newest.signature, newest.slot};
  }

  testbed::SmallNetwork network{kStart};
  Pubkey link;
  UndrainWatch watch;
};

TEST_F(UndrainWatchTest, TellsOfAWriteThatChangedNothing) {
  EXPECT_TRUE(look().empty());  // it begins here
  EXPECT_TRUE(look().empty());
  const auto written = write();
  EXPECT_EQ(look(), told_of(written));
  EXPECT_TRUE(look().empty());
}

TEST_F(UndrainWatchTest, OwnWritesAreNoNews) {
  EXPECT_TRUE(look().empty());
  watch.wrote(link, write().signature);
  EXPECT_TRUE(look().empty());
  write();
  const auto newest = write();
  watch.wrote(link, newest.signature);
  EXPECT_EQ(look(), told_of(newest));
}

// After a restart it goes on from this monitor's last write.
TEST_F(UndrainWatchTest, WhatHappenedWhileItWasDownIsFound) {
  const auto own = write();
  EXPECT_TRUE(look(own).empty());
  watch = {};
  const auto written = write();
  EXPECT_EQ(look(own), told_of(written));
}

// It lists what came before the last one that was seen, and that is no news.
TEST_F(UndrainWatchTest, ANodeThatIsBehindTellsNothingNew) {
  testbed::LaggingClient node(network.ledger(), network.client());
  EXPECT_TRUE(look().empty());
  write();
  node.stop_following({.honours_slots = false});
  const auto newest = write();
  watch.wrote(link, newest.signature);
  EXPECT_EQ(look(), told_of(newest));
  EXPECT_TRUE(look_at(node).empty());
  node.follow();
  EXPECT_TRUE(look_at(node).empty());
  const auto later = write();
  EXPECT_EQ(look_at(node), told_of(later));
}

TEST_F(UndrainWatchTest, LooksOnceAMinuteAndForgetsWhatWaitsNoMore) {
  look();
  write();
  EXPECT_TRUE(watch
                  .step(
                      network.client(), {link}, [](const Pubkey&) { return std::nullopt; }, network.now())
                  .empty());
  watch.step(
      network.client(), {}, [](const Pubkey&) { return std::nullopt; }, network.now());
  EXPECT_TRUE(look().empty());  // it begins anew
}

}  // namespace
}  // namespace dz::monitor
