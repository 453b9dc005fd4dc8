#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "wire/golden_bytes.h"
#include "wire/instructions/device.h"
#include "wire/instructions/global.h"
#include "wire/instructions/index.h"
#include "wire/instructions/link.h"
#include "wire/instructions/permission.h"
#include "wire/instructions/resource.h"
#include "wire/instructions/site.h"
#include "wire/instructions/solana.h"
#include "wire/instructions/telemetry.h"
#include "wire/instructions/topology.h"
#include "wire/program_ids.h"

namespace dz::wire {
namespace {

using golden::from_hex;

Pubkey key(std::uint8_t n) {
  Pubkey k;
  k.bytes[0] = n;
  return k;
}
const Profile& profile() { return rfc_profile(); }

// --- whole instructions as upstream's own builders make them

Sender golden_sender() { return {pubkey_literal("JAQxrJ2WuDF4APfSifurJJ4HzV5Z3FyBuBeSMj7mo9aw"), key(1)}; }

void expect_golden(const Instruction& instruction, std::string_view data_hex,
                   const std::vector<std::string_view>& accounts) {
  EXPECT_EQ(instruction.program, golden_sender().program);
  EXPECT_EQ(instruction.data, wire::golden::from_hex(data_hex));
  ASSERT_EQ(instruction.accounts.size(), accounts.size());
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    EXPECT_EQ(to_text(instruction.accounts[i].key), accounts[i]) << i;
    EXPECT_TRUE(instruction.accounts[i].writable) << i;
    EXPECT_EQ(instruction.accounts[i].signer, i + 2 == accounts.size()) << i;
  }
}

TEST(GoldenInstruction, CreateLink) {
  CreateLinkArgs args;
  args.code = "link1";
  args.bandwidth = 10'000'000'000;
  args.mtu = 9000;
  args.delay_ns = 1'000'000;
  args.jitter_ns = 100'000;
  args.side_a_iface = "Ethernet0";
  args.side_z_iface = "Ethernet1";
  const auto ix = create_link(golden_sender(), 1, {key(2), key(3), key(4)}, args, profile());
  ASSERT_TRUE(ix);
  expect_golden(*ix, golden::kIxCreateLink,
                {"DC4M2Jnbd18tEDawat12LeSM6yhpsoLc85fPgRetecjg", "8opHzTAnfzRpPEx21XtnrVTX28YQuCpAjcn1PczScKh",
                 "CiDwVBFgWV9E5MvXWoLgnEgn2hK7rJikbvfWavzAQz3", "GcdayuLaLyrdmUu324nahyv33G5poQdLUEZ1nEytDeP",
                 "6jZM9CiKnZoczQYHRDee4Jtxqmzj3B5YnyYgWazYGGeH", "6FxhPfvABPaqh6BQ4enyjo8eby9Lm4RQT82fJsY2AEXX",
                 "CSMSqSVkMGsCnYnA8wh6iLTaiqyvvL94VLTpPRBTA3k", "BqNoDg8kRa7W836rnGxKvFFaN3qPknupSRw9aEXR2pqS",
                 "4uQeVj5tqViQh7yWWGStvkEG1Zmhx6uasJtWCJziofM", "11111111111111111111111111111111"});
}

TEST(GoldenInstruction, DeleteDevice) {
  Device record;
  record.contributor = key(3);
  record.location = key(4);
  record.exchange = key(5);
  record.owner = key(8);
  record.dz_prefixes.resize(1);
  const Pubkey owners[] = {key(6), key(7)};
  expect_golden(delete_device(golden_sender(), key(2), record, owners), golden::kIxDeleteDevice,
                {"8opHzTAnfzRpPEx21XtnrVTX28YQuCpAjcn1PczScKh", "CiDwVBFgWV9E5MvXWoLgnEgn2hK7rJikbvfWavzAQz3",
                 "6jZM9CiKnZoczQYHRDee4Jtxqmzj3B5YnyYgWazYGGeH", "GcdayuLaLyrdmUu324nahyv33G5poQdLUEZ1nEytDeP",
                 "LX3EUdRUBUa3TbsYXLEUdj9J3prXkWXvLYSWyYyc2Jj", "F8iPPa4vvGHY3U2UbUnsAnthUmUjpAyHUfUP9Bqa6mst",
                 "7HgxiHXdofpwuXbNHKmG3tNnXZTkJXkjLMqnAcZ5StNB", "QRSsyMWN1yHT9ir42bgNZUNZ4PdEhcSWCrL2AryKpy5",
                 "UKrXU5bFrTzrqqpZXs8GVDbp4xPweiM65ADXNAy3ddR", "YEGAxog9gxiGXxo538aAQxq55XAebpFfwU72ZUxmSHm",
                 "4uQeVj5tqViQh7yWWGStvkEG1Zmhx6uasJtWCJziofM", "11111111111111111111111111111111"});
}

TEST(GoldenInstruction, SetGlobalConfig) {
  SetGlobalConfigArgs args;
  args.local_asn = 65000;
  args.remote_asn = 65001;
  args.device_tunnel_block = *parse_network("10.100.0.0/16");
  args.user_tunnel_block = *parse_network("10.200.0.0/16");
  args.multicastgroup_block = *parse_network("239.0.0.0/8");
  args.next_bgp_community = 10042;
  args.multicast_publisher_block = *parse_network("148.51.120.0/21");
  expect_golden(set_global_config(golden_sender(), args), golden::kIxSetGlobalConfig,
                {"B4ZFJXpLosBzBfjmWC65iRbk3B5tmznqwVY9jrivCbEL", "6jZM9CiKnZoczQYHRDee4Jtxqmzj3B5YnyYgWazYGGeH",
                 "CSMSqSVkMGsCnYnA8wh6iLTaiqyvvL94VLTpPRBTA3k", "AJXqWkfpNu4SLZKhT1JR834ByCHkHLkTGc4bfxiF1Sdy",
                 "3mYs518BPaTLS2YCQTZwtZSxR7ZrX8zENtA6tKiGV8Tp", "BqNoDg8kRa7W836rnGxKvFFaN3qPknupSRw9aEXR2pqS",
                 "wM98w61NXSv2e3yNRm7cwai61XXt5jEr8a1wTMSzJS2", "6HAjyaWj3Hvo7k2DY66uHQvNBNg3qqovsP4vknSbaZCH",
                 "H8Q6uDRMQJxgF3VtHFcQ74uw7HW79uewSTejfxUMcxHx", "28xBTbuoHAHT5dTHKEVdrizvfzzjErAL9m2BFfqGZxVE",
                 "4uQeVj5tqViQh7yWWGStvkEG1Zmhx6uasJtWCJziofM", "11111111111111111111111111111111"});
}

// --- the smallest forms, which the activator and the monitor send

Sender sender() { return {local_program_ids().serviceability, key(1)}; }

TEST(StatusUpdate, OfALinkIsSixteenZerosAroundTheStatus) {
  Link record;
  record.contributor = key(9);
  UpdateLinkArgs args;
  args.status = Status::HardDrained;
  const auto ix = update_link(sender(), {key(5), record}, args, profile());
  ASSERT_TRUE(ix);
  EXPECT_EQ(ix->data, wire::golden::from_hex("1f"
                                             "00000000000000"
                                             "0106"
                                             "00000000000000"));
  ASSERT_EQ(ix->accounts.size(), 5U);
  EXPECT_EQ(ix->accounts[0].key, key(5));
  EXPECT_EQ(ix->accounts[1].key, key(9));
  EXPECT_EQ(ix->accounts[2].key, global_state_address(sender().program).address);
  EXPECT_EQ(ix->accounts[3], (AccountMeta{key(1), true, true}));
}

TEST(StatusUpdate, OfADevice) {
  Device record;
  record.contributor = key(9);
  UpdateDeviceArgs args;
  args.status = Status::SoftDrained;
  const auto ix = update_device(sender(), {key(5), record}, args, profile());
  ASSERT_TRUE(ix);
  EXPECT_EQ(ix->data, wire::golden::from_hex("17"
                                             "000000000000000000"
                                             "0105"
                                             "00"
                                             "0000000000000000"
                                             "00000000000000"));
  EXPECT_EQ(ix->accounts.size(), 5U);
}

TEST(Health, IsTwoBytesUnlessItNamesTheStateItWasJudgedIn) {
  const auto plain = set_link_health(sender(), key(5), Health::Healthy, profile());
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->data, (Bytes{0x54, 2}));
  EXPECT_EQ(set_device_health(sender(), key(5), Health::Impaired, profile())->data, (Bytes{0x53, 3}));
  const lifecycle::JudgedState judged{Status::HardDrained, DesiredStatus::SoftDrained, Health::Pending};
  const auto named = set_link_health(sender(), key(5), Health::Healthy, profile(), judged);
  ASSERT_TRUE(named);
  EXPECT_EQ(named->data, (Bytes{0x54, 2, 6, 1, 1}));
  EXPECT_EQ(decode_args<SetLinkHealthArgs>(named->data, profile())->judged, judged);
  EXPECT_EQ(decode_args<SetLinkHealthArgs>(plain->data, profile())->judged, std::nullopt);
  for (const auto& bad :
       {Bytes{0x54}, Bytes{0x54, 4}, Bytes{0x54, 2, 6}, Bytes{0x54, 2, 6, 1}, Bytes{0x54, 2, 2, 1, 1}}) {
    EXPECT_FALSE(decode_args<SetLinkHealthArgs>(bad, profile()));
  }
}

TEST(Words, WithoutANumberOnThisLedgerAreRefusedByName) {
  UpdateDeviceArgs args;
  args.status = Status::Requested;  // links only
  const auto ix = update_device(sender(), {key(5), {}}, args, profile());
  ASSERT_FALSE(ix);
  EXPECT_EQ(ix.error().kind, ErrorKind::Refused);
  EXPECT_NE(ix.error().message.find("'requested'"), std::string::npos);
}

// --- accounts

TEST(Tail, PermissionAccountComesLastWhenAskedFor) {
  auto with = sender();
  with.with_permission = true;
  const auto ix = set_authority(with, {});
  ASSERT_EQ(ix.accounts.size(), 4U);
  EXPECT_EQ(ix.accounts[3], read_only(permission_address(with.program, key(1)).address));
  EXPECT_EQ(ix.accounts[2].key, kSystemProgramId);
}

TEST(UpdateLink, ActingAsSideZNamesItsDevice) {
  Link record;
  record.contributor = key(9);
  record.side_z = key(7);
  UpdateLinkArgs args;
  args.desired_status = DesiredStatus::HardDrained;
  const auto ix = update_link(sender(), {key(5), record}, args, profile(), key(8));
  ASSERT_TRUE(ix);
  ASSERT_EQ(ix->accounts.size(), 6U);
  EXPECT_EQ(ix->accounts[1].key, key(8));
  EXPECT_EQ(ix->accounts[2].key, key(7));
}

TEST(CreateLink, StatusIsAppendedOnlyWhenChosen) {
  CreateLinkArgs args;
  args.code = "a:b";
  const auto plain = create_link(sender(), 1, {}, args, profile());
  args.status = Status::SoftDrained;
  const auto chosen = create_link(sender(), 1, {}, args, profile());
  ASSERT_TRUE(plain && chosen);
  auto expected = plain->data;
  expected.push_back(7);
  EXPECT_EQ(chosen->data, expected);
  EXPECT_EQ(decode_args<CreateLinkArgs>(plain->data, profile())->status, std::nullopt);
  EXPECT_EQ(decode_args<CreateLinkArgs>(chosen->data, profile())->status, Status::SoftDrained);
}

TEST(DeleteLink, BySideZNamesTheLinksContributorToo) {
  Link record;
  record.contributor = key(9);
  record.owner = key(3);
  record.topologies = {key(20), key(20), key(21)};
  const auto by_a = delete_link(sender(), key(5), record);
  ASSERT_EQ(by_a.accounts.size(), 12U);
  EXPECT_EQ(by_a.accounts[1].key, key(9));
  EXPECT_EQ(by_a.accounts[7].key, key(3));
  EXPECT_EQ(by_a.accounts[8].key, key(20));
  EXPECT_EQ(by_a.accounts[9].key, key(21));
  const auto by_z = delete_link(sender(), key(5), record, key(8));
  ASSERT_EQ(by_z.accounts.size(), 13U);
  EXPECT_EQ(by_z.accounts[1].key, key(8));
  EXPECT_EQ(by_z.accounts[8].key, key(9));
}

TEST(UpdateLink, TunnelAndTopologiesBringTheirAccounts) {
  Link record;
  record.side_a = key(6);
  record.side_z = key(7);
  record.topologies = {key(20), key(21)};
  UpdateLinkArgs args;
  args.tunnel_net = *parse_network("10.0.0.0/31");
  args.topologies = {key(21), key(22)};
  const auto ix = update_link(sender(), {key(5), record}, args, profile());
  ASSERT_TRUE(ix);
  std::vector<Pubkey> keys;
  for (const auto& meta : ix->accounts) keys.push_back(meta.key);
  const auto program = sender().program;
  EXPECT_EQ(keys, (std::vector<Pubkey>{key(5), record.contributor, global_state_address(program).address, key(6),
                                       key(7), resource_address(program, ResourceKind::DeviceTunnelBlock).address,
                                       resource_address(program, ResourceKind::LinkIds).address, key(20), key(21),
                                       key(22), key(1), kSystemProgramId}));
  EXPECT_TRUE(decode_args<UpdateLinkArgs>(ix->data, profile())->use_onchain_allocation);
}

TEST(UpdateDevice, PrefixesBringThePoolsOfTheLongerList) {
  Device record;
  record.dz_prefixes.resize(1);
  UpdateDeviceArgs args;
  args.dz_prefixes = std::vector<NetworkV4>(3);
  const auto ix = update_device(sender(), {key(5), record}, args, profile(), key(30));
  ASSERT_TRUE(ix);
  EXPECT_EQ(ix->accounts.size(), 5U + 1 + 4 + 2);  // state and tail, config, pools, two locations
  EXPECT_EQ(decode_args<UpdateDeviceArgs>(ix->data, profile())->resource_count, 4U);
  args.dz_prefixes = std::vector<NetworkV4>(100);
  EXPECT_FALSE(update_device(sender(), {key(5), record}, args, profile()));
}

TEST(CreateDevice, NamesOnePoolAPrefixAndOneForTunnels) {
  CreateDeviceArgs args;
  args.dz_prefixes.resize(2);
  const auto ix = create_device(sender(), 4, {key(2), key(3), key(4)}, args, profile());
  ASSERT_TRUE(ix);
  ASSERT_EQ(ix->accounts.size(), 6U + 3 + 2);
  EXPECT_EQ(to_text(ix->accounts[0].key), "tmoBm3uXYerE4m8mxZHYGNeDRtCMSYfeUSHH5vEtnPh");
  EXPECT_EQ(to_text(ix->accounts[6].key), "3JY8v6jBzqngHWvKmYeqtbg8ZxrQNQxAH6weefmnD8So");
  EXPECT_EQ(to_text(ix->accounts[7].key), "5UXSbyyy26mZ5bS684fX2NsGG5V1Bo71gLVfd8jYAGsf");
  EXPECT_EQ(decode_args<CreateDeviceArgs>(ix->data, profile())->resource_count, 3);
}

TEST(Resource, ArgumentsCarryTheDeviceOnlyWhenItHasOne) {
  EXPECT_EQ(create_resource(sender(), {ResourceKind::LinkIds, {}, 0}).data, (Bytes{81, 6}));
  const auto ix = create_resource(sender(), {ResourceKind::DzPrefixBlock, key(5), 1});
  EXPECT_EQ(ix.data.size(), 2U + 32 + 8);
  EXPECT_EQ(ix.accounts[1].key, key(5));
  EXPECT_EQ(decode_args<CreateResourceArgs>(ix.data, profile())->resource,
            (ResourceType{ResourceKind::DzPrefixBlock, key(5), 1}));
  const DeallocateResourceArgs free{{ResourceKind::LinkIds, {}, 0}, {std::uint16_t{7}}};
  EXPECT_EQ(encode(free), (Bytes{82, 6, 1, 7, 0}));
  EXPECT_FALSE(decode_args<DeallocateResourceArgs>(Bytes{82, 6}, profile()));  // all of it must be there
  EXPECT_TRUE(decode_args<AllocateResourceArgs>(Bytes{80, 6}, profile()));
}

std::vector<Pubkey> keys_of(const Instruction& instruction) {
  std::vector<Pubkey> keys;
  for (const auto& meta : instruction.accounts) keys.push_back(meta.key);
  return keys;
}

TEST(Topology, InstructionsNameTheirAccounts) {
  const auto& program = sender().program;
  const auto at = topology_address(program, "GOLD").address;
  const auto state = global_state_address(program).address;
  const auto create = create_topology(sender(), {"gold", TopologyConstraint::Exclude});
  EXPECT_EQ(create.data, wire::golden::from_hex("6b04000000676f6c6401"));
  EXPECT_EQ(create.accounts,
            (std::vector<AccountMeta>{writable(at),
                                      writable(resource_address(program, ResourceKind::AdminGroupBits).address),
                                      read_only(state),
                                      {key(1), true, true},
                                      writable(kSystemProgramId)}));
  const auto gone = delete_topology(sender(), "gold");
  EXPECT_EQ(gone.data, wire::golden::from_hex("6c04000000676f6c64"));
  EXPECT_EQ(keys_of(gone), (std::vector<Pubkey>{at, state, key(1), kSystemProgramId}));
  const Pubkey links[] = {key(5), key(6)};
  const auto clear = clear_topology(sender(), "gold", links);
  EXPECT_EQ(clear.data, wire::golden::from_hex("6d04000000676f6c64"));
  EXPECT_EQ(keys_of(clear), (std::vector<Pubkey>{at, state, key(5), key(6), key(1), kSystemProgramId}));
  EXPECT_TRUE(clear.accounts[0].writable && clear.accounts[3].writable);
  const auto assign = assign_node_segments(sender(), "gold", links);
  EXPECT_EQ(assign.data, wire::golden::from_hex("6e04000000676f6c64"));
  EXPECT_EQ(keys_of(assign),
            (std::vector<Pubkey>{at, resource_address(program, ResourceKind::SegmentRoutingIds).address, state, key(5),
                                 key(6), key(1), kSystemProgramId}));
  EXPECT_FALSE(assign.accounts[0].writable);
  EXPECT_FALSE(decode_args<CreateTopologyArgs>(wire::golden::from_hex("6b04000000676f6c6402"),
                                               profile()));  // no such constraint
}

TEST(Index, InstructionsNameTheirAccounts) {
  const auto create = create_index(sender(), {"multicast", "Mg01"}, key(5));
  EXPECT_EQ(create.data, wire::golden::from_hex("68090000006d756c746963617374040000004d673031"));
  const auto at = index_address(sender().program, "multicast", "mg01").address;
  EXPECT_EQ(keys_of(create), (std::vector<Pubkey>{at, key(5), global_state_address(sender().program).address, key(1),
                                                  kSystemProgramId}));
  EXPECT_TRUE(create.accounts[0].writable);
  EXPECT_FALSE(create.accounts[1].writable);
  EXPECT_EQ(delete_index(sender(), at).data, (Bytes{105}));
  EXPECT_EQ(delete_index(sender(), at).accounts.size(), 4U);
}

TEST(MinVersion, IsThreeNumbers) {
  const auto ix = set_min_version(sender(), {0, 30, 1});
  EXPECT_EQ(ix.data, wire::golden::from_hex("4f000000001e00000001000000"));
  EXPECT_EQ(keys_of(ix),
            (std::vector<Pubkey>{program_config_address(sender().program).address,
                                 global_state_address(sender().program).address, key(1), kSystemProgramId}));
  EXPECT_EQ(decode_args<SetMinVersionArgs>(ix.data, profile())->version, (Version{0, 30, 1}));
}

TEST(Telemetry, AgentSignsAndPays) {
  const auto& telemetry = local_program_ids().telemetry;
  const auto init = initialize_latency_samples(telemetry, key(1), {{}, {}, {}}, {42, 10'000'000, {}, {}});
  EXPECT_EQ(to_text(init.accounts[0].key), "FTV9UkC98WaFNKXkUAWKT36ZqrjPDZ97ecyxErMs5wLo");
  EXPECT_EQ(init.accounts[1], (AccountMeta{key(1), true, true}));
  EXPECT_EQ(init.accounts.size(), 6U);
  EXPECT_EQ(init.data.size(), 1U + 8 + 8 + 16 + 8);
  const auto old_agent = decode_args<InitializeLatencySamplesArgs>(ByteView(init.data).first(17), profile());
  ASSERT_TRUE(old_agent);
  EXPECT_EQ(old_agent->epoch, 42U);
  const auto write = write_latency_samples(telemetry, key(1), key(2), {9, {1, 0}, {}, {}});
  EXPECT_EQ(write.accounts.size(), 3U);
  EXPECT_EQ(decode_args<WriteLatencySamplesArgs>(write.data, profile())->rtt_us, (std::vector<std::uint32_t>{1, 0}));
}

TEST(Solana, TransferAndBudget) {
  const auto ix = transfer(key(1), key(2), 5);
  EXPECT_EQ(ix.data, wire::golden::from_hex("020000000500000000000000"));
  EXPECT_EQ(ix.accounts, (std::vector<AccountMeta>{{key(1), true, true}, {key(2), false, true}}));
  EXPECT_EQ(compute_unit_limit(1'400'000).data, wire::golden::from_hex("02c05c1500"));
  EXPECT_EQ(heap_frame(262'144).data, wire::golden::from_hex("0100000400"));
  EXPECT_EQ(compute_unit_price(1'000).data, wire::golden::from_hex("03e803000000000000"));
}

// --- tags

TEST(Tags, KnownDeprecatedAndOtherNumbersAreApart) {
  int known = 0;
  for (int n = 0; n < 256; ++n) {
    const auto tag = instruction_tag(Bytes{static_cast<std::uint8_t>(n)});
    if (!tag) continue;
    ++known;
    EXPECT_FALSE(is_deprecated(static_cast<std::uint8_t>(n))) << n;
  }
  EXPECT_EQ(known, 63);
  EXPECT_EQ(instruction_tag({}), std::nullopt);
  EXPECT_EQ(to_text(InstructionTag::SetLinkHealth), "SetLinkHealth");
  for (const std::uint8_t n : {6, 21, 29, 38, 53, 78}) EXPECT_TRUE(is_deprecated(n)) << int{n};
  for (const std::uint8_t n : {0, 36, 79, 95, 106, 111, 119, 255}) EXPECT_FALSE(is_deprecated(n)) << int{n};
}

// --- whatever the bytes: what decodes is a value that its own bytes decode to

template <typename Args>
Bytes encode_any(const Args& args) {
  if constexpr (ProfiledArgs<Args>) {
    return encode(args, profile()).value();
  } else {
    return encode(args);
  }
}

template <typename Args>
void check_bytes(ByteView tail) {
  Bytes data{static_cast<std::uint8_t>(Args::kTag)};
  data.insert(data.end(), tail.begin(), tail.end());
  const auto args = decode_args<Args>(data, profile());
  if (!args) return;
  const auto again = decode_args<Args>(encode_any(*args), profile());
  ASSERT_TRUE(again);
  EXPECT_EQ(encode_any(*again), encode_any(*args));  // bytes, for a NaN is not equal to itself
}

template <typename... Args>
void check_all_of(ByteView tail) {
  (check_bytes<Args>(tail), ...);
}
constexpr auto check_every_instruction =
    check_all_of<SetAuthorityArgs, SetGlobalConfigArgs, AddFoundationArgs, RemoveFoundationArgs, AddQaArgs,
                 RemoveQaArgs, SetAirdropArgs, SetFeatureFlagsArgs, CreateLocationArgs, UpdateLocationArgs,
                 CreateExchangeArgs, UpdateExchangeArgs, SetDeviceExchangeArgs, CreateContributorArgs,
                 UpdateContributorArgs, CreatePermissionArgs, UpdatePermissionArgs, CreateDeviceArgs, UpdateDeviceArgs,
                 DeleteDeviceArgs, SetDeviceHealthArgs, CreateInterfaceArgs, DeleteInterfaceArgs, UpdateInterfaceArgs,
                 CreateLinkArgs, AcceptLinkArgs, UpdateLinkArgs, DeleteLinkArgs, SetLinkHealthArgs,
                 AllocateResourceArgs, CreateResourceArgs, DeallocateResourceArgs, SetMinVersionArgs, CreateIndexArgs,
                 CreateTopologyArgs, DeleteTopologyArgs, ClearTopologyArgs, AssignNodeSegmentsArgs,
                 InitializeLatencySamplesArgs, WriteLatencySamplesArgs>;

RC_GTEST_PROP(DecodeArgs, WhatDecodesFromRandomBytesEncodesBack, (const Bytes& tail)) { check_every_instruction(tail); }

// Mostly zeros and ones: absent and present options, short strings; gets further than random bytes do.
RC_GTEST_PROP(DecodeArgs, WhatDecodesFromSparseBytesEncodesBack, ()) {
  const auto tail =
      *rc::gen::container<Bytes>(rc::gen::weightedElement<std::uint8_t>({{20, 0}, {5, 1}, {1, 2}, {1, 'a'}, {1, 30}}));
  check_every_instruction(tail);
}

TEST(DecodeArgs, AnotherTagIsCorrupt) {
  EXPECT_FALSE(decode_args<AddQaArgs>(encode(AddFoundationArgs{key(1)}), profile()));
  EXPECT_FALSE(decode_args<AddQaArgs>({}, profile()));
}

TEST(DecodeArgs, OlderClientsLeaveOutTheLastFields) {
  UpdateLinkArgs args;
  args.code = "a:b";
  args.delay_override_ns = 5;
  const auto bytes = encode(args, profile()).value();
  const auto old = decode_args<UpdateLinkArgs>(ByteView(bytes).first(1 + 8 + 6 + 1 + 9), profile());
  ASSERT_TRUE(old);
  EXPECT_EQ(*old, args);
  EXPECT_FALSE(decode_args<UpdateLinkArgs>(ByteView(bytes).first(1 + 8 + 6 + 1 + 5), profile()));
}

}  // namespace
}  // namespace dz::wire
