#include "program/live/live_fixture.h"

namespace dz::program::live {
namespace {

class LiveHealth : public LiveTest {
 protected:
  explicit LiveHealth(const ProgramOptions& options = {}) : LiveTest(options) {}
  wire::Instruction health_of_ams(const Pubkey& who, Bytes data) {
    auto instruction = *set_device_health(ledger.as(who), ledger.ams, Health::Healthy, ledger.profile);
    instruction.data = std::move(data);
    return instruction;
  }
};

TEST_F(LiveHealth, IsTwoBytesWithTheNumbersOfTheNetwork) {
  const auto wan = ledger.create_wan();
  EXPECT_EQ(set_device_health(ledger.as(ledger.monitor), ledger.ams, Health::ReadyForLinks, ledger.profile)->data,
            (Bytes{0x53, 2}));
  EXPECT_EQ(set_link_health(ledger.as(ledger.monitor), wan, Health::Impaired, ledger.profile)->data, (Bytes{0x54, 3}));
  EXPECT_ACCEPTED(ledger, ledger.set_health(ledger.monitor, wan, Health::Impaired));
  EXPECT_EQ(link(wan).health, Health::Impaired);
  EXPECT_EQ(link(wan).status, Status::Activated);  // nothing follows from it
  constexpr std::pair<std::uint8_t, Health> kCodes[] = {{0, Health::Unknown},
                                                        {1, Health::Pending},
                                                        {2, Health::ReadyForLinks},
                                                        {3, Health::Healthy},
                                                        {4, Health::Impaired}};
  for (const auto& [code, health] : kCodes) {
    EXPECT_ACCEPTED(ledger, ledger.run(health_of_ams(ledger.monitor, {0x53, code})));
    EXPECT_EQ(device(ledger.ams).health, health);
  }
  EXPECT_REFUSED(ledger, ledger.run(health_of_ams(ledger.monitor, {0x53, 5})),
                 wire::InstructionErrorKind::ProgramFailedToComplete);
  EXPECT_ACCEPTED(ledger, ledger.run(health_of_ams(ledger.monitor, {0x53, 4, 9, 9, 9})));  // what follows is not read
  EXPECT_ACCEPTED(ledger, ledger.run(health_of_ams(ledger.monitor, {0x53})));  // left out: upstream's default
  EXPECT_EQ(device(ledger.ams).health, Health::Pending);
}

TEST_F(LiveHealth, IsTheOraclesAndTheAdministrators) {
  for (const auto& who : {ledger.monitor, ledger.foundation, ledger.activator}) {
    EXPECT_ACCEPTED(ledger, ledger.set_health(who, ledger.ams, Health::Impaired));
  }
  EXPECT_REFUSED(ledger, ledger.set_health(ledger.alice, ledger.ams, Health::Impaired), wire::ProgramError::NotAllowed);
  EXPECT_ACCEPTED(ledger,
                  ledger.run(create_permission(ledger.as(ledger.foundation), {ledger.bob, permission::kHealthOracle})));
  EXPECT_ACCEPTED(ledger, ledger.set_health(ledger.bob, ledger.ams, Health::Impaired));
}

TEST_F(LiveHealth, ThePermissionAccountIsThePayersOrTheInstructionFails) {
  auto instruction = health_of_ams(ledger.monitor, {0x53, 3});
  instruction.accounts.push_back(wire::read_only(wire::permission_address(ledger.program, ledger.activator).address));
  EXPECT_REFUSED(ledger, ledger.run(instruction), wire::InstructionErrorKind::InvalidArgument);
  instruction.accounts.back().key = wire::permission_address(ledger.program, ledger.monitor).address;
  EXPECT_REFUSED(ledger, ledger.run(instruction), wire::InstructionErrorKind::InvalidAccountData);  // there is none
  EXPECT_ACCEPTED(ledger,
                  ledger.run(create_permission(ledger.as(ledger.foundation), {ledger.monitor, permission::kQa})));
  EXPECT_ACCEPTED(ledger, ledger.run(instruction));  // without the right, by the older rule
  instruction.accounts.push_back(wire::read_only(key("elsewhere")));
  EXPECT_ACCEPTED(ledger, ledger.run(instruction));  // nobody looks further
  EXPECT_ACCEPTED(ledger, ledger.run(set_feature_flags(ledger.as(ledger.foundation), kRequirePermissionAccounts)));
  EXPECT_REFUSED(ledger, ledger.run(instruction), wire::ProgramError::NotAllowed);
}

TEST_F(LiveHealth, ARecordThatIsInvalidElsewhereTakesNone) {
  const auto wan = ledger.create_wan();
  change_link(wan, [](Link& l) { l.bandwidth = 1; });  // from before there was a limit
  EXPECT_REFUSED(ledger, ledger.set_health(ledger.monitor, wan, Health::Healthy), wire::ProgramError::InvalidBandwidth);
  change_device(ledger.ams, [](Device& d) { d.dz_prefixes.clear(); });
  EXPECT_REFUSED(ledger, ledger.set_health(ledger.monitor, ledger.ams, Health::Healthy),
                 wire::ProgramError::NoDzPrefixes);
}

TEST_F(LiveHealth, TheDeviceIsWritableAndTheGlobalStateNeedNotBe) {
  auto instruction = health_of_ams(ledger.monitor, {0x53, 3});
  instruction.accounts[1].writable = instruction.accounts[3].writable = false;
  EXPECT_ACCEPTED(ledger, ledger.run(instruction));
  instruction.accounts[0].writable = false;
  EXPECT_REFUSED(ledger, ledger.run(instruction), wire::InstructionErrorKind::ProgramFailedToComplete);
}

struct ProvisioningStart : LiveHealth {
  ProvisioningStart() : LiveHealth({.start_provisioning = true}) {}
};
TEST_F(ProvisioningStart, RecordsStartInProvisioningWithHealthPending) {
  EXPECT_EQ(device(ledger.ams).status, Status::DeviceProvisioning);
  EXPECT_EQ(device(ledger.ams).health, Health::Pending);
  const auto wan = ledger.create_wan(), dzx = ledger.create_dzx(false);
  EXPECT_EQ(link(wan).status, Status::Provisioning);
  EXPECT_EQ(link(wan).health, Health::Pending);
  EXPECT_EQ(link(dzx).status, Status::Requested);
  EXPECT_ACCEPTED(ledger, ledger.run(accept_link(ledger.as(ledger.bob), dzx, link(dzx), ledger.bobs, "Ethernet2")));
  EXPECT_EQ(link(dzx).status, Status::Provisioning);
  EXPECT_EQ(link(dzx).health, Health::Pending);
  EXPECT_ACCEPTED(ledger, ledger.set_health(ledger.monitor, wan, Health::Healthy));
  EXPECT_EQ(link(wan).status, Status::Provisioning);  // the hook is off
}

// --- the hook ---

struct HookRow {
  Status from;
  DesiredStatus desired;
  Health health;
  Status to;
};
using S = Status;
using D = DesiredStatus;
using H = Health;
constexpr HookRow kLinkRows[] = {{S::Provisioning, D::Activated, H::Healthy, S::Activated},
                                 {S::Activated, D::SoftDrained, H::Impaired, S::SoftDrained},
                                 {S::Activated, D::HardDrained, H::Unknown, S::HardDrained},
                                 {S::SoftDrained, D::HardDrained, H::Healthy, S::HardDrained},
                                 {S::HardDrained, D::SoftDrained, H::Healthy, S::SoftDrained},
                                 {S::SoftDrained, D::Activated, H::Healthy, S::Activated},
                                 {S::HardDrained, D::Activated, H::Healthy, S::Activated},
                                 {S::HardDrained, D::Activated, H::Impaired, S::HardDrained},
                                 {S::Provisioning, D::Pending, H::Healthy, S::Provisioning},
                                 {S::Activated, D::Activated, H::Impaired, S::Activated},
                                 {S::Requested, D::Activated, H::Healthy, S::Requested}};
constexpr HookRow kDeviceRows[] = {{S::DeviceProvisioning, D::Pending, H::ReadyForLinks, S::LinkProvisioning},
                                   {S::DeviceProvisioning, D::Activated, H::Healthy, S::Activated},
                                   {S::LinkProvisioning, D::Activated, H::Healthy, S::Activated},
                                   {S::LinkProvisioning, D::Activated, H::ReadyForLinks, S::LinkProvisioning},
                                   {S::Activated, D::Drained, H::Healthy, S::Drained},
                                   {S::Drained, D::Activated, H::ReadyForLinks, S::Activated},
                                   {S::Drained, D::Activated, H::Healthy, S::Activated},
                                   {S::Drained, D::Activated, H::Impaired, S::Drained},
                                   {S::Activated, D::Activated, H::Impaired, S::Activated}};

struct TransitionHook : LiveHealth {
  TransitionHook() : LiveHealth({.transition_hook = true}) {}
};

TEST_F(TransitionHook, MovesARecordWhenItsHealthIsSet) {
  const auto wan = ledger.create_wan();
  for (const auto& row : kLinkRows) {
    SCOPED_TRACE(std::string(to_text(row.from)) + " " + std::string(to_text(row.desired)));
    change_link(wan, [&](Link& l) {
      l.status = row.from;
      l.desired_status = row.desired;
    });
    EXPECT_ACCEPTED(ledger, ledger.set_health(ledger.monitor, wan, row.health));
    EXPECT_EQ(link(wan).status, row.to);
  }
  for (const auto& row : kDeviceRows) {
    SCOPED_TRACE(std::string(to_text(row.from)) + " " + std::string(to_text(row.desired)));
    change_device(ledger.ams, [&](Device& d) {
      d.status = row.from;
      d.desired_status = row.desired;
    });
    EXPECT_ACCEPTED(ledger, ledger.set_health(ledger.monitor, ledger.ams, row.health));
    EXPECT_EQ(device(ledger.ams).status, row.to);
  }
}

TEST_F(TransitionHook, MovesARecordWhenItIsUpdatedCreatedOrAccepted) {
  EXPECT_ACCEPTED(ledger, ledger.set_device(ledger.alice, ledger.ams, {.desired_status = D::Drained}));
  EXPECT_EQ(device(ledger.ams).status, S::Drained);
  auto args = TestLedger::wan_args();
  args.desired_status = D::HardDrained;
  const auto at = ledger.next(wire::link_address);
  EXPECT_ACCEPTED(ledger, ledger.create_link(ledger.alice, args, {ledger.alices, ledger.ams, ledger.lon}));
  EXPECT_EQ(link(at).status, S::HardDrained);
  EXPECT_ACCEPTED(ledger, ledger.set_link(ledger.alice, at, {.desired_status = D::Activated}));
  EXPECT_EQ(link(at).status, S::Activated);  // the forced health is enough for it
  const auto dzx = ledger.create_dzx(false);
  change_link(dzx, [](Link& l) { l.desired_status = D::SoftDrained; });
  EXPECT_ACCEPTED(ledger, ledger.run(accept_link(ledger.as(ledger.bob), dzx, link(dzx), ledger.bobs, "Ethernet2")));
  EXPECT_EQ(link(dzx).status, S::SoftDrained);
}

TEST_F(LiveHealth, TheHookIsOffUnlessAskedFor) {
  EXPECT_ACCEPTED(ledger, ledger.set_device(ledger.alice, ledger.ams, {.desired_status = D::Drained}));
  EXPECT_EQ(device(ledger.ams).status, S::Activated);
}

}  // namespace
}  // namespace dz::program::live
