// Walks on a network whose program guards nothing (profile v0.34): from provisioning into service, and through drains
// by the book and by hand.
#include <algorithm>

#include <gtest/gtest.h>

#include "attest/statement.h"
#include "walk.h"

namespace dz::sim {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using Person = World::Person;

class LiveWalk : public testing::Test {
 protected:
  World& begin(Duration history) {
    world_ = std::make_unique<World>(WorldOptions{.live = true});
    if (history > Duration{}) world_->backfill(history);
    return *world_;
  }
  World& in_service() {
    auto& world = begin(hours{24} + minutes{15});
    world.start_all();
    world.run(minutes{15});
    for (std::size_t i = 0; i < world.links().size(); ++i) expect_link(i, Status::Activated, Health::Healthy);
    for (std::size_t i = 0; i < world.devices(); ++i) expect_device(i, Status::Activated, Health::Healthy);
    return world;
  }
  void expect_link(std::size_t which, Status status, Health health) {
    const auto* link = world_->link(which);
    ASSERT_NE(link, nullptr);
    EXPECT_EQ(to_text(link->status), to_text(status)) << link->code;
    EXPECT_EQ(to_text(link->health), to_text(health)) << link->code << "\n" << world_->explain_link(which);
  }
  void expect_device(std::size_t which, Status status, Health health) {
    const auto* device = world_->device_record(which);
    EXPECT_EQ(to_text(device->status), to_text(status)) << device->code;
    EXPECT_EQ(to_text(device->health), to_text(health)) << device->code << "\n" << world_->explain_device(which);
  }
  void silence(std::size_t link, bool silent) {
    const auto& spec = world_->links()[link];
    world_->faults(spec.device_a).ports[spec.port_a].silent = silent;
    world_->faults(spec.device_z).ports[spec.port_z].silent = silent;
  }
  void TearDown() override {
    if (!world_) return;
    judge_decisions_again(*world_);
    for (const auto& violation : world_->violations()) ADD_FAILURE() << violation;
    if (!HasFailure()) return;
    for (const auto& line : world_->story()) std::printf("%s\n", line.substr(0, 300).c_str());
  }

  std::unique_ptr<World> world_;
};

TEST_F(LiveWalk, FromProvisioningIntoService) {
  auto& world = begin(hours{24} + minutes{15});
  for (std::size_t i = 0; i < world.links().size(); ++i) expect_link(i, Status::Provisioning, Health::Pending);
  for (std::size_t i = 0; i < world.devices(); ++i) expect_device(i, Status::DeviceProvisioning, Health::Pending);
  world.start_all();
  world.run(minutes{15});
  for (std::size_t i = 0; i < world.links().size(); ++i) expect_link(i, Status::Activated, Health::Healthy);
  for (std::size_t i = 0; i < world.devices(); ++i) expect_device(i, Status::Activated, Health::Healthy);
  EXPECT_EQ(world.live_safety().onboardings(), static_cast<int>(world.links().size() + world.devices()));
}

TEST_F(LiveWalk, ADeviceIsReadyForLinksBeforeItIsReadyForUsers) {
  auto& world = begin(hours{24} + minutes{15});
  for (std::size_t i = 0; i < world.links().size(); ++i) silence(i, true);
  world.start_all();
  world.run(hours{1});
  for (std::size_t i = 0; i < world.devices(); ++i) {
    expect_device(i, Status::LinkProvisioning, Health::ReadyForLinks);
  }
  for (std::size_t i = 0; i < world.links().size(); ++i) silence(i, false);
  world.run(hours{24} + minutes{15});
  for (std::size_t i = 0; i < world.devices(); ++i) expect_device(i, Status::Activated, Health::Healthy);
}

// What somebody forced before the monitor saw the link is no judgement: it is taken back, and the link judged.
TEST_F(LiveWalk, AHealthThatWasForcedBeforeTheFirstJudgementIsTakenBack) {
  auto& world = begin(hours{24} + minutes{15});
  ASSERT_TRUE(world.write_health(kWan, Health::Healthy));
  world.start_all();
  world.run(minutes{15});
  expect_link(kWan, Status::Activated, Health::Healthy);
  const auto decisions = recorded_decisions(world);
  ASSERT_TRUE(decisions);
  const auto is_taken_back = [](const attest::Bundle& one) {
    const auto statement = *attest::decode_statement(one.statements.front());
    return statement.reason == verdict::HealthReason::EntersProvisioning && statement.from == Health::Healthy;
  };
  EXPECT_EQ(std::count_if(decisions->begin(), decisions->end(), is_taken_back), 1);
}

TEST_F(LiveWalk, BackThroughADrain) {
  auto& world = in_service();
  for (const auto by : {Person::Alpha, Person::Foundation}) {
    const int before = world.live_safety().returns();
    ASSERT_TRUE(world.drain_link(kWan, Status::HardDrained, by));
    EXPECT_EQ(world.link(kWan)->desired_status, DesiredStatus::HardDrained);
    world.run(minutes{30});
    EXPECT_EQ(world.link(kWan)->status, Status::HardDrained);
    ASSERT_TRUE(world.undrain_link(kWan, by));
    world.run(minutes{10});
    expect_link(kWan, Status::Activated, Health::Healthy);
    EXPECT_EQ(world.live_safety().returns(), before + 1);
  }
  ASSERT_TRUE(world.drain_device(kAms, Status::Drained));
  world.run(minutes{30});
  EXPECT_EQ(world.device_record(kAms)->status, Status::Drained);
  ASSERT_TRUE(world.undrain_device(kAms));
  world.run(minutes{10});
  expect_device(kAms, Status::Activated, Health::Healthy);
}

TEST_F(LiveWalk, ADrainByHandStaysUntilSomebodyUndrains) {
  auto& world = in_service();
  ASSERT_TRUE(world.override_link(kWan, Status::HardDrained));
  ASSERT_TRUE(world.override_device(kAms, Status::Drained));
  EXPECT_EQ(world.link(kWan)->desired_status, DesiredStatus::Activated);
  world.run(hours{2});
  expect_link(kWan, Status::HardDrained, Health::Healthy);  // judged anew, and still nobody's intent
  expect_device(kAms, Status::Drained, Health::Healthy);
  EXPECT_EQ(world.live_safety().returns(), 0);
  ASSERT_TRUE(world.undrain_link(kWan));
  ASSERT_TRUE(world.undrain_device(kAms));
  world.run(minutes{10});
  expect_link(kWan, Status::Activated, Health::Healthy);
  expect_device(kAms, Status::Activated, Health::Healthy);
  EXPECT_EQ(world.live_safety().returns(), 2);
}

// A monitor that was down when the record was undrained finds it so when it comes back, and judges anew.
TEST_F(LiveWalk, AnUndrainWhileTheMonitorIsDown) {
  auto& world = in_service();
  ASSERT_TRUE(world.drain_link(kDzx, Status::SoftDrained));
  world.run(minutes{10});
  world.stop_monitor(0);
  world.run(minutes{1});
  ASSERT_TRUE(world.undrain_link(kDzx));
  world.run(minutes{5});
  expect_link(kDzx, Status::SoftDrained, world.link(kDzx)->health);
  world.start_monitor(0);
  world.run(minutes{15});
  expect_link(kDzx, Status::Activated, Health::Healthy);
}

// Darkness between drain and undrain keeps it out for the window.
TEST_F(LiveWalk, ADarkMinuteKeepsItOut) {
  auto& world = in_service();
  ASSERT_TRUE(world.drain_link(kSecondWan, Status::HardDrained));
  silence(kSecondWan, true);
  world.run(minutes{4});
  silence(kSecondWan, false);
  ASSERT_TRUE(world.undrain_link(kSecondWan));
  world.run(hours{3});
  expect_link(kSecondWan, Status::HardDrained, Health::Impaired);
  world.run(hours{21} + minutes{20});
  expect_link(kSecondWan, Status::Activated, Health::Healthy);
}

class LiveRandom : public testing::TestWithParam<int> {};

TEST_P(LiveRandom, KeepsTheRulesAndSettles) {
  const auto seed = static_cast<std::uint64_t>(GetParam());
  const auto report = random_walk(seed, true);
  std::printf("%s\n", report.options.c_str());
  for (const auto& problem : report.problems) ADD_FAILURE() << problem;
  if (!report.problems.empty()) {
    for (const auto& line : report.story) std::printf("%s\n", line.substr(0, 300).c_str());
  }
}

INSTANTIATE_TEST_SUITE_P(Seed, LiveRandom, testing::Range(101, 116));
// In two of them a time was named, and slid, while a reset was on its way. In 1796153151 a monitor that could not read
// the ledger hears of a drain only after it has named another time. In 1796211855 the window slides on while what QA
// found is not delivered yet. In 1796267427 a device that was held too long without evidence is impaired, and the write
// is lost.
INSTANTIATE_TEST_SUITE_P(Kept, LiveRandom, testing::Values(1796153577, 1796153697, 1796153151, 1796211855, 1796267427));

}  // namespace
}  // namespace dz::sim
