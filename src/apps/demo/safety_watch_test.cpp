#include "safety_watch.h"

#include <gtest/gtest.h>

namespace dz::demo {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp kNoon = std::chrono::sys_days{std::chrono::year{2026} / 12 / 3} + std::chrono::hours{12};
constexpr const char* kLink = "ams:lon";

Pubkey key_of(std::uint8_t n) {
  Pubkey key;
  key.bytes.fill(n);
  return key;
}
const Authorities kAuthorities{key_of(1), key_of(2), key_of(3)};
const Pubkey kContributor = key_of(4);

fleet::FleetTopology topology() {
  fleet::FleetTopology all;
  for (const auto* code : {"ams", "lon", "nyc"}) all.devices.push_back({.code = code});
  all.links.push_back(
      {.code = kLink, .side_a = "ams", .side_a_iface = "Ethernet1.7", .side_z = "lon", .side_z_iface = "Ethernet2"});
  return all;
}

class SafetyWatchTest : public testing::Test {
 protected:
  void in_service() {
    health(Health::Healthy);
    status(Status::Activated);
  }
  void health(Health to, const Pubkey& by = kAuthorities.monitor) {
    RecordEvent event{.signer = by};
    event.health = to;
    watch.look_at(kLink, event, kNoon, faults);
  }
  void status(Status to, const Pubkey& by = kAuthorities.activator) {
    RecordEvent event{.signer = by};
    event.status = to;
    watch.look_at(kLink, event, kNoon, faults);
  }
  void wanted(DesiredStatus to) {
    RecordEvent event{.signer = kContributor};
    event.desired_status = to;
    watch.look_at(kLink, event, kNoon, faults);
  }
  void fault(const std::string& text) {
    const auto read = fleet::parse_fault(text, kNoon);
    ASSERT_TRUE(read) << read.error().message;
    faults.push_back(*read);
  }
  std::string violated() const { return watch.violations().empty() ? "" : watch.violations().back(); }
  testing::AssertionResult says(const char* words) const {
    if (violated().find(words) != std::string::npos) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "found: " << violated();
  }

  fleet::FleetTopology network = topology();
  std::vector<fleet::Fault> faults;
  SafetyWatch watch{network, kAuthorities};
};

TEST_F(SafetyWatchTest, AWholeLifeIsSafeAndCounted) {
  in_service();
  wanted(DesiredStatus::HardDrained);
  status(Status::HardDrained);
  wanted(DesiredStatus::Activated);
  in_service();
  fault("errors device=ams interface=Ethernet1 every=10s at=-90s");
  health(Health::Impaired);
  EXPECT_EQ(violated(), "");
  std::vector<long> looked_at;
  for (const auto& check : watch.checks()) looked_at.push_back(check.looked_at);
  EXPECT_EQ(looked_at, (std::vector<long>{8, 2, 2, 1}));
}

TEST_F(SafetyWatchTest, NothingComesIntoServiceThatIsNotHealthy) {
  health(Health::Pending);
  status(Status::Activated);
  EXPECT_TRUE(says("not healthy"));
}

TEST_F(SafetyWatchTest, AnOldHealthBringsNothingBack) {
  in_service();
  wanted(DesiredStatus::HardDrained);
  status(Status::HardDrained);
  wanted(DesiredStatus::Activated);
  status(Status::Activated);
  EXPECT_TRUE(says("not healthy"));
}

TEST_F(SafetyWatchTest, WhatIsWantedDrainedStaysSo) {
  wanted(DesiredStatus::HardDrained);
  in_service();
  EXPECT_TRUE(says("wants it drained"));
}

TEST_F(SafetyWatchTest, WhatIsDrainedByHandIsWantedDrained) {
  in_service();
  status(Status::HardDrained, kContributor);
  in_service();
  EXPECT_TRUE(says("wants it drained"));
}

TEST_F(SafetyWatchTest, WhatTheActivatorDrainsIsNotWantedSo) {
  in_service();
  status(Status::SoftDrained);
  in_service();
  EXPECT_EQ(violated(), "");
}

TEST_F(SafetyWatchTest, OfTheSameCodeAnotherRecordBeginsAnew) {
  in_service();
  watch.look_at(kLink, {.kind = RecordEventKind::Created, .signer = kContributor}, kNoon, faults);
  status(Status::Activated);
  EXPECT_TRUE(says("not healthy"));
}

TEST_F(SafetyWatchTest, HealthIsTheMonitorsAndServiceTheActivators) {
  health(Health::Healthy, kContributor);
  EXPECT_TRUE(says("not the monitor"));
  status(Status::Activated, kAuthorities.monitor);
  EXPECT_TRUE(says("not the activator"));
  const auto until_now = watch.violations().size();
  health(Health::Healthy, kAuthorities.foundation);
  EXPECT_EQ(watch.violations().size(), until_now) << "the foundation may write anything";
}

TEST_F(SafetyWatchTest, WithErrorsInItsDayALinkIsNotHealthy) {
  fault("errors device=ams interface=Ethernet1 every=10s at=-3h for=2m");
  health(Health::Healthy);
  EXPECT_TRUE(says("bad"));
}

TEST_F(SafetyWatchTest, ErrorsElsewhereOrNotSeenYetOrLongAgoAreNone) {
  fault("errors device=ams interface=Ethernet2 every=10s at=-3h");
  fault("errors device=lon interface=Ethernet2 every=10s at=-4m");
  fault("errors device=lon interface=Ethernet2 every=10s at=-26h for=1h");
  fault("errors device=lon interface=Ethernet2 counter=out-discards every=10s at=-3h");
  health(Health::Healthy);
  EXPECT_EQ(violated(), "");
}

TEST_F(SafetyWatchTest, ErrorsThatNoRowToldAreNoneYet) {
  fault("errors device=ams interface=Ethernet1 every=10s at=-10m");
  fault("silence device=ams at=-12m");
  health(Health::Healthy);
  EXPECT_EQ(violated(), "");
}

TEST_F(SafetyWatchTest, WhatWasDarkForLongerThanIsAllowedIsNotHealthy) {
  fault("silence device=lon at=-3h for=15m");
  health(Health::Healthy);
  EXPECT_EQ(violated(), "");
  fault("silence device=lon at=-2h for=17m");
  health(Health::Healthy);
  EXPECT_TRUE(says("bad"));
}

TEST_F(SafetyWatchTest, NothingIsLoweredInServiceWithoutAReason) {
  in_service();
  health(Health::Impaired);
  EXPECT_TRUE(says("nothing was wrong"));
}

TEST_F(SafetyWatchTest, AFaultAtAnotherDeviceIsNoReason) {
  in_service();
  fault("silence device=nyc at=-1h");
  health(Health::Impaired);
  EXPECT_TRUE(says("nothing was wrong"));
}

TEST_F(SafetyWatchTest, AFaultAtOneOfItsEndsIsAReason) {
  in_service();
  fault("silence device=lon at=-1h");
  health(Health::Impaired);
  EXPECT_EQ(violated(), "");
}

TEST_F(SafetyWatchTest, ThatEverythingIsSilentIsNoReason) {
  in_service();
  for (const auto& device : network.devices) fault("silence at=-1h device=" + device.code);
  health(Health::Impaired);
  EXPECT_TRUE(says("nothing was wrong"));
}

}  // namespace
}  // namespace dz::demo
