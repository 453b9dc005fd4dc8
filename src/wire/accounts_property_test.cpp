// Accounts whatever their bytes: cut, random or changed ones never crash a reader, and what is written is read back,
// on every profile.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "wire/accounts.h"
#include "wire/golden_bytes.h"

namespace dz::wire {
namespace {

using golden::from_hex;

template <typename Check>
void for_every_golden(Check&& check) {
  for (const auto hex : {golden::kProgramConfig, golden::kGlobalState, golden::kGlobalConfig, golden::kLocation,
                         golden::kExchange, golden::kContributor, golden::kDevice, golden::kLink,
                         golden::kResourceExtensionIp, golden::kResourceExtensionId, golden::kDeviceLatencySamples}) {
    check(wire::golden::from_hex(hex));
  }
}

void decode_all(ByteView bytes) {
  (void)decode_program_config(bytes);
  (void)decode_global_state(bytes);
  (void)decode_global_config(bytes);
  (void)decode_location(bytes);
  (void)decode_exchange(bytes);
  (void)decode_contributor(bytes);
  (void)decode_permission(bytes);
  (void)decode_topology(bytes);
  (void)decode_index(bytes);
  (void)decode_resource_extension(bytes);
  (void)decode_latency_samples(bytes);
  for (const auto* profile : all_profiles()) {
    if (const auto d = decode_device(bytes, *profile)) {
      const auto again = decode_device(encode(*d, *profile), *profile);
      ASSERT_TRUE(again);
      EXPECT_EQ(*again, *d);
    }
    if (const auto l = decode_link(bytes, *profile)) EXPECT_EQ(decode_link(encode(*l, *profile), *profile), *l);
  }
}

TEST(AccountReading, CutAnywhereNeverCrashes) {
  for_every_golden([](const Bytes& bytes) {
    for (std::size_t length = 0; length <= bytes.size(); ++length) decode_all(ByteView(bytes).first(length));
  });
}

RC_GTEST_PROP(AccountReading, RandomBytesNeverCrash, (const Bytes& tail)) {
  for (std::uint8_t type = 0; type < 20; ++type) {
    Bytes bytes{type};
    bytes.insert(bytes.end(), tail.begin(), tail.end());
    decode_all(bytes);
  }
}

RC_GTEST_PROP(AccountReading, ChangedBytesNeverCrash, ()) {
  for_every_golden([](Bytes bytes) {
    for (int i = 0; i < 3; ++i) {
      bytes[*rc::gen::inRange<std::size_t>(1, bytes.size())] = *rc::gen::arbitrary<std::uint8_t>();
    }
    decode_all(bytes);
  });
}

// --- round trips

Pubkey any_key() {
  Pubkey k;
  for (auto& byte : k.bytes) byte = *rc::gen::arbitrary<std::uint8_t>();
  return k;
}
std::string any_text() { return *rc::gen::container<std::string>(rc::gen::inRange<char>('!', '~')); }
NetworkV4 any_net() {
  return {ipv4_from(*rc::gen::arbitrary<std::uint32_t>()), *rc::gen::inRange<std::uint8_t>(0, 33)};
}
template <typename Word>
Word any_word(Word last) {
  return static_cast<Word>(*rc::gen::inRange(0, static_cast<int>(last) + 1));
}

template <typename Word>
Word any_of(const CodeTable<Word>& table) {
  return table.codes[*rc::gen::inRange<std::size_t>(0, table.codes.size())].second;
}
const Profile& any_profile() {
  const auto profiles = all_profiles();
  return *profiles[*rc::gen::inRange<std::size_t>(0, profiles.size())];
}

Interface any_interface() {
  Interface i;
  i.status = any_word(InterfaceStatus::Unlinked);
  i.name = any_text();
  i.type = any_word(InterfaceType::Physical);
  i.cyoa = any_word(Cyoa::GreOverCable);
  i.dia = any_word(Dia::Dia);
  i.loopback = any_word(LoopbackType::PimRpAddr);
  i.bandwidth = *rc::gen::arbitrary<std::uint64_t>();
  i.cir = *rc::gen::arbitrary<std::uint64_t>();
  i.mtu = *rc::gen::arbitrary<std::uint16_t>();
  i.routing_mode = any_word(RoutingMode::Bgp);
  i.vlan_id = *rc::gen::arbitrary<std::uint16_t>();
  i.ip_net = any_net();
  i.node_segment_idx = *rc::gen::arbitrary<std::uint16_t>();
  i.user_tunnel_endpoint = *rc::gen::arbitrary<bool>();
  for (int n = *rc::gen::inRange(0, 3); n > 0; --n) {
    i.flex_algo_segments.push_back({any_key(), *rc::gen::arbitrary<std::uint16_t>()});
  }
  return i;
}

RC_GTEST_PROP(RoundTrip, Device, ()) {
  const auto& profile = any_profile();
  Device d;
  d.owner = any_key();
  d.index = *rc::gen::arbitrary<std::uint64_t>();
  d.type = any_word(DeviceType::Edge);
  d.public_ip = any_net().address;
  d.status = any_of(profile.device_status);
  d.code = any_text();
  d.mgmt_vrf = any_text();
  d.contributor = any_key();
  d.health = any_of(profile.device_health);
  d.desired_status = any_of(profile.device_desired);
  d.users_count = *rc::gen::arbitrary<std::uint16_t>();
  d.max_users = *rc::gen::arbitrary<std::uint16_t>();
  d.reference_count = *rc::gen::arbitrary<std::uint32_t>();
  for (int n = *rc::gen::inRange(0, 4); n > 0; --n) d.dz_prefixes.push_back(any_net());
  for (int n = *rc::gen::inRange(0, 4); n > 0; --n) d.interfaces.push_back(any_interface());
  const auto back = decode_device(encode(d, profile), profile);
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == d);
}

RC_GTEST_PROP(RoundTrip, Link, ()) {
  const auto& profile = any_profile();
  Link l;
  l.owner = any_key();
  l.index = *rc::gen::arbitrary<std::uint64_t>();
  l.side_a = any_key();
  l.side_z = any_key();
  l.type = any_word(LinkType::Dzx);
  l.bandwidth = *rc::gen::arbitrary<std::uint64_t>();
  l.tunnel_net = any_net();
  l.status = any_of(profile.link_status);
  l.code = any_text();
  l.side_a_iface = any_text();
  l.side_z_iface = any_text();
  l.health = any_of(profile.link_health);
  l.desired_status = any_of(profile.link_desired);
  for (int n = *rc::gen::inRange(0, 4); n > 0; --n) l.topologies.push_back(any_key());
  l.flags = *rc::gen::arbitrary<std::uint32_t>();
  RC_ASSERT(decode_link(encode(l, profile), profile) == l);
}

RC_GTEST_PROP(RoundTrip, PermissionAndSamples, ()) {
  Permission p{any_key(), *rc::gen::arbitrary<std::uint8_t>(), any_word(PermissionStatus::Suspended), any_key(),
               static_cast<unsigned __int128>(*rc::gen::arbitrary<std::uint64_t>()) << 40};
  RC_ASSERT(encode(p).size() == 83U);
  RC_ASSERT(decode_permission(encode(p)) == p);
  LatencySamples s;
  s.epoch = *rc::gen::arbitrary<std::uint64_t>();
  s.link = any_key();
  s.rtt_us = *rc::gen::arbitrary<std::vector<std::uint32_t>>();
  RC_ASSERT(encode(s).size() == 349 + 4 * s.rtt_us.size());
  RC_ASSERT(decode_latency_samples(encode(s)) == s);
}

}  // namespace
}  // namespace dz::wire
