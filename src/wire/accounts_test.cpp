#include "wire/accounts.h"

#include <gtest/gtest.h>

#include "wire/golden_bytes.h"

namespace dz::wire {
namespace {

using golden::from_hex;

Pubkey key(std::uint8_t n) {
  Pubkey k;
  k.bytes[0] = n;
  return k;
}
NetworkV4 net(std::string_view text) { return *parse_network(text); }

TEST(GoldenAccounts, ProgramConfig) {
  const auto bytes = wire::golden::from_hex(golden::kProgramConfig);
  const auto r = decode_program_config(bytes);
  ASSERT_TRUE(r);
  EXPECT_EQ(*r, (ProgramConfig{246, {1, 2, 3}, {1, 0, 0}}));
  EXPECT_EQ(encode(*r), bytes);
}

TEST(GoldenAccounts, GlobalState) {
  const auto bytes = wire::golden::from_hex(golden::kGlobalState);
  const auto r = decode_global_state(bytes);
  ASSERT_TRUE(r);
  EXPECT_EQ(r->bump, 254);
  EXPECT_TRUE(r->account_index == 42);
  EXPECT_EQ(r->foundation_allowlist, std::vector{key(1)});
  EXPECT_EQ(r->activator_authority, key(2));
  EXPECT_EQ(r->sentinel_authority, key(3));
  EXPECT_EQ(r->contributor_airdrop_lamports, 1'000'000'000U);
  EXPECT_EQ(r->user_airdrop_lamports, 50'000U);
  EXPECT_EQ(r->health_oracle, key(4));
  EXPECT_EQ(r->qa_allowlist, std::vector{key(5)});
  EXPECT_TRUE(r->feature_flags == 1);
  EXPECT_EQ(r->feed_authority, key(6));
  EXPECT_EQ(encode(*r), bytes);
}

TEST(GoldenAccounts, GlobalConfig) {
  const auto bytes = wire::golden::from_hex(golden::kGlobalConfig);
  const auto r = decode_global_config(bytes);
  ASSERT_TRUE(r);
  EXPECT_EQ(r->bump, 253);
  EXPECT_EQ(r->local_asn, 65000U);
  EXPECT_EQ(r->remote_asn, 65001U);
  EXPECT_EQ(r->device_tunnel_block, net("10.100.0.0/16"));
  EXPECT_EQ(r->user_tunnel_block, net("10.200.0.0/16"));
  EXPECT_EQ(r->multicastgroup_block, net("239.0.0.0/8"));
  EXPECT_EQ(r->next_bgp_community, 10042);
  EXPECT_EQ(r->multicast_publisher_block, net("148.51.120.0/21"));
  EXPECT_EQ(encode(*r), bytes);
}

TEST(GoldenAccounts, LocationExchangeContributor) {
  const auto location = decode_location(wire::golden::from_hex(golden::kLocation));
  ASSERT_TRUE(location);
  EXPECT_EQ(*location,
            (Location{key(0x20), 4, 252, 52.3676, 4.9041, 4818, SiteStatus::Activated, "ams", "Amsterdam", "NL", 3}));
  EXPECT_EQ(encode(*location), wire::golden::from_hex(golden::kLocation));
  const auto exchange = decode_exchange(wire::golden::from_hex(golden::kExchange));
  ASSERT_TRUE(exchange);
  EXPECT_EQ(*exchange, (Exchange{key(0x30), 12, 251, 52.3676, 4.9041, 10100, 0, SiteStatus::Activated, "xams",
                                 "Amsterdam IX", 5, key(0x31), key(0x32)}));
  EXPECT_EQ(encode(*exchange), wire::golden::from_hex(golden::kExchange));
  const auto contributor = decode_contributor(wire::golden::from_hex(golden::kContributor));
  ASSERT_TRUE(contributor);
  EXPECT_EQ(*contributor, (Contributor{key(0x80), 550, 245, ContributorStatus::Activated, "co01", 7, key(0x81)}));
  EXPECT_EQ(encode(*contributor), wire::golden::from_hex(golden::kContributor));
}

TEST(GoldenAccounts, Link) {
  const auto bytes = wire::golden::from_hex(golden::kLink);
  const auto r = decode_link(bytes, v034_profile());
  ASSERT_TRUE(r);
  EXPECT_EQ(r->owner, key(0x50));
  EXPECT_TRUE(r->index == 99);
  EXPECT_EQ(r->side_a, key(0x51));
  EXPECT_EQ(r->side_z, key(0x52));
  EXPECT_EQ(r->type, LinkType::Wan);
  EXPECT_EQ(r->bandwidth, 10'000'000'000U);
  EXPECT_EQ(r->mtu, 9000U);
  EXPECT_EQ(r->delay_ns, 5'000'000U);
  EXPECT_EQ(r->jitter_ns, 100'000U);
  EXPECT_EQ(r->tunnel_id, 500);
  EXPECT_EQ(r->tunnel_net, net("169.254.1.0/30"));
  EXPECT_EQ(r->status, Status::Activated);
  EXPECT_EQ(r->code, "ams-fra");
  EXPECT_EQ(r->contributor, key(0x53));
  EXPECT_EQ(r->side_a_iface, "Ethernet2");
  EXPECT_EQ(r->side_z_iface, "Ethernet2");
  EXPECT_EQ(r->health, Health::Healthy);  // 2, ready-for-service
  EXPECT_EQ(r->desired_status, DesiredStatus::Activated);
  EXPECT_EQ(encode(*r, v034_profile()), bytes);
}

TEST(GoldenAccounts, Device) {
  const auto bytes = wire::golden::from_hex(golden::kDevice);
  const auto r = decode_device(bytes, v034_profile());
  ASSERT_TRUE(r);
  EXPECT_EQ(r->owner, key(0x40));
  EXPECT_TRUE(r->index == 7);
  EXPECT_EQ(r->location, key(0x41));
  EXPECT_EQ(r->exchange, key(0x42));
  EXPECT_EQ(r->type, DeviceType::Edge);
  EXPECT_EQ(to_text(r->public_ip), "203.0.113.1");
  EXPECT_EQ(r->status, Status::Activated);
  EXPECT_EQ(r->code, "dz1");
  EXPECT_EQ(r->dz_prefixes, std::vector{net("10.10.0.0/24")});
  EXPECT_EQ(r->metrics_publisher, key(0x43));
  EXPECT_EQ(r->contributor, key(0x44));
  EXPECT_EQ(r->mgmt_vrf, "mgmt");
  EXPECT_EQ(r->reference_count, 12U);
  EXPECT_EQ(r->users_count, 5);
  EXPECT_EQ(r->max_users, 100);
  EXPECT_EQ(r->health, Health::Healthy);
  EXPECT_EQ(r->desired_status, DesiredStatus::Activated);
  EXPECT_EQ(r->unicast_users_count, 3);
  EXPECT_EQ(r->multicast_subscribers_count, 2);
  EXPECT_EQ(r->max_unicast_users, 50);
  EXPECT_EQ(r->max_multicast_subscribers, 50);
  EXPECT_EQ(r->reserved_seats, 3);
  EXPECT_EQ(r->multicast_publishers_count, 1);
  EXPECT_EQ(r->max_multicast_publishers, 10);
  ASSERT_EQ(r->interfaces.size(), 2U);
  EXPECT_EQ(r->interfaces[0], (Interface{InterfaceStatus::Activated,
                                         "Loopback0",
                                         InterfaceType::Loopback,
                                         Cyoa::None,
                                         Dia::None,
                                         LoopbackType::Vpnv4,
                                         0,
                                         0,
                                         9000,
                                         RoutingMode::Static,
                                         0,
                                         net("10.0.0.1/32"),
                                         100,
                                         false,
                                         {{key(0x45), 300}}}));
  EXPECT_EQ(r->interfaces[1], (Interface{InterfaceStatus::Activated,
                                         "Ethernet1",
                                         InterfaceType::Physical,
                                         Cyoa::GreOverDia,
                                         Dia::Dia,
                                         LoopbackType::None,
                                         10'000'000'000,
                                         5'000'000'000,
                                         9000,
                                         RoutingMode::Bgp,
                                         100,
                                         net("172.16.0.1/30"),
                                         200,
                                         true,
                                         {}}));
  EXPECT_EQ(encode(*r, v034_profile()), bytes);
}

TEST(GoldenAccounts, ResourceExtensions) {
  const auto ip = decode_resource_extension(wire::golden::from_hex(golden::kResourceExtensionIp));
  ASSERT_TRUE(ip);
  EXPECT_EQ(ip->owner, key(0xc0));
  EXPECT_EQ(ip->bump, 241);
  EXPECT_EQ(ip->associated_with, key(0xc1));
  ASSERT_TRUE(ip->ip);
  EXPECT_EQ(ip->ip->base, net("10.100.0.0/24"));
  EXPECT_EQ(ip->first_free_index, 4U);
  EXPECT_EQ(ip->bitmap.size(), 32U);
  EXPECT_EQ(ip->bitmap[0], 0x0f);
  EXPECT_EQ(encode(*ip), wire::golden::from_hex(golden::kResourceExtensionIp));
  const auto id = decode_resource_extension(wire::golden::from_hex(golden::kResourceExtensionId));
  ASSERT_TRUE(id);
  ASSERT_TRUE(id->id);
  EXPECT_EQ(id->id->start, 0);
  EXPECT_EQ(id->id->end, 64);
  EXPECT_EQ(id->first_free_index, 5U);
  EXPECT_EQ(id->bitmap, (Bytes{0x1f, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(encode(*id), wire::golden::from_hex(golden::kResourceExtensionId));
}

TEST(Accounts, Topology) {
  const auto bytes = wire::golden::from_hex(
      "110700000000000000000000000000000000000000000000000000000000000000fe0f000000554e49434153542d44454641554c5401"
      "810102000000");
  const auto r = decode_topology(bytes);
  ASSERT_TRUE(r);
  EXPECT_EQ(*r, (Topology{key(7), 254, "UNICAST-DEFAULT", 1, 129, TopologyConstraint::Exclude, 2}));
  EXPECT_EQ(encode(*r), bytes);
  EXPECT_EQ(bytes.size(), 45 + r->name.size());
  auto odd = bytes;
  odd[odd.size() - 5] = 9;  // no such constraint
  EXPECT_EQ(decode_topology(odd)->constraint, TopologyConstraint::IncludeAny);
  EXPECT_EQ(decode_topology(odd)->reference_count, 2U);
  EXPECT_EQ(decode_topology(ByteView(bytes).first(bytes.size() - 4))->reference_count, 0U);  // from before it
  EXPECT_FALSE(decode_topology(wire::golden::from_hex(golden::kLink)));
}

TEST(Accounts, Index) {
  const auto bytes = wire::golden::from_hex(
      "1005000000000000000000000000000000000000000000000000000000000000000804000000"
      "6d673031fb");
  const auto r = decode_index(bytes);
  ASSERT_TRUE(r);
  EXPECT_EQ(*r, (Index{key(5), 8, "mg01", 251}));
  EXPECT_EQ(encode(*r), bytes);
  EXPECT_EQ(bytes.size(), 39 + r->key.size());
  EXPECT_FALSE(decode_index(wire::golden::from_hex(golden::kLink)));
}

TEST(GoldenAccounts, LatencySamples) {
  const auto bytes = wire::golden::from_hex(golden::kDeviceLatencySamples);
  const auto r = decode_latency_samples(bytes);
  ASSERT_TRUE(r);
  EXPECT_EQ(r->epoch, 19800U);
  EXPECT_EQ(r->origin_agent, key(1));
  EXPECT_EQ(r->origin_device, key(2));
  EXPECT_EQ(r->target_device, key(3));
  EXPECT_EQ(r->origin_location, key(4));
  EXPECT_EQ(r->target_location, key(5));
  EXPECT_EQ(r->link, key(6));
  EXPECT_EQ(r->sampling_interval_us, 5'000'000U);
  EXPECT_EQ(r->start_timestamp_us, 1'700'000'000'000'000U);
  EXPECT_EQ(std::string_view(r->agent_version.data()), "1.0.0-test");
  EXPECT_EQ(std::string_view(r->agent_commit.data(), 8), "abcd1234");
  EXPECT_EQ(r->rtt_us, (std::vector<std::uint32_t>{100, 200, 300, 400, 500}));
  EXPECT_EQ(encode(*r), bytes);
}

// --- the reading rule

TEST(AccountReading, MissingTailTakesDefaults) {
  auto bytes = wire::golden::from_hex(golden::kLink);
  bytes.resize(bytes.size() - 10);  // an account from before health, desired_status, topologies and flags
  const auto r = decode_link(bytes, rfc_profile());
  ASSERT_TRUE(r);
  EXPECT_EQ(r->health, Health::Pending);
  EXPECT_EQ(r->desired_status, DesiredStatus::Activated);
  EXPECT_TRUE(r->topologies.empty());
  EXPECT_EQ(r->side_z_iface, "Ethernet2");
}

TEST(AccountReading, UnknownNumbersBecomeTheWordForInvalid) {
  auto bytes = wire::golden::from_hex(golden::kLink);
  bytes[150] = 2;  // status: a number taken away long ago
  bytes[114] = 9;  // link type
  const auto r = decode_link(bytes, rfc_profile());
  ASSERT_TRUE(r);
  EXPECT_EQ(r->status, Status::Activated);
  EXPECT_EQ(r->type, LinkType::Wan);
  EXPECT_EQ(r->code, "ams-fra");
}

TEST(AccountReading, OldGlobalConfigHasNoBgpCommunity) {
  const auto r = decode_global_config(ByteView(wire::golden::from_hex(golden::kGlobalConfig)).first(57));
  ASSERT_TRUE(r);
  EXPECT_EQ(r->next_bgp_community, 10000);
  EXPECT_TRUE(r->multicast_publisher_block.is_default());
}

TEST(AccountReading, AnotherTypeIsCorrupt) {
  const auto r = decode_link(wire::golden::from_hex(golden::kDevice), rfc_profile());
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().kind, ErrorKind::Corrupt);
  EXPECT_EQ(r.error().message, "expected a Link account (type 6), found type 5");
  EXPECT_FALSE(decode_location({}));
  EXPECT_FALSE(decode_latency_samples({}));
  EXPECT_FALSE(decode_resource_extension(wire::golden::from_hex(golden::kLink)));
}

TEST(AccountReading, AllowlistsOfTheGlobalStateMustDecode) {
  auto bytes = wire::golden::from_hex(golden::kGlobalState);
  EXPECT_FALSE(decode_global_state(ByteView(bytes).first(40)));
  EXPECT_TRUE(decode_global_state(ByteView(bytes).first(62)));
}

TEST(AccountReading, TypeOfAnAccountIsItsFirstByte) {
  EXPECT_EQ(account_type(wire::golden::from_hex(golden::kDevice)), AccountType::Device);
  EXPECT_EQ(account_type({}), AccountType::None);
  EXPECT_EQ(account_type(Bytes{14}), AccountType::None);
  EXPECT_EQ(account_type(Bytes{19}), AccountType::None);
}

// --- the two vectors of a device's interfaces

constexpr std::size_t kOldVector = 208;  // offset in the golden device
constexpr std::size_t kTailSize = 24;
constexpr std::size_t kOldElements = (1 + 38 + 9) * 2;

TEST(DeviceInterfaces, OldAccountIsReadFromTheOldVector) {
  const auto bytes = wire::golden::from_hex(golden::kDevice);
  const auto full = *decode_device(bytes, rfc_profile());
  const auto end_of_tail = bytes.size() - 4 - 88 - 54;
  for (const auto length : {end_of_tail, kOldVector + 4 + kOldElements}) {
    const auto r = decode_device(ByteView(bytes).first(length), rfc_profile());
    ASSERT_TRUE(r);
    ASSERT_EQ(r->interfaces.size(), 2U);
    EXPECT_EQ(r->interfaces[1], full.interfaces[1]);
    EXPECT_TRUE(r->interfaces[0].flex_algo_segments.empty());  // the old vector has none
  }
  EXPECT_EQ(end_of_tail, kOldVector + 4 + kOldElements + kTailSize);
}

// A device whose old vector has the given elements and that ends before the current one.
Result<Device> with_old_elements(std::uint8_t count, const Bytes& elements) {
  auto bytes = wire::golden::from_hex(golden::kDevice);
  bytes.resize(kOldVector);
  bytes.insert(bytes.end(), {count, 0, 0, 0});
  bytes.insert(bytes.end(), elements.begin(), elements.end());
  return decode_device(bytes, rfc_profile());
}

TEST(DeviceInterfaces, OldestVersionHasDefaultsForWhatItLacks) {
  const auto v1 = wire::golden::from_hex("0006070000005377697463683102000a000a00000118640001");
  const auto r = with_old_elements(1, v1);
  ASSERT_TRUE(r);
  ASSERT_EQ(r->interfaces.size(), 1U);
  EXPECT_EQ(r->interfaces[0], (Interface{InterfaceStatus::Unlinked,
                                         "Switch1",
                                         InterfaceType::Physical,
                                         Cyoa::None,
                                         Dia::None,
                                         LoopbackType::None,
                                         0,
                                         0,
                                         9000,
                                         RoutingMode::Static,
                                         10,
                                         net("10.0.0.1/24"),
                                         100,
                                         true,
                                         {}}));
}

TEST(DeviceInterfaces, OtherTagsOfTheOldVectorAreReadAsTheLedgerReadsThem) {
  auto v2 = wire::golden::from_hex(
      "0103090000004c6f6f706261636b30010000010000000000000000000000000000000028230000000a00000120640000");
  const auto plain = with_old_elements(1, v2);
  ASSERT_TRUE(plain);
  v2[0] = 2;
  EXPECT_EQ(with_old_elements(1, v2), plain);
  v2[0] = 3;  // with segments, which are dropped
  Bytes two = v2;
  two.insert(two.end(), {1, 0, 0, 0});
  two.insert(two.end(), 34, 7);
  two.insert(two.end(), v2.begin(), v2.end());
  two.insert(two.end(), {0, 0, 0, 0});
  const auto v3 = with_old_elements(2, two);
  ASSERT_TRUE(v3);
  ASSERT_EQ(v3->interfaces.size(), 2U);
  EXPECT_EQ(v3->interfaces[0], plain->interfaces[0]);
  EXPECT_EQ(v3->interfaces[1], plain->interfaces[0]);
  const auto unknown = with_old_elements(1, {9});
  ASSERT_TRUE(unknown);
  Interface expected;
  expected.status = InterfaceStatus::Pending;
  EXPECT_EQ(unknown->interfaces, std::vector{expected});  // 9000 bytes of mtu, nothing else
}

TEST(DeviceInterfaces, CountWithoutElementsIsNoInterfaces) {
  auto bytes = wire::golden::from_hex(golden::kDevice);
  bytes.resize(kOldVector);
  bytes.insert(bytes.end(), {0xff, 0xff, 0xff, 0xff});
  const auto r = decode_device(bytes, rfc_profile());
  ASSERT_TRUE(r);
  EXPECT_TRUE(r->interfaces.empty());
}

TEST(DeviceInterfaces, LaterVersionsMayAppendToAnElement) {
  const auto bytes = wire::golden::from_hex(golden::kDevice);
  auto longer = bytes;
  const auto last = bytes.size() - 54;  // the last element, 54 bytes
  longer[last] = 57;
  longer[last + 2] = 5;
  longer.insert(longer.end(), {1, 2, 3});
  EXPECT_EQ(decode_device(longer, rfc_profile()), decode_device(bytes, rfc_profile()));
}

TEST(DeviceInterfaces, VectorsThatContradictEachOtherAreCorrupt) {
  const auto bytes = wire::golden::from_hex(golden::kDevice);
  const auto sized = bytes.size() - 4 - 88 - 54;
  auto fewer = bytes;
  fewer[sized] = 1;
  EXPECT_FALSE(decode_device(fewer, rfc_profile()));
  auto small = bytes;
  small[sized + 4] = 2;  // an element smaller than its own prefix
  small[sized + 5] = 0;
  EXPECT_FALSE(decode_device(small, rfc_profile()));
  EXPECT_FALSE(decode_device(ByteView(bytes).first(bytes.size() - 1), rfc_profile()));
}

// --- latency samples

TEST(LatencySamplesAccount, FirstVersionHasABumpAndNoAgentVersion) {
  const auto now = wire::golden::from_hex(golden::kDeviceLatencySamples);
  Bytes v0{1};
  v0.insert(v0.end(), now.begin() + 1, now.begin() + 9);
  v0.insert(v0.begin() + 1, 254);
  v0.insert(v0.end(), now.begin() + 9, now.begin() + 221);
  v0.insert(v0.end(), 128, 0);
  EXPECT_EQ(v0.size(), 350U);
  v0.insert(v0.end(), now.begin() + 349, now.end());
  auto expected = *decode_latency_samples(now);
  expected.agent_version = {};
  expected.agent_commit = {};
  EXPECT_EQ(decode_latency_samples(v0), expected);
}

TEST(LatencySamplesAccount, CountAboveTheSamplesThereIsCorrupt) {
  auto bytes = wire::golden::from_hex(golden::kDeviceLatencySamples);
  bytes.pop_back();
  const auto r = decode_latency_samples(bytes);
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().kind, ErrorKind::Corrupt);
}

}  // namespace
}  // namespace dz::wire
