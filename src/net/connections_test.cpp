#include "net/connections.h"

#include <gtest/gtest.h>

#include <vector>

namespace dz::net {
namespace {

using std::chrono::seconds;

struct Peers {
  explicit Peers(ConnectionLimits limits) : connections(limits) {}

  Connections connections;
  std::vector<std::string> dropped;
  Duration now{};

  std::optional<Connections::Id> add(const std::string& name, const std::string& address = "127.0.0.1") {
    return connections.add(
        address, [this, name] { dropped.push_back(name); }, now);
  }
};

TEST(Connections, X4_TheLongestIdleGivesWayToANewOne) {
  Peers peers({.connections = 2});
  const auto a = peers.add("a").value();
  const auto b = peers.add("b").value();
  peers.connections.finished(a, seconds{1});
  ASSERT_TRUE(peers.add("c"));
  EXPECT_EQ(peers.dropped, std::vector<std::string>{"b"});
  EXPECT_EQ(peers.connections.open(), 2U);
  EXPECT_EQ(peers.connections.turned_away(TurnedAway::GaveWay), 1U);
  peers.connections.remove(b);  // forgotten already
  EXPECT_EQ(peers.connections.open(), 2U);
}

TEST(Connections, X4_WhoIsWorkedOnDoesNotGiveWay) {
  Peers peers({.connections = 1});
  const auto a = peers.add("a").value();
  peers.connections.busy(a, true);
  EXPECT_FALSE(peers.add("b"));
  EXPECT_EQ(peers.connections.turned_away(TurnedAway::TooMany), 1U);
  EXPECT_FALSE(peers.connections.give_way());
  peers.connections.busy(a, false);
  EXPECT_TRUE(peers.add("c"));
  EXPECT_EQ(peers.dropped, std::vector<std::string>{"a"});
}

TEST(Connections, X4_APeerHasALimitAndThisMachineHasNone) {
  Peers peers({.connections = 100, .of_peer = 2});
  for (const char* local : {"127.0.0.1", "127.0.0.2", "::1", "::ffff:127.0.0.1"}) {
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(peers.add(local, local));
  }
  EXPECT_TRUE(peers.dropped.empty());
  EXPECT_EQ(peers.connections.open_of_busiest_peer(), 0U);
  const auto a = peers.add("a", "192.0.2.1").value();
  peers.add("b", "192.0.2.1");
  peers.add("other", "192.0.2.2");
  peers.connections.finished(a, seconds{1});
  EXPECT_TRUE(peers.add("c", "192.0.2.1"));  // its own longest idle gives way
  EXPECT_EQ(peers.dropped, std::vector<std::string>{"b"});
  EXPECT_EQ(peers.connections.open_of_busiest_peer(), 2U);
}

TEST(Connections, X4_APeerWhoseConnectionsAreAllWorkedOnIsRefused) {
  Peers peers({.connections = 100, .of_peer = 1});
  peers.connections.busy(peers.add("a", "192.0.2.1").value(), true);
  EXPECT_FALSE(peers.add("b", "192.0.2.1"));
  EXPECT_EQ(peers.connections.turned_away(TurnedAway::TooManyOfPeer), 1U);
  EXPECT_TRUE(peers.add("c", "192.0.2.2"));
}

TEST(Connections, X4_OneCustomerHasManyAddressesOfVersionSix) {
  EXPECT_EQ(peer_of("2001:db8:1:2:3::4"), peer_of("2001:db8:1:2:ffff::1"));
  EXPECT_NE(peer_of("2001:db8:1:2::1"), peer_of("2001:db8:1:3::1"));
  EXPECT_EQ(peer_of("::ffff:192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(peer_of("nowhere"), "");
}

TEST(Connections, X1_AllTogetherHoldNoMoreThanTheLimit) {
  Peers peers({.buffers = 100});
  const auto a = peers.add("a").value();
  const auto b = peers.add("b").value();
  EXPECT_TRUE(peers.connections.hold(a, 60, peers.now));
  EXPECT_TRUE(peers.connections.hold(b, 40, peers.now));
  EXPECT_FALSE(peers.connections.hold(b, 41, peers.now)) << "nobody is stuck yet";
  EXPECT_EQ(peers.connections.bytes(), 100U);
  EXPECT_TRUE(peers.connections.hold(a, 10, peers.now));
  EXPECT_TRUE(peers.connections.hold(b, 90, peers.now));
  EXPECT_FALSE(peers.connections.hold(b, 101, peers.now)) << "more than there is at all";
  EXPECT_EQ(peers.connections.turned_away(TurnedAway::NoRoom), 2U);
  peers.connections.remove(b);
  EXPECT_EQ(peers.connections.bytes(), 10U);
}

TEST(Connections, X1_WhoHoldsBytesAndFinishesNothingMakesRoom) {
  Peers peers({.buffers = 100});
  const auto stuck = peers.add("stuck").value();
  const auto idle = peers.add("idle").value();
  EXPECT_TRUE(peers.connections.hold(stuck, 90, peers.now));
  peers.now = Connections::kGrace;
  const auto a = peers.add("a").value();
  EXPECT_TRUE(peers.connections.hold(a, 20, peers.now));
  EXPECT_EQ(peers.dropped, std::vector<std::string>{"stuck"});
  EXPECT_FALSE(peers.connections.hold(stuck, 1, peers.now)) << "it has given way";
  EXPECT_TRUE(peers.connections.hold(idle, 1, peers.now));
}

TEST(Connections, X14_ThePeakIsToldOnce) {
  Peers peers({});
  const auto a = peers.add("a").value();
  peers.connections.hold(a, 50, peers.now);
  peers.connections.hold(a, 5, peers.now);
  EXPECT_EQ(peers.connections.take_peak(), 50U);
  EXPECT_EQ(peers.connections.take_peak(), 5U);
}

TEST(Connections, TheSystemMayAllowFewer) {
  Peers peers({.connections = 10});
  peers.connections.allow_at_most(20);
  EXPECT_EQ(peers.connections.limits().connections, 10U);
  peers.connections.allow_at_most(1);
  peers.add("a");
  peers.add("b");
  EXPECT_EQ(peers.dropped, std::vector<std::string>{"a"});
}

TEST(Connections, EveryReasonHasAName) {
  for (std::size_t i = 0; i < kTurnedAwayKinds; ++i) EXPECT_NE(to_text(static_cast<TurnedAway>(i)), "") << i;
}

}  // namespace
}  // namespace dz::net
