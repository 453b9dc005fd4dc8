#include "wire/codes.h"

#include <gtest/gtest.h>

namespace dz::wire {
namespace {

// The order of the words is their numbers on the ledger: whoever reorders words.h must fail here.
TEST(Codes, NumbersOfWordsAreFrozen) {
  EXPECT_EQ(code_of(LinkType::Wan), 1);
  EXPECT_EQ(code_of(LinkType::Dzx), 127);
  EXPECT_EQ(code_of(DeviceType::Hybrid), 0);
  EXPECT_EQ(code_of(DeviceType::Transit), 1);
  EXPECT_EQ(code_of(DeviceType::Edge), 2);
  EXPECT_EQ(code_of(InterfaceStatus::Invalid), 0);
  EXPECT_EQ(code_of(InterfaceStatus::Unmanaged), 1);
  EXPECT_EQ(code_of(InterfaceStatus::Pending), 2);
  EXPECT_EQ(code_of(InterfaceStatus::Activated), 3);
  EXPECT_EQ(code_of(InterfaceStatus::Deleting), 4);
  EXPECT_EQ(code_of(InterfaceStatus::Rejected), 5);
  EXPECT_EQ(code_of(InterfaceStatus::Unlinked), 6);
  EXPECT_EQ(code_of(InterfaceType::Loopback), 1);
  EXPECT_EQ(code_of(InterfaceType::Physical), 2);
  EXPECT_EQ(code_of(LoopbackType::None), 0);
  EXPECT_EQ(code_of(LoopbackType::Vpnv4), 1);
  EXPECT_EQ(code_of(LoopbackType::Ipv4), 2);
  EXPECT_EQ(code_of(LoopbackType::PimRpAddr), 3);
  EXPECT_EQ(code_of(Cyoa::GreOverDia), 1);
  EXPECT_EQ(code_of(Cyoa::GreOverFabric), 2);
  EXPECT_EQ(code_of(Cyoa::GreOverPrivatePeering), 3);
  EXPECT_EQ(code_of(Cyoa::GreOverPublicPeering), 4);
  EXPECT_EQ(code_of(Cyoa::GreOverCable), 5);
  EXPECT_EQ(code_of(Dia::Dia), 1);
  EXPECT_EQ(code_of(RoutingMode::Static), 0);
  EXPECT_EQ(code_of(RoutingMode::Bgp), 1);
  EXPECT_EQ(code_of(SiteStatus::Pending), 0);
  EXPECT_EQ(code_of(SiteStatus::Activated), 1);
  EXPECT_EQ(code_of(SiteStatus::Suspended), 2);
  EXPECT_EQ(code_of(ContributorStatus::Activated), 1);
  EXPECT_EQ(code_of(ContributorStatus::Suspended), 2);
  EXPECT_EQ(code_of(ContributorStatus::Deleting), 3);
  EXPECT_EQ(code_of(PermissionStatus::Activated), 1);
  EXPECT_EQ(code_of(PermissionStatus::Suspended), 2);
  EXPECT_EQ(code_of(TopologyConstraint::IncludeAny), 0);
  EXPECT_EQ(code_of(TopologyConstraint::Exclude), 1);
  EXPECT_EQ(code_of(UserType::Ibrl), 0);
  EXPECT_EQ(code_of(UserType::IbrlWithAllocatedIp), 1);
  EXPECT_EQ(code_of(UserType::EdgeFiltering), 2);
  EXPECT_EQ(code_of(UserType::Multicast), 3);
  EXPECT_EQ(code_of(UserStatus::Activated), 1);
  EXPECT_EQ(code_of(UserStatus::Suspended), 2);
  EXPECT_EQ(code_of(UserStatus::Deleting), 3);
  EXPECT_EQ(code_of(UserStatus::PendingBan), 5);
  EXPECT_EQ(code_of(UserStatus::Banned), 6);
  EXPECT_EQ(code_of(UserStatus::OutOfCredits), 8);
  EXPECT_EQ(code_of(BgpStatus::Up), 1);
  EXPECT_EQ(code_of(BgpStatus::Down), 2);
  EXPECT_EQ(code_of(AccessPassKind::SolanaValidator), 1);
  EXPECT_EQ(code_of(AccessPassKind::EdgeSeat), 4);
  EXPECT_EQ(code_of(AccessPassStatus::Connected), 1);
  EXPECT_EQ(code_of(AccessPassStatus::Disconnected), 2);
}

TEST(Codes, OtherNumbersNameNoWord) {
  EXPECT_EQ(word_of(127, std::type_identity<LinkType>{}), LinkType::Dzx);
  EXPECT_EQ(word_of(2, std::type_identity<LinkType>{}), std::nullopt);
  EXPECT_EQ(word_of(7, std::type_identity<InterfaceStatus>{}), std::nullopt);
  EXPECT_EQ(word_of(6, std::type_identity<InterfaceStatus>{}), InterfaceStatus::Unlinked);
  EXPECT_EQ(word_of(2, std::type_identity<Dia>{}), std::nullopt);
}

}  // namespace
}  // namespace dz::wire
