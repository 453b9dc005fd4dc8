#include <gtest/gtest.h>

#include "domain/interface_name.h"
#include "domain/network.h"
#include "domain/profile.h"
#include "domain/words.h"

namespace dz {
namespace {

TEST(Words, ParseIgnoresCaseAndAcceptsUnderscores) {
  EXPECT_EQ(*parse_word<Status>("Hard_Drained"), Status::HardDrained);
  EXPECT_EQ(*parse_word<LinkType>("wan"), LinkType::Wan);
  EXPECT_EQ(*parse_word<Cyoa>("gre_over_dia"), Cyoa::GreOverDia);
}

TEST(Words, RefusalListsTheWords) {
  const auto result = parse_word<DesiredStatus>("on");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message,
            "expected one of activated, soft-drained, hard-drained, deleted, pending, drained; found 'on'");
}

TEST(Users, StatusDecidesWhoIsServed) {
  EXPECT_TRUE(accepts_new_users(Status::Activated));
  EXPECT_FALSE(accepts_new_users(Status::SoftDrained));
  EXPECT_TRUE(keeps_users(Status::SoftDrained));
  EXPECT_FALSE(keeps_users(Status::HardDrained));
}

TEST(Profile, RfcNumbersAreFrozen) {
  const auto& p = rfc_profile();
  EXPECT_EQ(p.link_status.code(Status::HardDrained), 6);
  EXPECT_EQ(p.link_status.code(Status::SoftDrained), 7);
  EXPECT_EQ(p.link_status.code(Status::Requested), 5);
  EXPECT_EQ(p.device_status.code(Status::SoftDrained), 5);
  EXPECT_EQ(p.device_status.code(Status::HardDrained), 6);
  EXPECT_EQ(p.device_status.code(Status::Requested), std::nullopt);
  EXPECT_EQ(p.link_desired.code(DesiredStatus::Activated), 0);
  EXPECT_EQ(p.link_desired.code(DesiredStatus::SoftDrained), 1);
  EXPECT_EQ(p.link_desired.code(DesiredStatus::HardDrained), 2);
  EXPECT_EQ(p.link_desired.code(DesiredStatus::Deleted), 3);
  EXPECT_EQ(p.link_health.code(Health::Unknown), 0);
  EXPECT_EQ(p.link_health.code(Health::Pending), 1);
  EXPECT_EQ(p.link_health.code(Health::Healthy), 2);
  EXPECT_EQ(p.link_health.code(Health::Impaired), 3);
  EXPECT_EQ(p.link_status.word(2), std::nullopt);
}

TEST(Profile, NumbersOfTheLiveNetworkAreFrozen) {
  const auto& p = v034_profile();
  EXPECT_EQ(p.link_status.code(Status::Requested), 5);
  EXPECT_EQ(p.link_status.code(Status::HardDrained), 6);
  EXPECT_EQ(p.link_status.code(Status::SoftDrained), 7);
  EXPECT_EQ(p.link_status.code(Status::Provisioning), 8);
  EXPECT_EQ(p.device_status.code(Status::Drained), 5);
  EXPECT_EQ(p.device_status.code(Status::DeviceProvisioning), 6);
  EXPECT_EQ(p.device_status.code(Status::LinkProvisioning), 7);
  EXPECT_EQ(p.device_status.code(Status::HardDrained), std::nullopt);
  EXPECT_EQ(p.link_desired.code(DesiredStatus::Activated), 1);
  EXPECT_EQ(p.link_desired.code(DesiredStatus::HardDrained), 6);
  EXPECT_EQ(p.link_desired.code(DesiredStatus::SoftDrained), 7);
  EXPECT_EQ(p.device_desired.code(DesiredStatus::Drained), 6);  // while the status is 5
  EXPECT_EQ(p.device_desired.missing, DesiredStatus::Pending);
  EXPECT_EQ(p.link_health.code(Health::Healthy), 2);
  EXPECT_EQ(p.link_health.code(Health::Impaired), 3);
  EXPECT_EQ(p.device_health.code(Health::ReadyForLinks), 2);
  EXPECT_EQ(p.device_health.code(Health::Healthy), 3);
  EXPECT_EQ(p.device_health.code(Health::Impaired), 4);
}

TEST(Profile, HealthIsSpeltAsTheLedgersPeopleDo) {
  EXPECT_EQ(spell(rfc_profile(), RecordKind::Device, Health::Healthy), "healthy");
  EXPECT_EQ(spell(v034_profile(), RecordKind::Link, Health::Healthy), "ready-for-service");
  EXPECT_EQ(spell(v034_profile(), RecordKind::Device, Health::Healthy), "ready-for-users");
  EXPECT_EQ(*parse_health(v034_profile(), RecordKind::Device, "ready_for_users"), Health::Healthy);
  EXPECT_EQ(*parse_health(v034_profile(), RecordKind::Device, "healthy"), Health::Healthy);
  EXPECT_EQ(parse_health(v034_profile(), RecordKind::Link, "ready-for-users").error().message,
            "expected one of unknown, pending, ready-for-service, impaired; found 'ready-for-users'");
}

TEST(Profile, OnlyWordsOfTheLedgerAreAccepted) {
  EXPECT_EQ(*parse_word_of(v034_profile().device_status, "drained"), Status::Drained);
  EXPECT_EQ(parse_word_of(v034_profile().device_desired, "deleted").error().message,
            "expected one of pending, activated, drained; found 'deleted'");
}

TEST(Profile, IsRecognisedByItsVersion) {
  EXPECT_EQ(*recognise_profile({0, 10, 0}), &rfc_profile());
  EXPECT_FALSE(recognise_profile({0, 10, 1}));
  EXPECT_EQ(*recognise_profile({0, 34, 0}), &v034_profile());
  EXPECT_EQ(*recognise_profile({0, 34, 7}), &v034_profile());
  EXPECT_FALSE(recognise_profile({0, 35, 0}));
  const auto unknown = recognise_profile({1, 0, 0});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().kind, ErrorKind::Unsupported);
  EXPECT_NE(unknown.error().message.find("0.10.0 (profile rfc) or 0.34.x (profile v0.34), found 1.0.0"),
            std::string::npos);
  EXPECT_EQ(*find_profile("v0.34"), &v034_profile());
  EXPECT_EQ(find_profile("v0.35").error().message, "profile 'v0.35': expected rfc or v0.34");
}

// Status and wish have the same words here, but not the same numbers, and proof is asked for where the program forces
// health or lets anybody write status.
TEST(Profile, RowsOfTheLiveNetwork) {
  const auto& p = v034_profile();
  const auto link = [&](Status s, DesiredStatus d, Health h) { return next_transition(p.link_lifecycle, s, d, h); };
  const auto device = [&](Status s, DesiredStatus d, Health h) { return next_transition(p.device_lifecycle, s, d, h); };
  const auto* row = link(Status::Provisioning, DesiredStatus::Activated, Health::Healthy);
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->to, Status::Activated);
  EXPECT_EQ(row->needs, Needs::OwnHealth);
  EXPECT_EQ(link(Status::Provisioning, DesiredStatus::Pending, Health::Healthy), nullptr);
  row = link(Status::HardDrained, DesiredStatus::Activated, Health::Healthy);
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->needs, Needs::Undrain);
  EXPECT_EQ(link(Status::HardDrained, DesiredStatus::Activated, Health::Impaired), nullptr);
  row = link(Status::Activated, DesiredStatus::SoftDrained, Health::Impaired);
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->to, Status::SoftDrained);
  EXPECT_EQ(row->needs, Needs::Nothing);
  row = device(Status::DeviceProvisioning, DesiredStatus::Pending, Health::ReadyForLinks);
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->to, Status::LinkProvisioning);
  EXPECT_EQ(device(Status::LinkProvisioning, DesiredStatus::Activated, Health::ReadyForLinks), nullptr);
  row = device(Status::LinkProvisioning, DesiredStatus::Activated, Health::Healthy);
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->to, Status::Activated);
  EXPECT_EQ(device(Status::Drained, DesiredStatus::Activated, Health::ReadyForLinks), nullptr);
  row = device(Status::Activated, DesiredStatus::Drained, Health::ReadyForLinks);
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->to, Status::Drained);
}

TEST(InterfaceName, NormalisesAsTheLedgerDoes) {
  EXPECT_EQ(*normalise_interface_name("et1/1.100"), "Ethernet1/1.100");
  EXPECT_EQ(*normalise_interface_name("PORT-CHANNEL1000.2029"), "Port-channel1000.2029");
  EXPECT_EQ(*normalise_interface_name("Switch1/1/1.1004"), "Switch1/1/1.1004");
  EXPECT_EQ(*normalise_interface_name("lo255"), "Loopback255");
  EXPECT_EQ(*normalise_interface_name("vl4001"), "Vlan4001");
  for (const auto* bad : {"", "Ethernet", "Switch1/1", "Ethernet1/", "Ethernet1.", "Ethernet1.x", "Tunnel500",
                          "Loopback1/2", "Ethernet1/1 "}) {
    EXPECT_FALSE(normalise_interface_name(bad)) << bad;
  }
}

TEST(InterfaceName, SubInterfacesHaveAParent) {
  EXPECT_EQ(parent_port("Switch1/1/1.1004"), "Switch1/1/1");
  EXPECT_EQ(parent_port("Vlan4001"), "Vlan4001");
  EXPECT_TRUE(is_sub_interface("Port-Channel1000.2029"));
}

TEST(Network, ParsesAndContains) {
  const auto net = parse_network("195.219.121.96/28");
  ASSERT_TRUE(net);
  EXPECT_EQ(to_text(*net), "195.219.121.96/28");
  EXPECT_TRUE(net->contains(*parse_ipv4("195.219.121.111")));
  EXPECT_FALSE(net->contains(*parse_ipv4("195.219.121.112")));
  for (const auto* bad :
       {"", "1.2.3.4", "1.2.3.4/33", "1.2.3/8", "1.2.3.256/8", "1.2.3.4/", "1.2.3.4/8x", "01234.1.1.1/8"}) {
    EXPECT_FALSE(parse_network(bad)) << bad;
  }
}

TEST(Network, KnowsWhatIsRoutable) {
  for (const auto* ip :
       {"10.0.0.1", "100.64.0.1", "172.31.255.255", "192.168.1.1", "224.0.0.1", "203.0.113.5", "0.1.2.3"}) {
    EXPECT_FALSE(is_global(*parse_ipv4(ip))) << ip;
  }
  for (const auto* ip : {"195.219.220.58", "100.128.0.1", "172.32.0.1", "11.0.0.0"})
    EXPECT_TRUE(is_global(*parse_ipv4(ip))) << ip;
}

}  // namespace
}  // namespace dz
