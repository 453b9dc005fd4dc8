#include "client/snapshot_part.h"

#include <gtest/gtest.h>

#include "wire/account_places.h"

namespace dz::client {
namespace {

template <typename Record, typename Encode>
void expect_code_at_its_offset(wire::AccountType type, Encode encode) {
  Record record;
  record.code = "ams-dz001";
  const Bytes bytes = encode(record);
  const auto offset = wire::code_offset(type);
  ASSERT_TRUE(offset);
  const Bytes expected{9, 0, 0, 0, 'a', 'm', 's', '-', 'd', 'z', '0', '0', '1'};
  EXPECT_EQ(Bytes(bytes.begin() + static_cast<std::ptrdiff_t>(*offset),
                  bytes.begin() + static_cast<std::ptrdiff_t>(*offset + expected.size())),
            expected)
      << to_text(type);
}

TEST(SnapshotPart, CodesStandWhereTheOffsetsSay) {
  const auto plain = [](const auto& record) { return wire::encode(record); };
  for (const auto* profile : all_profiles()) {
    const auto profiled = [profile](const auto& record) { return wire::encode(record, *profile); };
    expect_code_at_its_offset<Device>(wire::AccountType::Device, profiled);
    expect_code_at_its_offset<Link>(wire::AccountType::Link, profiled);
  }
  expect_code_at_its_offset<Location>(wire::AccountType::Location, plain);
  expect_code_at_its_offset<Exchange>(wire::AccountType::Exchange, plain);
  expect_code_at_its_offset<Contributor>(wire::AccountType::Contributor, plain);
  EXPECT_FALSE(wire::code_offset(wire::AccountType::User));
}

template <typename Value>
void expect_at(const Bytes& account, std::size_t at, const Value& value) {
  ASSERT_LE(at + value.size(), account.size());
  EXPECT_TRUE(std::equal(value.begin(), value.end(), account.begin() + static_cast<std::ptrdiff_t>(at))) << at;
}
Pubkey key_of(std::uint8_t number) {
  Pubkey key;
  key.bytes.fill(number);
  return key;
}

// However long the texts of a record are.
TEST(SnapshotPart, WhatIsFilteredStandsWhereTheConstantsSay) {
  const Ipv4 ip{{9, 8, 7, 6}};
  for (const auto* profile : all_profiles()) {
    Device device;
    device.code = "a-long-code";
    device.location = key_of(1);
    device.exchange = key_of(2);
    device.public_ip = ip;
    const auto bytes = wire::encode(device, *profile);
    expect_at(bytes, wire::kDeviceLocationAt, key_of(1).bytes);
    expect_at(bytes, wire::kDeviceExchangeAt, key_of(2).bytes);
    expect_at(bytes, wire::kDevicePublicIpAt, ip.octets);
    Link link;
    link.side_a = key_of(3);
    link.side_z = key_of(4);
    expect_at(wire::encode(link, *profile), wire::kLinkSideAAt, key_of(3).bytes);
    expect_at(wire::encode(link, *profile), wire::kLinkSideZAt, key_of(4).bytes);
  }
  User user;
  user.device = key_of(5);
  user.client_ip = ip;
  expect_at(wire::encode(user), wire::kUserDeviceAt, key_of(5).bytes);
  expect_at(wire::encode(user), wire::kUserClientIpAt, ip.octets);
  ResourceExtension pool;
  pool.id = ResourceExtension::IdPool{500, 4596};
  pool.associated_with = key_of(6);
  expect_at(wire::encode(pool), wire::kResourceDeviceAt, key_of(6).bytes);
}

}  // namespace
}  // namespace dz::client
