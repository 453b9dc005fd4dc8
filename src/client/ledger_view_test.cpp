// Whether what a node shows may be acted on: its slot, what was seen before a restart, the age of its newest block.
#include "client/ledger_view.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "client/key_file.h"
#include "testbed/forwarding_client.h"
#include "testbed/small_network.h"

namespace dz::client {
namespace {

using std::chrono::seconds;

// Its newest block is the one that it is told, made at the time it is told.
class Node final : public testbed::ForwardingClient {
 public:
  using ForwardingClient::ForwardingClient;
  void require_slot(Slot slot) override { required = std::max(required, slot); }
  Result<LatestBlockhash> get_latest_blockhash() override {
    ++hashes;
    if (newest < required) return fail(ErrorKind::Retry, "behind");
    return LatestBlockhash{newest, {}, newest.value + 150};
  }
  Result<std::optional<Timestamp>> get_block_time(Slot slot) override {
    ++times;
    return slot == newest || skips ? std::optional<Timestamp>() : made;
  }
  Result<wire::Blockhash> get_genesis_hash() override { return genesis; }

  Slot required, newest{1000};
  wire::Blockhash genesis;
  std::optional<Timestamp> made;
  bool skips = false;
  int hashes = 0, times = 0;
};

struct View : testing::Test {
  static constexpr Timestamp kNow{std::chrono::hours{494'000}};
  testbed::SmallNetwork network{kNow};
  Node node{network.client()};
  std::map<wire::Blockhash, Slot> stored;
  int saves = 0;
  bool full = false;

  ViewOptions options() {
    return {.most_age = seconds{30},
            .kept = {.load = [this](const wire::Blockhash& genesis) -> Result<std::optional<Slot>> {
                       const auto found = stored.find(genesis);
                       return found == stored.end() ? std::nullopt : std::optional(found->second);
                     },
                     .save = [this](const wire::Blockhash& genesis, Slot slot) -> Result<void> {
                       if (full) return refused("no space left on the device");
                       ++saves;
                       stored[genesis] = slot;
                       return {};
                     }}};
  }
  View() { node.made = kNow - seconds{1}; }
};

TEST_F(View, WhatIsReadAfterTheHashIsOfItsSlotOrLater) {
  LedgerView view(node, {});
  const auto anchor = view.anchor(kNow);
  ASSERT_TRUE(anchor) << anchor.error().message;
  EXPECT_EQ(anchor->slot, Slot{1000});
  EXPECT_EQ(node.required, Slot{1000});
  EXPECT_EQ(view.problem(), "");
  EXPECT_EQ(view.block_age(), seconds{1});
}

TEST_F(View, AHashIsSharedForAMoment) {
  LedgerView view(node, {});
  ASSERT_TRUE(view.anchor(kNow));
  node.newest = Slot{1010};
  EXPECT_EQ(view.anchor(kNow + seconds{4})->slot, Slot{1000});
  EXPECT_EQ(node.hashes, 1);
  EXPECT_EQ(view.anchor(kNow + seconds{5})->slot, Slot{1010});
}

TEST_F(View, ABlockOfTheMostAgeIsActedOnAndAnOlderOneIsNot) {
  LedgerView view(node, options());
  node.made = kNow - seconds{30};
  EXPECT_TRUE(view.anchor(kNow));
  node.made = kNow - seconds{31};
  const auto behind = view.anchor(kNow + seconds{10});
  ASSERT_FALSE(behind);
  EXPECT_EQ(behind.error().kind, ErrorKind::Retry);
  EXPECT_EQ(behind.error().message,
            "the newest block of this node, of slot 1000, is 41 s old, and nothing is acted on from more than 30 s: "
            "the node is behind, or the clock of this machine is wrong");
  EXPECT_EQ(view.problem(), behind.error().message);
  // It is asked again at once, and a node that caught up is good at once.
  node.made = kNow + seconds{10};
  EXPECT_TRUE(view.anchor(kNow + seconds{10}));
  EXPECT_EQ(view.problem(), "");
}

TEST_F(View, IsFollowedWhileTheNodeIsCurrentNeverForLongerNotKnownToBe) {
  auto with = options();
  with.most_apart = seconds{90};
  LedgerView view(node, with);
  const auto look = [&](int at, int made) {
    node.made = kNow + seconds{made};
    (void)view.anchor(kNow + seconds{at});
    return view.followed_since();
  };
  EXPECT_EQ(view.followed_since(), std::nullopt);
  EXPECT_EQ(look(0, -31), std::nullopt);
  EXPECT_EQ(look(10, 9), kNow + seconds{10});
  EXPECT_EQ(look(60, 9), kNow + seconds{10}) << "it stopped, and may come back in time";
  EXPECT_EQ(look(100, 99), kNow + seconds{10});
  EXPECT_EQ(look(140, 99), kNow + seconds{10});
  EXPECT_EQ(look(191, 190), kNow + seconds{191}) << "nobody knows what happened in the 91 s";
  EXPECT_EQ(look(180, 179), kNow + seconds{180}) << "the clock was set back";
}

TEST_F(View, ANodeThatDoesNotTellTheTimeIsNotActedOn) {
  LedgerView view(node, {});
  node.skips = true;
  ASSERT_FALSE(view.anchor(kNow));
  EXPECT_NE(view.problem().find("does not tell"), std::string::npos);
  EXPECT_EQ(view.block_age(), std::nullopt);
}

TEST_F(View, WhatWasSeenIsRequiredAfterARestart) {
  {
    LedgerView view(node, options());
    ASSERT_TRUE(view.resume());
    view.saw(Slot{1234});
    view.saw(Slot{1200});
  }
  EXPECT_EQ(stored.at(node.genesis), Slot{1234});
  EXPECT_EQ(saves, 1);
  node.required = {};
  LedgerView again(node, options());
  ASSERT_TRUE(again.resume());
  EXPECT_EQ(node.required, Slot{1234});
  EXPECT_FALSE(again.anchor(kNow));  // the node is at 1000
  // Of another ledger nothing was seen.
  node.required = {};
  node.genesis.bytes[0] = 9;
  LedgerView other(node, options());
  EXPECT_TRUE(other.anchor(kNow));
}

TEST_F(View, WhatCannotBeKeptIsNotActedOn) {
  LedgerView view(node, options());
  ASSERT_TRUE(view.resume());
  full = true;
  ASSERT_FALSE(view.anchor(kNow));
  EXPECT_NE(view.problem().find("no space left"), std::string::npos) << view.problem();
  full = false;
  EXPECT_TRUE(view.anchor(kNow));
  EXPECT_EQ(stored.at(node.genesis), Slot{1000});
}

struct SlotFile : testing::Test {
  std::string folder = [] {
    std::string name = testing::TempDir() + "slotsXXXXXX";
    return std::string(::mkdtemp(name.data()));
  }();
  std::string path = folder + "/seen";
  ~SlotFile() override { std::filesystem::remove_all(folder); }
};

TEST_F(SlotFile, KeepsOneSlotForEachLedgerAndNoneBecomesSmaller) {
  wire::Blockhash one, other;
  one.bytes[0] = 1;
  other.bytes[0] = 2;
  const auto slots = slots_in_file(path);
  EXPECT_EQ(*slots.load(one), std::nullopt);
  ASSERT_TRUE(slots.save(one, Slot{70}));
  ASSERT_TRUE(slots.save(other, Slot{5}));
  ASSERT_TRUE(slots.save(one, Slot{60}));  // by a process that has seen less
  EXPECT_EQ(*slots_in_file(path).load(one), Slot{70});
  EXPECT_EQ(*slots_in_file(path).load(other), Slot{5});
}

TEST_F(SlotFile, WhatIsNoneOfOursIsSaid) {
  for (const auto* text : {"hello\n", "hash \n", "hash 12x\n", "hash -1\n", "hash 99999999999999999999\n"}) {
    ASSERT_TRUE(write_file_atomically(path, text, 0644));
    const auto loaded = slots_in_file(path).load({});
    ASSERT_FALSE(loaded) << text;
    EXPECT_NE(loaded.error().message.find("remove the file"), std::string::npos) << loaded.error().message;
    EXPECT_FALSE(slots_in_file(path).save({}, Slot{1}));
  }
}

}  // namespace
}  // namespace dz::client
