// Accounts of every version that exists, and of some that do not yet, as a reader of the live network (profile v0.34)
// meets them: docs/formats/accounts.md, "How an account is read".
#include <gtest/gtest.h>

#include <algorithm>

#include "wire/accounts.h"
#include "wire/golden_bytes.h"

namespace dz::wire {
namespace {

using golden::from_hex;

Bytes encode_again(ByteView bytes) {
  const auto& profile = v034_profile();
  switch (account_type(bytes)) {
    case AccountType::GlobalState: return encode(decode_global_state(bytes).value());
    case AccountType::GlobalConfig: return encode(decode_global_config(bytes).value());
    case AccountType::Location: return encode(decode_location(bytes).value());
    case AccountType::Exchange: return encode(decode_exchange(bytes).value());
    case AccountType::Device: return encode(decode_device(bytes, profile).value(), profile);
    case AccountType::Link: return encode(decode_link(bytes, profile).value(), profile);
    case AccountType::ProgramConfig: return encode(decode_program_config(bytes).value());
    case AccountType::Contributor: return encode(decode_contributor(bytes).value());
    case AccountType::ResourceExtension: return encode(decode_resource_extension(bytes).value());
    case AccountType::Permission: return encode(decode_permission(bytes).value());
    case AccountType::Index: return encode(decode_index(bytes).value());
    case AccountType::Topology: return encode(decode_topology(bytes).value());
    default: return {};
  }
}

std::vector<Bytes> every_account() {
  std::vector<Bytes> all;
  for (const auto hex : {golden::kProgramConfig, golden::kGlobalState, golden::kGlobalConfig, golden::kLocation,
                         golden::kExchange, golden::kContributor, golden::kDevice, golden::kLink,
                         golden::kResourceExtensionIp, golden::kResourceExtensionId}) {
    all.push_back(wire::golden::from_hex(hex));
  }
  all.push_back(encode(Permission{.bump = 1, .status = PermissionStatus::Suspended, .permissions = 5}));
  all.push_back(encode(Topology{.bump = 2, .name = "GOLD", .admin_group_bit = 3, .flex_algo_number = 131}));
  all.push_back(encode(Index{.entity_type = 8, .key = "mg01", .bump = 4}));
  return all;
}

TEST(AccountVersions, WhatIsReadIsWrittenBackByteForByte) {
  for (const auto& bytes : every_account()) EXPECT_EQ(encode_again(bytes), bytes) << int{bytes[0]};
}

TEST(AccountVersions, TrailingBytesOfALaterProgramAreIgnored) {
  for (const auto& bytes : every_account()) {
    if (account_type(bytes) == AccountType::ResourceExtension) continue;  // its bitmap goes to the end
    auto longer = bytes;
    longer.insert(longer.end(), {1, 2, 3, 0xff, 0xff});
    EXPECT_EQ(encode_again(longer), bytes) << int{bytes[0]};
  }
}

TEST(AccountVersions, SizesAreThoseOfTheLiveNetwork) {
  EXPECT_EQ(encode(ProgramConfig{}).size(), 26U);
  EXPECT_EQ(encode(GlobalState{}).size(), 194U);
  EXPECT_EQ(encode(GlobalConfig{}).size(), 64U);
  EXPECT_EQ(encode(Location{}).size(), 87U);
  EXPECT_EQ(encode(Exchange{}).size(), 147U);
  EXPECT_EQ(encode(Contributor{}).size(), 91U);
  EXPECT_EQ(encode(Permission{}).size(), 83U);
  EXPECT_EQ(encode(Topology{}).size(), 45U);
  EXPECT_EQ(encode(Index{}).size(), 39U);
  EXPECT_EQ(encode(Link{}, v034_profile()).size(), 213U);
  Device device;
  EXPECT_EQ(encode(device, v034_profile()).size(), 228U);
  device.dz_prefixes.resize(2);
  device.interfaces.resize(1);
  device.interfaces[0].name = "Loopback0";
  device.interfaces[0].flex_algo_segments.resize(3);
  EXPECT_EQ(encode(device, v034_profile()).size(), 228U + 2 * 5 + (39 + 9) + (45 + 9 + 3 * 34));
}

// --- the first release, of December 2025

constexpr std::size_t kLinkTail = 1 + 1 + 4 + 4;  // health, desired_status, topologies, flags
constexpr std::size_t kOldVector = 208;           // offset of the old interfaces in the golden device

TEST(FirstRelease, LinkHasNoHealthAndNoIntent) {
  const auto now = wire::golden::from_hex(golden::kLink);
  const auto link = decode_link(ByteView(now).first(now.size() - kLinkTail), v034_profile());
  ASSERT_TRUE(link);
  EXPECT_EQ(link->delay_override_ns, 0U);
  EXPECT_EQ(link->side_z_iface, "Ethernet2");
  EXPECT_EQ(link->health, Health::Pending);
  EXPECT_EQ(link->desired_status, DesiredStatus::Pending);
  EXPECT_TRUE(link->topologies.empty());
  EXPECT_EQ(link->flags, 0U);
}

// 18 fields, interfaces in the tagged vector only: one of the first version, one of the second.
Bytes first_release_device() {
  auto bytes = wire::golden::from_hex(golden::kDevice);
  bytes.resize(kOldVector);
  const auto v1 = wire::golden::from_hex("0006070000005377697463683102000a000a00000118640001");
  const auto v2 = wire::golden::from_hex(
      "0103090000004c6f6f706261636b30010000010000000000000000000000000000000028230000000a00000120640000");
  bytes.insert(bytes.end(), {2, 0, 0, 0});
  bytes.insert(bytes.end(), v1.begin(), v1.end());
  bytes.insert(bytes.end(), v2.begin(), v2.end());
  bytes.insert(bytes.end(), {7, 0, 0, 0, 5, 0, 100, 0});  // reference_count, users_count, max_users
  return bytes;
}

TEST(FirstRelease, DeviceHasOnlyTheTaggedVector) {
  const auto device = decode_device(first_release_device(), v034_profile());
  ASSERT_TRUE(device);
  EXPECT_EQ(device->reference_count, 7U);
  EXPECT_EQ(device->users_count, 5);
  EXPECT_EQ(device->max_users, 100);
  EXPECT_EQ(device->health, Health::Pending);
  EXPECT_EQ(device->desired_status, DesiredStatus::Pending);
  EXPECT_EQ(device->max_unicast_users, 0);
  ASSERT_EQ(device->interfaces.size(), 2U);
  EXPECT_EQ(device->interfaces[0].name, "Switch1");
  EXPECT_EQ(device->interfaces[0].mtu, 9000);
  EXPECT_EQ(device->interfaces[1].name, "Loopback0");
  EXPECT_EQ(device->interfaces[1].loopback, LoopbackType::Vpnv4);
}

TEST(FirstRelease, DeviceIsWrittenInTodaysForm) {
  const auto device = *decode_device(first_release_device(), v034_profile());
  const auto now = encode(device, v034_profile());
  EXPECT_EQ(now[kOldVector + 4], 1);  // the tag of the second version, also for what was of the first
  const auto again = decode_device(now, v034_profile());
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, device);
  EXPECT_EQ(now.size(), 228U + 3 + 5 + 4 + (39 + 7) + (39 + 9) + (45 + 7) + (45 + 9));
}

TEST(FirstRelease, GlobalStateAndConfigEndEarlier) {
  const auto state_now = wire::golden::from_hex(golden::kGlobalState);
  const auto length = state_now.size() - (32 + 4 + 32 + 16 + 32);  // health_oracle, qa_allowlist, flags, feed authority
  const auto state = decode_global_state(ByteView(state_now).first(length));
  ASSERT_TRUE(state);
  EXPECT_EQ(state->user_airdrop_lamports, 50'000U);
  EXPECT_TRUE(state->health_oracle.is_zero());
  EXPECT_TRUE(state->qa_allowlist.empty());
  EXPECT_TRUE(state->feature_flags == 0);
  EXPECT_TRUE(state->feed_authority.is_zero());
  const auto config = decode_global_config(ByteView(wire::golden::from_hex(golden::kGlobalConfig)).first(59));
  ASSERT_TRUE(config);
  EXPECT_EQ(config->next_bgp_community, 10042);
  EXPECT_TRUE(config->multicast_publisher_block.is_default());
}

// --- numbers that name nothing

TEST(UnknownNumbers, UseUpTheirByteAndBecomeTheDefault) {
  auto link = wire::golden::from_hex(golden::kLink);
  link[150] = 2;                          // status
  link[link.size() - kLinkTail] = 9;      // health
  link[link.size() - kLinkTail + 1] = 3;  // desired_status
  const auto l = decode_link(link, v034_profile());
  ASSERT_TRUE(l);
  EXPECT_EQ(l->status, Status::Activated);
  EXPECT_EQ(l->health, Health::Pending);
  EXPECT_EQ(l->desired_status, DesiredStatus::Pending);
  EXPECT_EQ(l->code, "ams-fra");
  auto device = wire::golden::from_hex(golden::kDevice);
  device[114] = 3;  // device_type
  device[119] = 2;  // status
  const auto d = decode_device(device, v034_profile());
  ASSERT_TRUE(d);
  EXPECT_EQ(d->type, DeviceType::Hybrid);
  EXPECT_EQ(d->status, Status::Activated);
  EXPECT_EQ(d->code, "dz1");
  auto location = wire::golden::from_hex(golden::kLocation);
  location[70] = 9;
  EXPECT_EQ(decode_location(location)->status, SiteStatus::Activated);
  EXPECT_EQ(decode_location(location)->code, "ams");
  auto contributor = wire::golden::from_hex(golden::kContributor);
  contributor[50] = 9;
  EXPECT_EQ(decode_contributor(contributor)->status, ContributorStatus::None);
  EXPECT_EQ(decode_contributor(contributor)->code, "co01");
}

TEST(UnknownNumbers, OfADrainedDeviceDifferInStatusAndIntent) {
  auto bytes = wire::golden::from_hex(golden::kDevice);
  bytes[119] = 5;
  EXPECT_EQ(decode_device(bytes, v034_profile())->status, Status::Drained);
  bytes[119] = 6;
  EXPECT_EQ(decode_device(bytes, v034_profile())->status, Status::DeviceProvisioning);
  auto device = *decode_device(bytes, v034_profile());
  device.status = Status::Drained;
  device.desired_status = DesiredStatus::Drained;
  const auto written = encode(device, v034_profile());
  EXPECT_EQ(written[119], 5);
  EXPECT_EQ(decode_device(written, v034_profile())->desired_status, DesiredStatus::Drained);
}

// --- elements of the sized vector

constexpr std::size_t kLastElement = 54;  // bytes, of the golden device

TEST(SizedInterfaces, AnElementMayEndAfterAnyField) {
  const auto bytes = wire::golden::from_hex(golden::kDevice);
  const auto start = bytes.size() - kLastElement;
  const auto full = decode_device(bytes, v034_profile())->interfaces[1];
  for (std::size_t size = 3; size <= kLastElement; ++size) {
    auto cut = bytes;
    cut.resize(start + size);
    cut[start] = static_cast<std::uint8_t>(size);
    const auto device = decode_device(cut, v034_profile());
    ASSERT_TRUE(device) << size;
    const auto& last = device->interfaces[1];
    EXPECT_EQ(last.status, size >= 4 ? full.status : InterfaceStatus::Invalid);
    EXPECT_EQ(last.name, size >= 3 + 14 ? full.name : "") << size;
    EXPECT_EQ(last.mtu, size >= 3 + 14 + 4 + 18 ? full.mtu : 0) << size;
    EXPECT_EQ(last.user_tunnel_endpoint, size >= kLastElement - 4) << size;
  }
}

TEST(SizedInterfaces, AnyNumberButZeroIsATunnelEndpoint) {
  auto bytes = wire::golden::from_hex(golden::kDevice);
  bytes[bytes.size() - 5] = 7;
  EXPECT_TRUE(decode_device(bytes, v034_profile())->interfaces[1].user_tunnel_endpoint);
  bytes[bytes.size() - 5] = 0;
  EXPECT_FALSE(decode_device(bytes, v034_profile())->interfaces[1].user_tunnel_endpoint);
}

TEST(SizedInterfaces, UnknownNumbersOfOneFieldLeaveTheOthers) {
  auto bytes = wire::golden::from_hex(golden::kDevice);
  const auto body = bytes.size() - kLastElement + 3;
  bytes[body] = 9;       // status
  bytes[body + 14] = 4;  // type
  bytes[body + 15] = 6;  // cyoa
  const auto last = decode_device(bytes, v034_profile())->interfaces[1];
  EXPECT_EQ(last.status, InterfaceStatus::Invalid);
  EXPECT_EQ(last.type, InterfaceType::Invalid);
  EXPECT_EQ(last.cyoa, Cyoa::None);
  EXPECT_EQ(last.dia, Dia::Dia);
  EXPECT_EQ(last.bandwidth, 10'000'000'000U);
}

TEST(SizedInterfaces, AreTheTruthBesideTheTaggedOnes) {
  auto bytes = wire::golden::from_hex(golden::kDevice);
  bytes[kOldVector + 4 + 1 + 1 + 4] = 'X';  // the name in the tagged vector
  EXPECT_EQ(decode_device(bytes, v034_profile())->interfaces[0].name, "Loopback0");
  const auto sized = bytes.size() - 4 - 88 - kLastElement;
  std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(sized), bytes.begin() + static_cast<std::ptrdiff_t>(sized) + 4,
            std::uint8_t{0});
  EXPECT_EQ(decode_device(bytes, v034_profile())->interfaces[0].name, "Xoopback0");  // empty: the tagged ones count
}

}  // namespace
}  // namespace dz::wire
