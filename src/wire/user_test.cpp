// Users, access passes and latency over the internet: bytes, addresses, instructions.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "wire/accounts.h"
#include "wire/golden_bytes.h"
#include "wire/instructions/access_pass.h"
#include "wire/instructions/telemetry.h"
#include "wire/instructions/user.h"
#include "wire/program_ids.h"

namespace dz::wire {
namespace {

using golden::from_hex;

Pubkey key(std::uint8_t n) {
  Pubkey key;
  key.bytes.fill(n);
  return key;
}
const Pubkey& program() { return local_program_ids().serviceability; }
const Ipv4 kClient{{1, 2, 3, 4}};

User user() {
  User u;
  u.owner = key(1);
  u.index = 7;
  u.bump = 254;
  u.type = UserType::EdgeFiltering;
  u.tenant = key(2);
  u.device = key(3);
  u.cyoa = Cyoa::GreOverFabric;
  u.client_ip = kClient;
  u.dz_ip = {{9, 8, 7, 6}};
  u.tunnel_id = 0x0201;
  u.tunnel_net = {{{169, 254, 0, 2}}, 31};
  u.status = UserStatus::Banned;
  u.publishers = {key(4)};
  u.subscribers = {key(5), key(6)};
  u.validator = key(7);
  u.tunnel_endpoint = {{5, 5, 5, 5}};
  u.tunnel_flags = 1;
  u.bgp_status = BgpStatus::Down;
  u.last_bgp_up_at = 11;
  u.last_bgp_reported_at = 12;
  u.bgp_rtt_ns = 13;
  u.feeds = {key(8)};
  return u;
}

TEST(UserAccount, HasItsFieldsAtTheOffsetsOfUpstream) {
  EXPECT_EQ(encode(User{}).size(), 206U);
  const auto bytes = encode(user());
  ASSERT_EQ(bytes.size(), 206U + 4 * 32);
  EXPECT_EQ(bytes[0], 7);
  EXPECT_EQ(bytes[1], 1);
  EXPECT_EQ(bytes[33], 7);
  EXPECT_EQ(bytes[49], 254);
  EXPECT_EQ(bytes[50], 2);
  EXPECT_EQ(bytes[51], 2);
  EXPECT_EQ(bytes[83], 3);
  EXPECT_EQ(bytes[115], 2);
  EXPECT_EQ(Bytes(bytes.begin() + 116, bytes.begin() + 131), from_hex("01020304"
                                                                      "09080706"
                                                                      "0102"
                                                                      "a9fe00021f"));
  EXPECT_EQ(bytes[131], 6);
  EXPECT_EQ(bytes[132], 1);  // publishers
  EXPECT_EQ(bytes[136], 4);
  EXPECT_EQ(bytes[136 + 32], 2);
  EXPECT_EQ(decode_user(bytes), user());
}

TEST(UserAccount, OfAnOldReleaseEndsAfterItsValidator) {
  auto old = user();
  old.publishers.clear();
  old.subscribers.clear();
  auto bytes = encode(old);
  bytes.resize(172);
  const auto read = decode_user(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->validator, key(7));
  EXPECT_EQ(read->bgp_status, BgpStatus::Unknown);
  EXPECT_TRUE(read->feeds.empty());
  EXPECT_EQ(encode(*read).size(), 206U);
  // A later one had a single feed there, written as zeros.
  old.feeds.clear();
  bytes = encode(old);
  bytes.resize(bytes.size() + 28, 0);
  EXPECT_TRUE(decode_user(bytes)->feeds.empty());
}

TEST(UserAccount, WithWhatCannotBeReadHasDefaults) {
  auto bytes = encode(user());
  bytes[50] = 77;   // no type
  bytes[115] = 78;  // no cyoa
  bytes[131] = 79;  // no status
  const auto read = decode_user(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->type, UserType::Ibrl);
  EXPECT_EQ(read->cyoa, Cyoa::None);
  EXPECT_EQ(read->status, UserStatus::Activated);
  EXPECT_EQ(read->tunnel_id, 0x0201);
  bytes[132] = 0xff;  // more publishers than bytes
  EXPECT_TRUE(decode_user(bytes)->publishers.empty());
  EXPECT_FALSE(decode_user(Bytes{6, 0, 0}));
  EXPECT_FALSE(decode_user(Bytes{}));
}

AccessPass pass(AccessPassType type) {
  AccessPass p;
  p.owner = key(1);
  p.bump = 3;
  p.type = std::move(type);
  p.client_ip = kClient;
  p.user_payer = key(2);
  p.last_access_epoch = 99;
  p.connection_count = 4;
  p.status = AccessPassStatus::Connected;
  p.publisher_allowlist = {key(3)};
  p.flags = kPassFlagAllowMultipleIp;
  p.tenant_allowlist = {Pubkey{}};
  p.unicast_user_count = 5;
  p.max_unicast_users = 6;
  p.multicast_user_count = 7;
  p.max_multicast_users = 8;
  return p;
}

TEST(AccessPassAccount, OfEveryTypeIsReadBack) {
  EXPECT_EQ(encode(AccessPass{}).size(), 103U);
  FeedSeat seat;
  seat.feed = key(9);
  seat.max_users = 1;
  seat.anniversary_day = 31;
  seat.window_end = -1;
  const std::pair<AccessPassType, std::size_t> types[] = {
      {{.kind = AccessPassKind::Prepaid}, 1},
      {{.kind = AccessPassKind::SolanaValidator, .node = key(5)}, 33},
      {{.kind = AccessPassKind::SolanaRpc, .node = key(6)}, 33},
      {{.kind = AccessPassKind::Others, .name = "ab", .key = "c"}, 12},
      {{.kind = AccessPassKind::EdgeSeat, .seats = {seat, seat}}, 109}};
  for (const auto& [type, size] : types) {
    const auto bytes = encode(pass(type));
    EXPECT_EQ(bytes.size(), 102 + size + 64) << to_text(type.kind);
    EXPECT_EQ(bytes[34], static_cast<std::uint8_t>(type.kind));
    EXPECT_EQ(decode_access_pass(bytes), pass(type)) << to_text(type.kind);
  }
}

TEST(AccessPassAccount, OfAnOldReleaseAllowsOneUser) {
  const auto bytes = encode(AccessPass{});
  for (const std::size_t fields : {82U, 91U}) {
    const auto read = decode_access_pass(ByteView(bytes).first(fields));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->max_unicast_users, 1);
    EXPECT_EQ(read->max_multicast_users, 1);
  }
  auto unknown = encode(AccessPass{});
  unknown[34] = 200;  // no such type: one byte
  EXPECT_EQ(decode_access_pass(unknown), AccessPass{});
}

TEST(UserAddresses, AreThoseOfUpstream) {
  const auto expect = [](const ProgramAddress& found, std::string_view address, int bump) {
    EXPECT_EQ(to_text(found.address), address);
    EXPECT_EQ(found.bump, bump);
  };
  expect(user_address(program(), kClient, UserType::Ibrl), "GYmCsiH9bJ21S5C5iiDKAU8dq5E9ZEZvES36rouqJBaT", 255);
  expect(user_address(program(), kClient, UserType::IbrlWithAllocatedIp),
         "5KRDK73mzSF9xn78Ho35meTb2f5Kt7nZUFSKbDF4CJTA", 253);
  expect(user_address(program(), kClient, UserType::EdgeFiltering), "4wKqKPw4px7feeedbovGD12c9821dz7HEnhTvSHCG4pZ",
         255);
  expect(user_address(program(), kClient, UserType::Multicast), "2GE6QS8gYPm4R9NpfJi3pdwWMLoH6Ljb9Q4cnvJ2ALLW", 255);
  expect(old_user_address(program(), 6), "6CmNxki9DeqchPLtkPVckS5EUFoxXQ9gtGPGmML1ZpcC", 254);
  expect(access_pass_address(program(), kClient, {}), "AGbSas3m87x19CGb9dx53BWK5dowrtUofDKF9ZoyPCuq", 255);
  expect(access_pass_address(program(), {}, {}), "FCzMnzZvRCfF2nvxSzBbQhnKfc5dkgaLa5AyH7xN5UEy", 254);
  expect(internet_latency_samples_address(local_program_ids().telemetry, {}, {"ripeatlas", {}, {}, 42}),
         "8u6JxsWu5BMKPooetxyW3Rb8pV9cckP2zx11TCSQr2w8", 255);
  const auto fixtures = *parse_pubkey("JAQxrJ2WuDF4APfSifurJJ4HzV5Z3FyBuBeSMj7mo9aw");
  expect(user_address(fixtures, {{10, 11, 12, 13}}, UserType::Ibrl), "8frXLRAn617XuANG1JSzcnK3T8zxeJ5huRQL3ZtyhqEL",
         253);
}

TEST(UserInstructions, HaveTheBytesOfUpstream) {
  const Sender sender{program(), key(1), true};
  const UserDevice device{key(5), 1};
  const auto created =
      create_user(sender, device, key(6),
                  {.cyoa = Cyoa::GreOverDia, .client_ip = {{10, 11, 12, 13}}, .tunnel_endpoint = {{192, 168, 1, 2}}});
  EXPECT_EQ(created.data, from_hex("2400010a0b0c0dc0a8010201"));
  EXPECT_EQ(created.accounts.size(), 10U);  // one more would be a tenant, so no permission account
  EXPECT_EQ(created.accounts[8], signing(key(1)));
  const auto deleted = delete_user(sender, key(7), key(8), device, key(6));
  EXPECT_EQ(deleted.data, from_hex("2a0101"));
  EXPECT_EQ(deleted.accounts.size(), 12U);
  EXPECT_EQ(deleted.accounts[8], writable(key(8)));
  EXPECT_EQ(request_ban_user(sender, key(7), device).data, from_hex("2c0101"));
  EXPECT_EQ(update_user(sender, key(7), device, {.tunnel_id = 501}).data, from_hex("2700000001f5010000000101"
                                                                                   "00"));
  EXPECT_EQ(check_user_access_pass(sender, key(7), key(6)).data, from_hex("47"));
  EXPECT_EQ(set_user_bgp_status(sender, key(7), key(5), {BgpStatus::Up, 0}).data, from_hex("6a010000000000000000"));
  EXPECT_EQ(decode_args<SetUserBgpStatusArgs>(from_hex("6a01"), rfc_profile())->status, BgpStatus::Up);
  EXPECT_FALSE(decode_args<CreateUserArgs>(from_hex("2404"), rfc_profile()));  // no such type
}

TEST(AccessPassInstructions, HaveTheBytesOfUpstream) {
  const Sender sender{program(), key(1)};
  const auto set = set_access_pass(sender, key(2), {.client_ip = kClient, .last_access_epoch = ~std::uint64_t{0}});
  EXPECT_EQ(set.data, from_hex("430001020304ffffffffffffffff0001000100"));
  EXPECT_EQ(set.accounts.size(), 5U);
  const auto old = decode_args<SetAccessPassArgs>(from_hex("430001020304ffffffffffffffff00"), rfc_profile());
  ASSERT_TRUE(old);
  EXPECT_EQ(old->max_unicast_users, 1);
  EXPECT_EQ(close_access_pass(sender, key(6)).data, from_hex("45"));
  EXPECT_EQ(check_access_pass(sender, key(6)).data, from_hex("46"));
  EXPECT_EQ(set_access_pass_flags(sender, key(6), {.locked = true}).data, from_hex("74000101"));
  EXPECT_FALSE(decode_args<SetAccessPassArgs>(from_hex("4305"), rfc_profile()));  // no such type
}

TEST(Instructions, OfTenantsGroupsAndFeedsHaveNamesOnly) {
  EXPECT_EQ(unserved_instruction(88), "CreateTenant");
  EXPECT_EQ(unserved_instruction(59), "CreateSubscribeUser");
  EXPECT_EQ(unserved_instruction(112), "CreateFeed");
  EXPECT_EQ(unserved_instruction(36), "");
  for (int tag = 0; tag < 256; ++tag) {
    const auto number = static_cast<std::uint8_t>(tag);
    const int names = (unserved_instruction(number).empty() ? 0 : 1) + (instruction_tag(Bytes{number}) ? 1 : 0) +
                      (is_deprecated(number) ? 1 : 0);
    EXPECT_LE(names, 1) << tag;
  }
}

InternetLatencySamples internet() {
  InternetLatencySamples s;
  s.epoch = 5;
  s.data_provider = "ripeatlas";
  s.oracle_agent = key(1);
  s.origin_exchange = key(2);
  s.target_exchange = key(3);
  s.sampling_interval_us = 600'000'000;
  s.start_timestamp_us = 9;
  s.rtt_us = {10, 0, 0x04030201};
  return s;
}

TEST(InternetSamplesAccount, HasItsFieldsAtTheOffsetsOfUpstream) {
  const auto bytes = encode(internet());
  constexpr std::size_t kName = 9;
  ASSERT_EQ(bytes.size(), 257U + kName + 12);
  EXPECT_EQ(Bytes(bytes.begin(), bytes.begin() + 13), from_hex("04"
                                                               "0500000000000000"
                                                               "09000000"));
  EXPECT_EQ(bytes[13 + kName], 1);
  EXPECT_EQ(bytes[45 + kName], 2);
  EXPECT_EQ(bytes[77 + kName], 3);
  EXPECT_EQ(bytes[117 + kName], 9);
  EXPECT_EQ(bytes[125 + kName], 3);
  EXPECT_EQ(bytes[257 + kName], 10);
  EXPECT_EQ(decode_internet_latency_samples(bytes), internet());
}

TEST(InternetSamplesAccount, IsRefusedWithWhatUpstreamCannotRead) {
  auto bytes = encode(internet());
  bytes.pop_back();
  EXPECT_FALSE(decode_internet_latency_samples(bytes));  // a sample less than it says
  auto nameless = internet();
  nameless.data_provider.clear();
  nameless.rtt_us.clear();
  EXPECT_EQ(encode(nameless).size(), kInternetSamplesHead);
  EXPECT_FALSE(decode_internet_latency_samples(encode(nameless)));
  auto long_name = internet();
  long_name.data_provider = std::string(33, 'x');
  EXPECT_FALSE(decode_internet_latency_samples(encode(long_name)));
  EXPECT_FALSE(decode_internet_latency_samples(encode(LatencySamples{})));
  EXPECT_FALSE(decode_latency_samples(encode(internet())));
}

TEST(InternetSamplesAccount, WithoutNameAndSamplesIsNotReadableHoweverLong) {
  auto bytes = encode(internet());
  for (std::size_t i = 9; i < 13; ++i) bytes[i] = 0;     // no name
  for (std::size_t i = 125; i < 129; ++i) bytes[i] = 0;  // no samples
  EXPECT_FALSE(decode_internet_latency_samples(bytes));
}

RC_GTEST_PROP(UserAccounts, CutAnywhereOrChangedNeverCrash, ()) {
  const auto edge = encode(pass({.kind = AccessPassKind::EdgeSeat, .seats = {FeedSeat{}, FeedSeat{}}}));
  for (auto bytes : {encode(user()), edge, encode(internet())}) {
    bytes[*rc::gen::inRange<std::size_t>(1, bytes.size())] = *rc::gen::arbitrary<std::uint8_t>();
    bytes.resize(*rc::gen::inRange<std::size_t>(0, bytes.size() + 1));
    if (const auto read = decode_user(bytes)) RC_ASSERT(decode_user(encode(*read)) == *read);
    if (const auto read = decode_access_pass(bytes)) RC_ASSERT(decode_access_pass(encode(*read)) == *read);
    if (const auto read = decode_internet_latency_samples(bytes)) {
      RC_ASSERT(decode_internet_latency_samples(encode(*read)) == *read);
    }
  }
}

}  // namespace
}  // namespace dz::wire
