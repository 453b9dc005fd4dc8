#include "client/snapshot.h"

#include <gtest/gtest.h>

#include "client/provision.h"
#include "client/standing.h"

namespace dz::client {
namespace {

Pubkey key(std::uint8_t n) {
  Pubkey k;
  k.bytes.fill(n);
  return k;
}
KeyedAccount account(std::uint8_t n, Bytes data) { return {key(n), {1, std::move(data), Pubkey{}, false}}; }

constexpr std::uint8_t kOwnerA = 101, kOwnerZ = 102, kFoundation = 103, kMonitor = 104, kActivator = 105;

// Two contributors, each with a device, and a DZX link between them.
AccountsAnswer small_network(Version version = rfc_profile().version) {
  ProgramConfig config;
  config.version = version;
  GlobalState state;
  state.foundation_allowlist = {key(kFoundation)};
  state.health_oracle = key(kMonitor);
  state.activator_authority = key(kActivator);
  Contributor a, z;
  a.code = "alpha";
  a.owner = key(kOwnerA);
  z.code = "zeta";
  z.owner = key(kOwnerZ);
  Device device_a, device_z;
  device_a.code = "ams-dz001";
  device_a.contributor = key(3);
  device_z.code = "fra-dz001";
  device_z.contributor = key(4);
  Link link;
  link.code = "ams-fra";
  link.type = LinkType::Dzx;
  link.contributor = key(3);
  link.side_a = key(5);
  link.side_z = key(6);
  const auto& rfc = rfc_profile();
  return {Slot{9},
          {account(1, wire::encode(config)), account(2, wire::encode(state)), account(3, wire::encode(a)),
           account(4, wire::encode(z)), account(5, wire::encode(device_a, rfc)),
           account(6, wire::encode(device_z, rfc)), account(7, wire::encode(link, rfc)), account(8, Bytes{7, 1, 2})}};
}
Snapshot read(const AccountsAnswer& answer, const Profile* named = nullptr) {
  return decode_snapshot(answer, wire::local_program_ids(), named);
}

TEST(Snapshot, SortsEveryRecordToItsPlace) {
  const auto snapshot = read(small_network());
  EXPECT_EQ(snapshot.slot.value, 9U);
  EXPECT_EQ(snapshot.contributors.at(key(4)).code, "zeta");
  EXPECT_EQ(snapshot.devices.size(), 2U);
  EXPECT_EQ(snapshot.links.at(key(7)).code, "ams-fra");
  EXPECT_TRUE(snapshot.undecodable.empty());  // other tools' accounts (users) are no mistake
  EXPECT_EQ(snapshot.profile, &rfc_profile());
  EXPECT_EQ(links_of_device(snapshot, key(5)).size(), 1U);
}

TEST(Snapshot, OneBadAccountDoesNotHideTheOthers) {
  auto answer = small_network();
  answer.accounts.push_back(account(20, Bytes{1, 0, 0, 0}));  // a global state cut off inside
  const auto snapshot = read(answer);
  ASSERT_EQ(snapshot.undecodable.size(), 1U);
  EXPECT_EQ(snapshot.undecodable.begin()->first, key(20));
  EXPECT_EQ(snapshot.links.size(), 1U);
}

TEST(Snapshot, AnUnknownVersionIsReadOnlyAndItsWordsAreNotGuessed) {
  const auto snapshot = read(small_network({0, 35, 0}));
  EXPECT_EQ(snapshot.contributors.size(), 2U);
  EXPECT_TRUE(snapshot.links.empty());
  EXPECT_EQ(snapshot.undecodable.size(), 3U);
  const auto profile = writable_profile(snapshot);
  ASSERT_FALSE(profile);
  EXPECT_EQ(profile.error().kind, ErrorKind::Unsupported);
  EXPECT_NE(profile.error().message.find("0.35.0"), std::string::npos);
}

TEST(Snapshot, ANamedProfileDecides) {
  const auto snapshot = read(small_network({0, 34, 0}), &rfc_profile());
  EXPECT_EQ(snapshot.links.size(), 1U);
  EXPECT_EQ(*writable_profile(snapshot), &rfc_profile());
}

TEST(Snapshot, BeforeInitNothingCanBeWritten) {
  const auto profile = writable_profile(read({}));
  ASSERT_FALSE(profile);
  EXPECT_NE(profile.error().message.find("doublezero init"), std::string::npos);
}

TEST(FindRecord, ByPubkeyOrByCodeInAnyCase) {
  const auto snapshot = read(small_network());
  EXPECT_EQ(find_record(snapshot.links, "link", "AMS-fra")->key, key(7));
  EXPECT_EQ(find_record(snapshot.links, "link", to_text(key(7)))->record->code, "ams-fra");
  EXPECT_EQ(find_record(snapshot.links, "link", "nowhere").error().kind, ErrorKind::NotFound);
  EXPECT_EQ(find_record(snapshot.links, "link", to_text(key(8))).error().kind, ErrorKind::NotFound);
}

TEST(FindRecord, AnAmbiguousCodeIsRefusedWithThePubkeys) {
  auto snapshot = read(small_network());
  snapshot.links[key(9)] = snapshot.links.at(key(7));
  const auto found = find_record(snapshot.links, "link", "ams-fra");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, ErrorKind::Refused);
  EXPECT_NE(found.error().message.find(to_text(key(9))), std::string::npos);
}

TEST(Standing, RolesAddUp) {
  auto snapshot = read(small_network());
  const auto& link = snapshot.links.at(key(7));
  EXPECT_EQ(roles_for_link(snapshot, link, key(kOwnerA)), (lifecycle::Roles{.side_a = true}));
  EXPECT_EQ(roles_for_link(snapshot, link, key(kOwnerZ)), (lifecycle::Roles{.side_z = true}));
  EXPECT_EQ(roles_for_link(snapshot, link, key(kFoundation)), (lifecycle::Roles{.foundation = true}));
  EXPECT_EQ(roles_for_link(snapshot, link, key(kMonitor)), (lifecycle::Roles{.health_authority = true}));
  EXPECT_EQ(roles_for_link(snapshot, link, key(kActivator)), (lifecycle::Roles{.activator = true}));
  Permission permission;
  permission.user_payer = key(kOwnerA);
  permission.status = PermissionStatus::Activated;
  permission.permissions = permission::kNetworkAdmin;
  snapshot.permissions[key(30)] = permission;
  EXPECT_EQ(roles_for_link(snapshot, link, key(kOwnerA)), (lifecycle::Roles{.side_a = true, .foundation = true}));
}

TEST(Standing, SideZActsThroughItsOwnContributor) {
  auto snapshot = read(small_network());
  const auto& link = snapshot.links.at(key(7));
  EXPECT_EQ(acting_side_z(snapshot, link, key(kOwnerZ)), key(4));
  EXPECT_EQ(acting_side_z(snapshot, link, key(kOwnerA)), std::nullopt);
  snapshot.contributors.at(key(4)).owner = key(kOwnerA);  // one owner of both acts as side A
  EXPECT_EQ(acting_side_z(snapshot, link, key(kOwnerA)), std::nullopt);
}

TEST(Refusal, SaysWhatTheProgramSaid) {
  const wire::TransactionError error{
      wire::TransactionErrorKind::InstructionError, 0, {wire::InstructionErrorKind::Custom, 7}};
  const std::vector<std::string> logs = {"Program x invoke [1]", "Program log: Instruction: DeleteLink",
                                         "Program log: expected hard-drained, found activated", "Program x failed"};
  const auto text = refusal_text("link delete", error, logs);
  EXPECT_EQ(text.substr(0, text.find('\n')),
            "link delete was refused by the ledger: expected hard-drained, found activated");
  EXPECT_NE(text.find("(InvalidStatus 7)"), std::string::npos);
  EXPECT_NE(refusal_text("x", {wire::TransactionErrorKind::InsufficientFundsForFee, 0, {}}, {}).find("x was refused"),
            std::string::npos);
}

}  // namespace
}  // namespace dz::client
