// The activator on a ledger as the live network has it, with the history that the ledger itself kept.
#include <gtest/gtest.h>

#include "activator/live_fixture.h"
#include "wire/golden_bytes.h"

namespace dz::activator {
namespace {

// As the live program leaves it: health forced to ready, desired_status activated.
TEST_F(LiveActivator, AFleetDrainedByHandIsLeftAlone) {
  for (int i = 0; i < 4; ++i)
    update(i, {.status = i % 2 == 0 ? Status::HardDrained : Status::SoftDrained}, network.alpha);
  const auto record = network.device("ams");
  ASSERT_TRUE(network.as(network.alpha).update_device({ams, &record}, {.status = Status::Drained}));
  ASSERT_EQ(network.link(codes[0]).health, Health::Healthy);
  ASSERT_EQ(network.link(codes[0]).desired_status, DesiredStatus::Activated);
  auto activator = make();
  run(*activator, minutes{15});
  EXPECT_EQ(activator->counters().sent, 0U);
  EXPECT_EQ(activator->plan().held.size(), 5U);
  for (const auto& [key, held] : activator->plan().held) EXPECT_EQ(held.reason, control::Unproven::DrainedByHand);
  EXPECT_EQ(said("record_held"), 5);  // once each
  // Judging them does not bring them back either.
  judge(0, Health::Impaired);
  judge(0, Health::Healthy);
  activator->on_event(links[0]);
  run(*activator, minutes{2});
  auto again = make({.staged = {.on = true}});
  run(*again, minutes{2});
  EXPECT_EQ(activator->counters().sent + again->counters().sent, 0U);
}

// However often something wakes the activator.
TEST_F(LiveActivator, HistoriesAreReadAFewRequestsASecond) {
  for (int i = 0; i < 4; ++i) {
    update(i, {.status = Status::HardDrained}, network.alpha);
    for (int n = 0; n < 5; ++n) update(i, {.delay_override_ns = 20'000U + static_cast<unsigned>(n)}, network.alpha);
  }
  ActivatorOptions options;
  options.proofs.requests_per_second = 1;
  auto activator = make(options);
  run(*activator, seconds{10}, std::chrono::milliseconds{50});
  EXPECT_GT(activator->proofs().unread(), 0U);
  EXPECT_LE(activator->proofs().requests(), 4U + 10U);
  run(*activator, minutes{2}, std::chrono::milliseconds{50});
  EXPECT_EQ(activator->proofs().unread(), 0U);
  for (const auto& [key, held] : activator->plan().held) EXPECT_EQ(held.reason, control::Unproven::DrainedByHand);
  EXPECT_EQ(activator->plan().held.size(), 4U);
}

// Of very many records, each more rarely.
TEST_F(LiveActivator, QuietTrailsAreLookedAtSoManyASecondAllTogether) {
  for (int i = 0; i < 4; ++i) update(i, {.status = Status::HardDrained}, network.alpha);
  ActivatorOptions options;
  options.proofs.look_again = seconds{10};
  options.proofs.looks_again_a_second = 0.1;
  auto activator = make(options);
  run(*activator, minutes{3});
  EXPECT_EQ(activator->proofs().unread(), 0U);
  const auto first = activator->proofs().requests();
  run(*activator, minutes{20});
  EXPECT_LE(activator->proofs().requests() - first, 20U * 6 + 1);
  EXPECT_GE(activator->proofs().requests() - first, 20U * 6 - 2);
}

TEST_F(LiveActivator, ALinkComesBackWhenItWasUndrainedAndJudgedAnew) {
  auto activator = make();
  drain(0);
  run(*activator, minutes{1});
  judge(0, Health::Impaired);
  undrain(0);
  run(*activator, minutes{2});
  judge(0, Health::Healthy);  // judged before the undrain, landed after it
  run(*activator, minutes{2});
  EXPECT_EQ(status(0), Status::HardDrained);
  ASSERT_EQ(activator->plan().held.size(), 1U);
  EXPECT_EQ(activator->plan().held.begin()->second.reason, control::Unproven::AwaitsJudgement);
  judge(0, Health::Impaired);
  run(*activator, minutes{2});
  EXPECT_EQ(activator->counters().sent, 0U);
  judge(0, Health::Healthy);
  run(*activator, minutes{2});
  EXPECT_EQ(status(0), Status::Activated);
  EXPECT_EQ(activator->counters().sent, 1U);
  EXPECT_TRUE(activator->plan().held.empty());
}

TEST_F(LiveActivator, ADrainByHandIsUndoneByAskingForItsReturn) {
  update(0, {.status = Status::HardDrained}, network.alpha);
  auto activator = make();
  run(*activator, minutes{2});
  // The record looks the same after this; its history does not. An event says so, or a look at it after some minutes.
  for (const int link : {0, 1}) {
    if (link == 1) update(1, {.status = Status::HardDrained}, network.alpha);
    run(*activator, minutes{2});
    update(link, {.desired_status = DesiredStatus::HardDrained}, network.alpha);
    undrain(link);
    judge(link, Health::Impaired);
    judge(link, Health::Healthy);
    if (link == 0) activator->on_event(links[0]);
    run(*activator, link == 0 ? seconds{5} : minutes{12});
    EXPECT_EQ(status(link), Status::Activated);
  }
}

TEST_F(LiveActivator, HealthForcedByTheFoundationIsNoJudgement) {
  auto activator = make();
  drain(0);
  undrain(0);
  judge(0, Health::Impaired);
  judge_as(network.foundation, 0, Health::Healthy);
  run(*activator, minutes{3});
  EXPECT_EQ(status(0), Status::HardDrained);
  EXPECT_EQ(activator->counters().sent, 0U);
}

TEST_F(LiveActivator, OnlyTheNamedAuthorityIsBelieved) {
  ActivatorOptions options;
  options.health_authorities = {network.beta.pubkey()};
  auto activator = make(options);
  drain(0);
  undrain(0);
  judge(0, Health::Impaired);
  judge(0, Health::Healthy);
  run(*activator, minutes{3});
  EXPECT_EQ(activator->counters().sent, 0U);
}

TEST_F(LiveActivator, WishesAreFollowedAtOnce) {
  auto activator = make();
  update(0, {.desired_status = DesiredStatus::SoftDrained}, network.alpha);
  run(*activator, seconds{5});
  EXPECT_EQ(status(0), Status::SoftDrained);
  update(0, {.desired_status = DesiredStatus::HardDrained}, network.alpha);
  activator->on_event(links[0]);
  run(*activator, seconds{5});
  EXPECT_EQ(status(0), Status::HardDrained);
}

TEST_F(LiveActivator, AStagedUndrainDwellsSoftDrainedThroughARestart) {
  ActivatorOptions options;
  options.staged.on = true;
  drain(0);
  undrain(0);
  judge(0, Health::Impaired);
  judge(0, Health::Healthy);
  auto activator = make(options);
  run(*activator, minutes{2});
  EXPECT_EQ(status(0), Status::SoftDrained);
  run(*activator, minutes{7});
  activator = make(options);
  run(*activator, seconds{30});
  EXPECT_EQ(status(0), Status::SoftDrained);
  run(*activator, minutes{2});
  EXPECT_EQ(status(0), Status::Activated);
  EXPECT_EQ(said("status_changed"), 2);
}

TEST_F(LiveActivator, DrainedAgainWhileItDwellsItStays) {
  ActivatorOptions options;
  options.staged.on = true;
  drain(0);
  undrain(0);
  judge(0, Health::Impaired);
  judge(0, Health::Healthy);
  auto activator = make(options);
  run(*activator, minutes{2});
  ASSERT_EQ(status(0), Status::SoftDrained);
  update(0, {.status = Status::HardDrained}, network.alpha);
  run(*activator, minutes{20});
  EXPECT_EQ(status(0), Status::HardDrained);
}

TEST_F(LiveActivator, TheBudgetDefersAndRaisesAnAlarm) {
  ActivatorOptions options;
  options.limits = {.writes_per_minute = 1, .fleet_percent_per_hour = 50};  // 3 of 6 records
  for (int i = 0; i < 4; ++i) update(i, {.desired_status = DesiredStatus::HardDrained}, network.alpha);
  network.advance(minutes{2});
  auto activator = make(options);
  run(*activator, seconds{30});
  EXPECT_EQ(activator->counters().sent, 1U);
  EXPECT_EQ(activator->budget().deferred(), 3U);
  EXPECT_EQ(said("change_budget_spent"), 1);
  run(*activator, minutes{10});
  EXPECT_EQ(activator->counters().sent, 3U);
  // Starting again and again gives no more.
  for (int i = 0; i < 20; ++i) run(*make(options), seconds{5});
  EXPECT_EQ(said("status_changed"), 3);
  run(*activator, std::chrono::hours{1}, seconds{20});
  EXPECT_EQ(said("status_changed"), 4);
}

TEST_F(LiveActivator, ItsKeyNeedsNetworkAdminOrFoundation) {
  const auto problem = [&](const wire::Keypair& key) {
    Activator activator(network.client(), key, {.ids = wire::local_program_ids()},
                        [](service::LogLevel, std::string_view, const service::LogFields&) {});
    activator.step(network.now());
    return activator.problem();
  };
  EXPECT_EQ(problem(network.activator), "");
  EXPECT_EQ(problem(network.foundation), "");
  EXPECT_NE(problem(network.monitor).find("NETWORK_ADMIN"), std::string::npos);
  ASSERT_TRUE(network.as(network.foundation).suspend_permission(network.activator.pubkey()));
  EXPECT_NE(problem(network.activator).find("NETWORK_ADMIN"), std::string::npos);
}

TEST_F(LiveActivator, ObservingNeedsNoRightsAndWritesNothing) {
  update(0, {.desired_status = DesiredStatus::HardDrained}, network.alpha);
  ActivatorOptions options;
  options.ids = wire::local_program_ids();
  options.observe = true;
  options.limits = control::default_change_limits(false);
  Activator activator(
      network.client(), wire::Keypair::generate(), options,
      [this](service::LogLevel, std::string_view event, const service::LogFields&) { log.emplace_back(event); });
  run(activator, minutes{2});
  EXPECT_EQ(activator.problem(), "");
  EXPECT_EQ(said("would_change_status"), 1);
  EXPECT_EQ(status(0), Status::Activated);
}

// The smallest updates there are: nothing but the status is written.
TEST_F(LiveActivator, TheBytesOfAStatusWrite) {
  const wire::Sender sender{wire::local_program_ids().serviceability, network.activator.pubkey(), true};
  const auto link = network.link(codes[0]);
  const auto of_link = update_link(sender, {links[0], link}, {.status = Status::SoftDrained}, v034_profile());
  EXPECT_EQ(of_link->data, wire::golden::from_hex("1f"
                                                  "00000000000000"
                                                  "0107"
                                                  "00000000000000"));
  ASSERT_EQ(of_link->accounts.size(), 6U);
  EXPECT_EQ(of_link->accounts[1].key, link.contributor);
  const auto device_record = network.device("ams");
  const auto of_device =
      update_device(sender, {ams, device_record}, {.status = Status::LinkProvisioning}, v034_profile());
  EXPECT_EQ(of_device->data, wire::golden::from_hex("17"
                                                    "000000000000000000"
                                                    "0107"
                                                    "00"
                                                    "0000000000000000"
                                                    "00000000000000"));
  EXPECT_EQ(of_device->accounts[1].key, device_record.contributor);
}

struct LiveActivatorOfNewRecords : LiveActivator {
  LiveActivatorOfNewRecords() : LiveActivator(program::ProgramOptions{.start_provisioning = true}) {}
};

TEST_F(LiveActivatorOfNewRecords, AreBroughtIntoServiceStepByStep) {
  ASSERT_EQ(network.device("ams").status, Status::DeviceProvisioning);
  ASSERT_EQ(status(0), Status::Provisioning);
  auto activator = make();
  run(*activator, minutes{2});
  EXPECT_EQ(activator->counters().sent, 0U);
  device(Health::ReadyForLinks);
  run(*activator, minutes{2});
  EXPECT_EQ(network.device("ams").status, Status::LinkProvisioning);
  judge_as(network.foundation, 0, Health::Healthy);
  run(*activator, minutes{2});
  EXPECT_EQ(status(0), Status::Provisioning);
  EXPECT_EQ(activator->plan().held.at(links[0]).reason, control::Unproven::HealthNotByAuthority);
  judge(0, Health::Healthy);
  activator->on_event(links[0]);
  device(Health::Healthy);
  run(*activator, minutes{2});
  EXPECT_EQ(status(0), Status::Activated);
  EXPECT_EQ(network.device("ams").status, Status::Activated);
  EXPECT_EQ(activator->counters().sent, 3U);
}

struct LiveActivatorWithHook : LiveActivator {
  LiveActivatorWithHook() : LiveActivator(program::ProgramOptions{.transition_hook = true}) {}
};

TEST_F(LiveActivatorWithHook, FindsNothingToDo) {
  auto activator = make();
  update(0, {.desired_status = DesiredStatus::HardDrained}, network.alpha);
  run(*activator, minutes{2});
  EXPECT_EQ(status(0), Status::HardDrained);
  judge(0, Health::Impaired);
  undrain(0);
  run(*activator, minutes{2});
  judge(0, Health::Healthy);
  run(*activator, minutes{2});
  EXPECT_EQ(status(0), Status::Activated);
  EXPECT_EQ(activator->counters().sent, 0U);
}

}  // namespace
}  // namespace dz::activator
