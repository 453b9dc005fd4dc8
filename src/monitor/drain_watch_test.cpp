#include "monitor/drain_watch.h"

#include <gtest/gtest.h>

#include "testbed/small_network.h"

namespace dz::monitor {
namespace {

using namespace std::chrono_literals;

class DrainWatchTest : public testing::Test {
 protected:
  DrainWatchTest() {
    network_.add_device("ams", network_.alpha);
    network_.add_device("lon", network_.beta);
    link_ = network_.add_link("ams:lon", LinkType::Dzx, "ams", "Switch1/1/1", "lon", "Switch1/1/1");
    network_.accept_link("ams:lon", "Switch1/1/1");
  }
  const verdict::DrainedBy* look() {
    for (int i = 0; i < 5; ++i) {
      network_.advance(2s);
      changes_.note_everything();
      watch_.step(network_.client(), {network_.read(), changes_, control::Ownership({})}, network_.now());
    }
    return watch_.find(link_);
  }
  client::Found<Link> link(client::Snapshot& snapshot) {
    return *client::find_record(snapshot.links, "link", "ams:lon");
  }
  void drain(const wire::Keypair& by) {
    auto snapshot = network_.read();
    ASSERT_TRUE(network_.as(by).drain_link(link(snapshot), Status::HardDrained, network_.side_of(by, "ams:lon")));
  }

  testbed::SmallNetwork network_{Timestamp{std::chrono::hours{494'000}}};
  Pubkey link_;
  control::RecordChanges changes_;
  DrainWatch watch_;
};

TEST_F(DrainWatchTest, NamesNobodyWhileTheRecordIsWantedInService) { EXPECT_EQ(look(), nullptr); }

TEST_F(DrainWatchTest, NamesTheSideThatDrainedAndWhen) {
  const auto before = network_.now();
  drain(network_.beta);
  const auto* by = look();
  ASSERT_NE(by, nullptr);
  EXPECT_EQ(by->signer, network_.beta.pubkey());
  EXPECT_EQ(by->role.find("side Z, contributor '"), 0U) << by->role;
  ASSERT_TRUE(by->at);
  EXPECT_GE(*by->at, before - 2s);
}

TEST_F(DrainWatchTest, ForgetsWhoDrainedWhatIsAskedBack) {
  drain(network_.beta);
  ASSERT_NE(look(), nullptr);
  auto snapshot = network_.read();
  ASSERT_TRUE(network_.as(network_.beta).undrain_link(link(snapshot), network_.side_of(network_.beta, "ams:lon")));
  EXPECT_EQ(look(), nullptr);
}

}  // namespace
}  // namespace dz::monitor
