// Walks: situations that once were wrong in a design or a draft, each with the policy as it ships (24 h windows).
#include "walk.h"

namespace dz::sim {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using Person = World::Person;

TEST_F(Walk, ActivatedLinksAtHealthUnknown) {
  auto& world = begin({}, Duration{});
  for (std::size_t i = 0; i < world.links().size(); ++i) ASSERT_TRUE(world.override_link(i, Status::Activated));
  for (std::size_t i = 0; i < world.devices(); ++i) ASSERT_TRUE(world.override_device(i, Status::Activated));
  world.start_all();
  world.run(hours{2});
  for (std::size_t i = 0; i < world.links().size(); ++i) expect_link(i, Status::Activated, Health::Pending);
  for (std::size_t i = 0; i < world.devices(); ++i) expect_device(i, Status::Activated, Health::Pending);
  EXPECT_EQ(world.safety().counts().impaired_in_service, 0);
  world.run(hours{22} + minutes{10});
  for (std::size_t i = 0; i < world.links().size(); ++i) expect_link(i, Status::Activated, Health::Healthy);
  for (std::size_t i = 0; i < world.devices(); ++i) expect_device(i, Status::Activated, Health::Healthy);
}

TEST_F(Walk, AFoundationDrainStaysUntilSomebodyUndrains) {
  auto& world = in_service();
  ASSERT_TRUE(world.override_link(kWan, Status::HardDrained));
  EXPECT_EQ(world.link(kWan)->desired_status, DesiredStatus::HardDrained);
  expect_link(kWan, Status::HardDrained, Health::Impaired);
  world.run(minutes{30});
  EXPECT_EQ(world.link(kWan)->status, Status::HardDrained);
  ASSERT_TRUE(world.undrain_link(kWan));
  expect_link(kWan, Status::HardDrained, Health::Impaired);
  world.run(minutes{5});
  expect_link(kWan, Status::Activated, Health::Healthy);
}

TEST_F(Walk, DrainDarkMinuteUndrainWithin90Seconds) {
  auto& world = in_service();
  run_to_second(55);
  ASSERT_TRUE(world.drain_link(kWan, Status::HardDrained));
  silence(kWan, true);
  world.run(seconds{70});
  silence(kWan, false);
  world.run(seconds{15});
  ASSERT_TRUE(world.undrain_link(kWan));
  world.run(hours{2});
  expect_link(kWan, Status::HardDrained, Health::Impaired);
  world.run(hours{22} + minutes{10});
  expect_link(kWan, Status::Activated, Health::Healthy);
}

TEST_F(Walk, DrainedAndHealthyDarkUndrained15SecondsLater) {
  auto& world = in_service();
  ASSERT_TRUE(world.drain_link(kWan, Status::SoftDrained));
  world.run(minutes{5});
  expect_link(kWan, Status::SoftDrained, Health::Healthy);
  run_to_second(58);
  silence(kWan, true);
  world.run(seconds{62});
  silence(kWan, false);
  world.run(seconds{15});
  ASSERT_TRUE(world.undrain_link(kWan));
  expect_link(kWan, Status::SoftDrained, Health::Impaired);
  world.run(minutes{40});
  expect_link(kWan, Status::SoftDrained, Health::Impaired);
}

class WalkOfAgents : public Walk {
 protected:
  // All delivery fails for that long; nothing in service may change.
  World& lose_all_delivery(bool buffering, Duration time) {
    WorldOptions options;
    options.buffering = buffering;
    auto& world = in_service(options);
    EXPECT_TRUE(world.drain_link(kSecondWan, Status::SoftDrained));
    world.run(minutes{5});
    expect_link(kSecondWan, Status::SoftDrained, Health::Healthy);
    run_to_second(30);  // every device was heard in this minute
    world.set_delivery(0, false);
    world.run(time);
    expect_in_service_untouched();
    return world;
  }
  void expect_in_service_untouched() {
    for (const auto i : {kWan, kDzx}) expect_link(i, Status::Activated, Health::Healthy);
    for (const auto i : {kAms, kFra, kLon}) expect_device(i, Status::Activated, Health::Healthy);
    EXPECT_EQ(world_->safety().counts().impaired_in_service, 0);
  }
};

TEST_F(WalkOfAgents, AllDeliveryLostFor40MinutesAgentsThatBuffer) {
  auto& world = lose_all_delivery(true, minutes{40});
  expect_link(kSecondWan, Status::SoftDrained, Health::Healthy);
  world.set_delivery(0, true);
  world.run(minutes{5});
  ASSERT_TRUE(world.undrain_link(kSecondWan));
  world.run(minutes{5});
  expect_link(kSecondWan, Status::Activated, Health::Healthy);
  expect_in_service_untouched();
}

TEST_F(WalkOfAgents, AllDeliveryLostFor40MinutesAgentsThatDoNotBuffer) {
  auto& world = lose_all_delivery(false, minutes{40});
  expect_link(kSecondWan, Status::SoftDrained, Health::Healthy);
  world.set_delivery(0, true);
  world.run(minutes{5});
  ASSERT_TRUE(world.undrain_link(kSecondWan));
  world.run(hours{2});
  expect_link(kSecondWan, Status::SoftDrained, Health::Impaired);  // 40 dark minutes are more than the allowance
  expect_in_service_untouched();
}

TEST_F(WalkOfAgents, AStoreAwayFor6HoursAgentsThatBuffer) {
  auto& world = lose_all_delivery(true, hours{6});
  expect_link(kSecondWan, Status::SoftDrained, Health::Impaired);  // held for max_hold, not for ever
  world.set_delivery(0, true);
  world.run(minutes{5});
  expect_link(kSecondWan, Status::SoftDrained, Health::Healthy);
  expect_in_service_untouched();
}

TEST_F(WalkOfAgents, AStoreAwayFor6HoursAgentsThatDoNotBuffer) {
  auto& world = lose_all_delivery(false, hours{6});
  world.set_delivery(0, true);
  ASSERT_TRUE(world.undrain_link(kSecondWan));
  world.run(hours{2});
  expect_link(kSecondWan, Status::SoftDrained, Health::Impaired);
  expect_in_service_untouched();
}

TEST_F(Walk, TheFirstErrorOfACleanPort) {
  WorldOptions options;
  options.zero_errors = false;
  auto& world = in_service(options);
  ASSERT_TRUE(world.drain_link(kSecondWan, Status::SoftDrained));
  world.run(minutes{5});
  expect_link(kSecondWan, Status::SoftDrained, Health::Healthy);
  auto& ports = world.faults(kAms).ports;
  const auto wan = world.links()[kWan].port_a, second = world.links()[kSecondWan].port_a;
  ports[wan].errors = ports[second].errors = true;
  world.run(options.cadence);  // one reading
  ports[wan].errors = ports[second].errors = false;
  world.run(minutes{5});
  expect_link(kWan, Status::Activated, Health::Healthy);           // damped: one value is no failure
  expect_link(kSecondWan, Status::SoftDrained, Health::Impaired);  // strict: a change of unknown size
  ports[wan].errors = true;
  world.run(minutes{6});
  expect_link(kWan, Status::Activated, Health::Impaired);
}

TEST_F(Walk, AMonitorUpgradeAtHour20) {
  WorldOptions options;
  options.buffering = false;
  auto& world = begin(options, hours{19});
  world.start_all();
  world.run(hours{1});
  world.stop_monitor(0);
  world.run(minutes{8});
  world.start_monitor(0);
  world.run(hours{3} + minutes{30});
  expect_link(kWan, Status::HardDrained, Health::Pending);
  world.run(minutes{35});  // 24 h 13 min since the first row
  for (std::size_t i = 0; i < world.links().size(); ++i) expect_link(i, Status::Activated, Health::Healthy);
  for (std::size_t i = 0; i < world.devices(); ++i) expect_device(i, Status::Activated, Health::Healthy);
}

TEST_F(Walk, ARequestedDzxDrainedBySideA) {
  WorldOptions options;
  options.accept_dzx = false;
  auto& world = begin(options, hours{24} + minutes{15});
  world.start_all();
  EXPECT_FALSE(world.drain_link(kDzx, Status::SoftDrained, Person::Alpha));
  world.run(minutes{30});
  EXPECT_EQ(world.link(kDzx)->status, Status::Requested);
  world.accept_link(kDzx);
  EXPECT_EQ(world.link(kDzx)->status, Status::HardDrained);
  world.run(minutes{10});
  expect_link(kDzx, Status::Activated, Health::Healthy);
}

TEST_F(Walk, ADzxLinkHeldBySideZWhileSideAUndrains) {
  auto& world = in_service();
  ASSERT_TRUE(world.drain_link(kDzx, Status::HardDrained, Person::Beta));
  EXPECT_FALSE(world.undrain_link(kDzx, Person::Alpha));
  world.run(minutes{20});
  EXPECT_EQ(world.link(kDzx)->status, Status::HardDrained);
  ASSERT_TRUE(world.drain_link(kDzx, Status::HardDrained, Person::Alpha));
  ASSERT_TRUE(world.undrain_link(kDzx, Person::Alpha));  // gives up its own hold, not the other's
  world.run(minutes{20});
  EXPECT_EQ(world.link(kDzx)->status, Status::HardDrained);
  ASSERT_TRUE(world.undrain_link(kDzx, Person::Beta));
  world.run(minutes{5});
  expect_link(kDzx, Status::Activated, Health::Healthy);
}

// A write of health is slow on a bad line; whatever people do meanwhile, it takes effect only in the state it judged.
TEST_F(Walk, AHealthOnItsWayWhilePeopleDrainAndUndrain) {
  auto& world = in_service();
  Weather weather;
  weather.lost = 45;
  world.set_monitor_weather(0, weather);
  for (int i = 0; i < 60; ++i) {
    (void)world.drain_link(kWan, Status::SoftDrained);
    world.run(world.random().between(seconds{60}, seconds{150}));
    (void)world.undrain_link(kWan);
    world.run(world.random().between(seconds{1}, seconds{50}));
  }
  calm(world);
  (void)world.undrain_link(kWan);
  world.run(minutes{10});
  expect_link(kWan, Status::Activated, Health::Healthy);
}

// The telemetry agent's bad minutes lie where the monitor was away: when they leave the window of the samples, those of
// the other sources begin with minutes that nobody observed.
TEST_F(Walk, TheTimeThatIsNamedIsTheTimeThatItComes) {
  WorldOptions options;
  options.buffering = false;
  auto& world = in_service(options);
  ASSERT_TRUE(world.drain_device(kAms, Status::HardDrained));
  ASSERT_TRUE(world.drain_link(kWan, Status::HardDrained));
  run_to_second(20);
  world.faults(kAms).ports[world.links()[kWan].port_a].errors = true;
  world.run(minutes{1});
  world.faults(kAms).ports[world.links()[kWan].port_a].errors = false;
  world.stop_monitor(0);
  world.run(minutes{1});
  world.faults(kAms).no_telemetry_agent = true;
  world.run(minutes{3});
  world.faults(kAms).no_telemetry_agent = false;
  world.run(minutes{4});
  world.start_monitor(0);
  ASSERT_TRUE(world.undrain_device(kAms));
  ASSERT_TRUE(world.undrain_link(kWan));
  world.run(minutes{10});
  world.watch_promises();
  expect_device(kAms, Status::HardDrained, Health::Impaired);
  expect_link(kWan, Status::HardDrained, Health::Impaired);
  world.run(hours{24});
  expect_device(kAms, Status::Activated, Health::Healthy);
  expect_link(kWan, Status::Activated, Health::Healthy);
  EXPECT_EQ(world.promises().kept(), 2);
}

TEST_F(Walk, ATransitDevice) {
  WorldOptions options;
  options.transit = true;
  auto& world = in_service(options);
  EXPECT_EQ(world.device_record(kLon)->type, DeviceType::Transit);
}

TEST_F(Walk, TwoBadMinutesOfEvery5) {
  auto& world = in_service();
  auto& port = world.faults(kAms).ports[world.links()[kWan].port_a];
  run_to_second(1);
  const auto five_minutes = [&] {
    port.errors = true;
    world.run(minutes{2} - seconds{5});
    port.errors = false;
    world.run(minutes{3} + seconds{5});
  };
  for (int i = 0; i < 4; ++i) five_minutes();
  expect_link(kWan, Status::Activated, Health::Healthy);  // 8 bad minutes of the last 60, never 3 of 5
  for (int i = 0; i < 2; ++i) five_minutes();
  expect_link(kWan, Status::Activated, Health::Impaired);  // 10 of 60
}

}  // namespace
}  // namespace dz::sim
