// The live program as a whole: what it answers to any tag, upstream's own instructions and accounts, a whole life.
#include "program/live/live_fixture.h"
#include "program/rules/allocator.h"
#include "wire/golden_bytes.h"

namespace dz::program::live {
namespace {

using wire::golden::from_hex;

struct LiveProgram : LiveTest {
  ProgramResult run(Bytes data, std::vector<wire::AccountMeta> metas = {}) {
    return ledger.run(wire::Instruction{ledger.program, std::move(metas), std::move(data)});
  }
};

TEST_F(LiveProgram, DeprecatedTagsAndGapsAreTold) {
  for (const std::uint8_t tag : {6, 7, 8, 9, 21, 22, 24, 25, 27, 29, 30, 32, 33, 35, 72, 75, 77, 78}) {
    EXPECT_REFUSED(ledger, run({tag}), wire::ProgramError::Deprecated);
  }
  for (const std::uint8_t tag : {95, 96, 102, 103, 119, 255}) {
    EXPECT_REFUSED(ledger, run({tag}), wire::InstructionErrorKind::InvalidInstructionData);
  }
  EXPECT_REFUSED(ledger, run({}), wire::InstructionErrorKind::InvalidInstructionData);
}

TEST_F(LiveProgram, EveryInstructionOfTheTableIsNamedInTheLogAndWantsAccounts) {
  for (int number = 0; number < 256; ++number) {
    const Bytes data(1, static_cast<std::uint8_t>(number));
    const auto result = run(data);
    if (ledger.log().empty() || !ledger.log().front().starts_with("Instruction: ")) continue;
    EXPECT_EQ(ledger.log().front(), "Instruction: " + std::string(to_text(*wire::instruction_tag(data))));
    EXPECT_FALSE(result) << number;
  }
  EXPECT_FALSE(run({28}));
  EXPECT_EQ(ledger.log().front(), "Instruction: CreateLink");
}

TEST_F(LiveProgram, ItsVersionIsTheNetworks) {
  const auto config = ledger.get<ProgramConfig>(wire::program_config_address(ledger.program).address);
  EXPECT_EQ(to_text(config.version), "0.34.0");
  EXPECT_EQ(to_text(config.min_compatible_version), "0.30.0");
  EXPECT_EQ(*recognise_profile(config.version), &v034_profile());
}

TEST_F(LiveProgram, UpstreamsInstructionsDecode) {
  const auto link =
      wire::decode_args<wire::CreateLinkArgs>(wire::golden::from_hex(wire::golden::kIxCreateLink), ledger.profile);
  ASSERT_TRUE(link);
  EXPECT_EQ(link->code, "link1");
  EXPECT_EQ(link->side_z_iface, "Ethernet1");
  EXPECT_FALSE(link->desired_status);
  EXPECT_TRUE(link->use_onchain_allocation);
  const auto device =
      wire::decode_args<wire::DeleteDeviceArgs>(wire::golden::from_hex(wire::golden::kIxDeleteDevice), ledger.profile);
  ASSERT_TRUE(device);
  EXPECT_EQ(device->resource_count, 2);
  const auto config = wire::decode_args<wire::SetGlobalConfigArgs>(
      wire::golden::from_hex(wire::golden::kIxSetGlobalConfig), ledger.profile);
  ASSERT_TRUE(config);
  EXPECT_EQ(to_text(config->device_tunnel_block), "10.100.0.0/16");
  EXPECT_EQ(config->next_bgp_community, 10042);
}

TEST_F(LiveProgram, UpstreamsInstructionsRun) {
  EXPECT_ACCEPTED(ledger, ledger.add_port(ledger.ams, "Ethernet0"));
  const auto at = ledger.next(wire::link_address);
  auto creation = *create_link(ledger.as(ledger.alice), ledger.state().account_index + 1,
                               {ledger.alices, ledger.ams, ledger.lon}, TestLedger::wan_args(), ledger.profile);
  creation.data = wire::golden::from_hex(wire::golden::kIxCreateLink);
  EXPECT_ACCEPTED(ledger, ledger.run(creation));
  EXPECT_EQ(link(at).code, "link1");
  change_device(ledger.fra, [](Device& d) {
    d.interfaces.clear();
    d.status = Status::Drained;
  });
  auto deletion = delete_device(ledger.as(ledger.bob), ledger.fra, device(ledger.fra));
  deletion.data = wire::golden::from_hex(wire::golden::kIxDeleteDevice);
  EXPECT_ACCEPTED(ledger, ledger.run(deletion));
  EXPECT_FALSE(ledger.exists(ledger.fra));
}

// Upstream's fixtures have addresses that its own program does not accept; with others in their place they are written
// byte for byte.
TEST_F(LiveProgram, UpstreamsAccountsAreWrittenByteForByte) {
  const auto wan = ledger.create_wan();
  auto& link_data = ledger.accounts.at(wan).data;
  link_data = wire::golden::from_hex(wire::golden::kLink);
  EXPECT_REFUSED(ledger, ledger.set_health(ledger.monitor, wan, Health::Healthy), wire::ProgramError::InvalidTunnelNet);
  auto bytes = wire::golden::from_hex(wire::golden::kLink);
  constexpr std::uint8_t kPrivate[] = {10, 0, 0, 0, 31};
  std::copy(std::begin(kPrivate), std::end(kPrivate), bytes.begin() + 145);
  ledger.accounts.at(wan).data = bytes;
  EXPECT_ACCEPTED(ledger, ledger.set_health(ledger.monitor, wan, Health::Healthy));
  EXPECT_EQ(ledger.accounts.at(wan).data, bytes);

  bytes = wire::golden::from_hex(wire::golden::kDevice);
  ledger.accounts.at(ledger.ams).data = bytes;
  EXPECT_REFUSED(ledger, ledger.set_health(ledger.monitor, ledger.ams, Health::Healthy),
                 wire::ProgramError::InvalidPublicIp);
  constexpr std::uint8_t kGlobal[] = {8, 8, 8, 8};
  std::copy(std::begin(kGlobal), std::end(kGlobal), bytes.begin() + 115);  // public_ip
  std::copy(std::begin(kGlobal), std::end(kGlobal), bytes.begin() + 131);  // dz_prefixes[0], after code "tz1"
  ledger.accounts.at(ledger.ams).data = bytes;
  EXPECT_ACCEPTED(ledger, ledger.set_health(ledger.monitor, ledger.ams, device(ledger.ams).health));
  EXPECT_EQ(ledger.accounts.at(ledger.ams).data, bytes);
}

// An account from before there were health and intent takes the defaults, and is written whole.
TEST_F(LiveProgram, AnOlderAccountIsWrittenWhole) {
  const auto wan = ledger.create_wan();
  auto& data = ledger.accounts.at(wan).data;
  const auto whole = data.size();
  data.resize(whole - 10);  // health, desired_status, topologies, flags
  EXPECT_EQ(link(wan).health, Health::Pending);
  EXPECT_EQ(link(wan).desired_status, DesiredStatus::Pending);
  EXPECT_ACCEPTED(ledger, ledger.set_health(ledger.monitor, wan, Health::Healthy));
  EXPECT_EQ(ledger.accounts.at(wan).data.size(), whole);
  EXPECT_EQ(link(wan).health, Health::Healthy);
}

TEST_F(LiveProgram, SamplesAreTakenOfWhatIsInServiceDrainedOrOnItsWay) {
  const auto wan = ledger.create_wan();
  std::uint64_t epoch = 0;
  const auto initialize = [&] {
    return ledger.run(wire::initialize_latency_samples(
        ledger.telemetry, key("agent"), {.origin_device = ledger.ams, .target_device = ledger.lon, .link = wan},
        {.epoch = ++epoch, .sampling_interval_us = 10'000'000}));
  };
  const auto expect = [&](bool taken, wire::TelemetryError otherwise) {
    const auto result = initialize();
    EXPECT_EQ(result.has_value(), taken) << describe(result, ledger.log());
    if (!result) EXPECT_EQ(result.error(), as_error(otherwise));
  };
  for (const auto& [code, status] : ledger.profile.link_status.codes) {
    change_link(wan, [&, s = status](Link& l) { l.status = s; });
    const bool taken = status == Status::Activated || status == Status::Provisioning || status == Status::SoftDrained ||
                       status == Status::HardDrained;
    SCOPED_TRACE(to_text(status));
    expect(taken, wire::TelemetryError::LinkNotReady);
  }
  change_link(wan, [](Link& l) { l.status = Status::Activated; });
  for (const auto& [code, status] : ledger.profile.device_status.codes) {
    change_device(ledger.lon, [&, s = status](Device& d) { d.status = s; });
    const bool taken = status == Status::Activated || status == Status::Drained ||
                       status == Status::DeviceProvisioning || status == Status::LinkProvisioning;
    SCOPED_TRACE(to_text(status));
    expect(taken, wire::TelemetryError::DeviceNotReady);
  }
}

// From provisioning into service, out of it and away, each step by whoever does it there.
class LiveLife : public LiveTest {
 protected:
  LiveLife() : LiveTest({.start_provisioning = true}) {}
  void health(const Pubkey& at, Health health) {
    EXPECT_ACCEPTED(ledger, ledger.set_health(ledger.monitor, at, health));
  }
  void set_device(const Pubkey& who, const wire::UpdateDeviceArgs& args) {
    EXPECT_ACCEPTED(ledger, ledger.set_device(who, ledger.ams, args));
  }
  void set_link(const Pubkey& who, const Pubkey& at, const wire::UpdateLinkArgs& args) {
    EXPECT_ACCEPTED(ledger, ledger.set_link(who, at, args));
  }
};

TEST_F(LiveLife, OfADeviceAndItsLinks) {
  health(ledger.ams, Health::ReadyForLinks);
  set_device(ledger.activator, {.status = Status::LinkProvisioning});
  const auto wan = ledger.create_wan(), dzx = ledger.create_dzx();
  for (const auto& at : {wan, dzx}) {
    EXPECT_EQ(link(at).status, Status::Provisioning);
    health(at, Health::Healthy);
    set_link(ledger.activator, at, {.status = Status::Activated});
  }
  health(ledger.ams, Health::Healthy);
  set_device(ledger.activator, {.status = Status::Activated});

  EXPECT_ACCEPTED(ledger,
                  ledger.set_link_as_z(ledger.bob, dzx,
                                       {.status = Status::SoftDrained, .desired_status = DesiredStatus::SoftDrained}));
  health(dzx, Health::Impaired);
  EXPECT_ACCEPTED(ledger, ledger.set_link_as_z(ledger.bob, dzx, {.desired_status = DesiredStatus::Activated}));
  health(dzx, Health::Healthy);
  set_link(ledger.activator, dzx, {.status = Status::Activated});

  set_device(ledger.alice, {.status = Status::Drained, .desired_status = DesiredStatus::Drained});
  for (const auto& at : {wan, dzx}) {
    EXPECT_REFUSED(ledger, ledger.delete_link(ledger.alice, at), wire::ProgramError::InvalidStatus);
    set_link(ledger.alice, at, {.status = Status::HardDrained, .desired_status = DesiredStatus::HardDrained});
    EXPECT_REFUSED(ledger, ledger.delete_device(ledger.alice, ledger.ams), wire::ProgramError::ReferenceCountNotZero);
    EXPECT_ACCEPTED(ledger, ledger.delete_link(ledger.alice, at));
  }
  for (const auto* name : {"Ethernet1", "Ethernet2", "Ethernet3", "Ethernet4"}) {
    EXPECT_REFUSED(ledger, ledger.delete_device(ledger.alice, ledger.ams), wire::ProgramError::DeviceHasInterfaces);
    EXPECT_ACCEPTED(ledger, ledger.run(delete_interface(ledger.as(ledger.alice), ledger.ams, ledger.alices, name)));
  }
  EXPECT_ACCEPTED(ledger, ledger.delete_device(ledger.alice, ledger.ams));
  for (const auto kind : {wire::ResourceKind::DeviceTunnelBlock, wire::ResourceKind::LinkIds}) {
    EXPECT_EQ(allocated_count(ledger.pool(kind)), 0U);
  }
  EXPECT_EQ(device(ledger.lon).reference_count + device(ledger.fra).reference_count, 0U);
  EXPECT_EQ(ledger.get<Contributor>(ledger.alices).reference_count, 1U);
}

}  // namespace
}  // namespace dz::program::live
