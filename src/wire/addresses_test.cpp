#include "wire/addresses.h"

#include <gtest/gtest.h>

#include "wire/program_ids.h"

namespace dz::wire {
namespace {

void expect_address(const ProgramAddress& found, std::string_view address, int bump) {
  EXPECT_EQ(to_text(found.address), address);
  EXPECT_EQ(found.bump, bump) << address;
}

const Pubkey& program() { return local_program_ids().serviceability; }

TEST(Addresses, GlobalAccountsOfEveryEnvironment) {
  const auto id = [](std::string_view name) { return (*find_environment(name))->ids.serviceability; };
  expect_address(global_state_address(id("mainnet-beta")), "9krR83okkMCRqtmtJ2uLVmgfXyGfD1h7tEo2Q2wsqXjs", 255);
  expect_address(global_config_address(id("m")), "7jiLhZvcERnAPKnobALqAKGZwe7BR23cUYvrkZCgp5Sy", 254);
  expect_address(program_config_address(id("mainnet-beta")), "AygqqJuwTuG8RQ3x1mT8jXcug3dbQKCLyXCKjC1yrxWD", 255);
  expect_address(global_state_address(id("testnet")), "5cNB1387r3wt3aBAT1uoTge7y1LAadWkC9DFQ3F89Dt6", 255);
  expect_address(global_state_address(id("devnet")), "Fh2p5sDLwsmAWpmmjM14FqRKYkDgRWCBbpa7Mgrv6iGM", 255);
  expect_address(global_state_address(program()), "BDyMLcbs3S9MaaSKhcshb5HHfV9j8kwhgmfFR4ULb8Be", 255);
  expect_address(global_config_address(program()), "Bwyq7Q25F8DF2HS6UKrd8xEWq6LZu1y7s9m6FtViuvHX", 253);
  expect_address(program_config_address(program()), "FHN1ipPzVqhQY67VzNRdZCwZfsF5QAG5de8zXwFuaMeK", 255);
}

TEST(Addresses, GlobalResources) {
  const auto expect = [](ResourceKind kind, std::string_view address, int bump) {
    expect_address(resource_address(program(), kind), address, bump);
  };
  expect(ResourceKind::DeviceTunnelBlock, "E8vVtNPprWuoL5s7FXyvqFt6tQWLJzz3aPbgSA8ZgXv1", 254);
  expect(ResourceKind::UserTunnelBlock, "ANtBebiTFod3yvfk1ZPp56p7ev67cgRmjBdSRH1TvkmA", 254);
  expect(ResourceKind::MulticastGroupBlock, "Fa1rRhC1o78tDxs1avqoqFCK61458SqBbEv1LAU97bbc", 255);
  expect(ResourceKind::MulticastPublisherBlock, "FVwn9KUhhB6dmmJH562YsjMYnG1K5Js51Pc5Qf7yavux", 254);
  expect(ResourceKind::LinkIds, "9nZ9fs64ivDkKrno8X1mfuSZvHBsM1nQBpQPm7srFRjB", 254);
  expect(ResourceKind::SegmentRoutingIds, "HDjj5YL6g5jQXcCgFhS97iRsFrJJ8WJ3sdChgMFMyrWa", 255);
  expect(ResourceKind::VrfIds, "GprFSdr8H1hcoyCAUbtzM86gGk67zLLtRZAUwZDQ5MCk", 251);
  expect(ResourceKind::AdminGroupBits, "BaFHhk1hgE7TZJTBdLpPxQoH13DE7bQ3PDgFEXdyUw8b", 255);
}

TEST(Addresses, IndexedAccounts) {
  expect_address(location_address(program(), 1), "XEY7fFCJ8r1FM9xwyvMqZ3GEgEbKNBTw65N2ynGJXRD", 255);
  expect_address(exchange_address(program(), 2), "7E4C6Mp9XpSLqMRwADRwAH2h4GV5Zo9qzHoevP9tZCVH", 255);
  expect_address(contributor_address(program(), 3), "EeiZ9BooHaxy2fAKqzsg8RVP5Us2wkWGym98fSXsp3hn", 255);
  expect_address(device_address(program(), 4), "tmoBm3uXYerE4m8mxZHYGNeDRtCMSYfeUSHH5vEtnPh", 254);
  expect_address(link_address(program(), 5), "AAJg7bxCpNszgqoFbKSLnjeQNF44qyki7N77p7aFieJp", 255);
}

TEST(Addresses, NamedAccountsAndThoseOfADevice) {
  const auto device = device_address(program(), 4).address;
  expect_address(topology_address(program(), "unicast-Default"), "Hdm9c2Lihqpv8vUZfY6SW34kSsAtkSJjzRtDWWs8QHFv", 254);
  expect_address(tunnel_ids_address(program(), device), "3JY8v6jBzqngHWvKmYeqtbg8ZxrQNQxAH6weefmnD8So", 252);
  expect_address(dz_prefix_block_address(program(), device, 0), "5UXSbyyy26mZ5bS684fX2NsGG5V1Bo71gLVfd8jYAGsf", 255);
  expect_address(permission_address(program(), Pubkey{}), "5HdJMJEAkj6UmrY55N4yE8YnT8U4vX2PmnM1V4jA6Ljq", 255);
  expect_address(latency_samples_address(local_program_ids().telemetry, {}, {}, {}, 42),
                 "FTV9UkC98WaFNKXkUAWKT36ZqrjPDZ97ecyxErMs5wLo", 254);
}

TEST(Addresses, NamesAndKeysAreFoldedAsTheyAreStored) {
  EXPECT_EQ(topology_name("gold-1"), "GOLD-1");
  EXPECT_EQ(index_key("Mg:01"), "mg:01");
  EXPECT_EQ(index_address(program(), "multicast", "MG01"), index_address(program(), "multicast", "mg01"));
  EXPECT_NE(index_address(program(), "multicast", "mg01"), index_address(program(), "Multicast", "mg01"));
}

TEST(Curve, SignBitIsIgnoredAndYIsReduced) {
  Pubkey y{};  // y = 0: x^2 = -1, which has a root in this field
  EXPECT_TRUE(is_on_curve(y));
  y.bytes[31] = 0x80;
  EXPECT_TRUE(is_on_curve(y));
  y.bytes.fill(0xff);  // y = 2^255 - 1 = p + 18
  Pubkey reduced{};
  reduced.bytes[0] = 18;
  EXPECT_EQ(is_on_curve(y), is_on_curve(reduced));
}

TEST(Environments, UnknownNameListsTheKnown) {
  EXPECT_EQ((*find_environment("LocalNet"))->name, "local");
  const auto result = find_environment("moon");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "environment 'moon': expected one of local, devnet, testnet, mainnet-beta");
}

}  // namespace
}  // namespace dz::wire
