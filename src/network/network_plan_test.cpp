// The plan alone, over ledgers that no program would make today.
#include "network/network_plan.h"

#include <gtest/gtest.h>

namespace dz::network {
namespace {

Pubkey key(std::uint8_t n) {
  Pubkey key;
  key.bytes[0] = n;
  return key;
}

struct Plans : testing::Test {
  client::Snapshot snapshot;
  NetworkFile file;
  client::Topologies topologies;

  Plans() {
    snapshot.profile = &v034_profile();
    snapshot.global_state.emplace();
    snapshot.global_config.emplace();
    for (std::uint8_t n = 1; n <= 2; ++n) {
      Device device;
      device.code = n == 1 ? "a" : "b";
      device.contributor = key(9);
      Interface port;
      port.name = "Ethernet1";
      port.bandwidth = 10;
      device.interfaces.push_back(port);
      snapshot.devices[key(n)] = device;
    }
    snapshot.contributors[key(9)].code = "alpha";
    file.links.push_back({7, "x", LinkType::Wan, "a", "Ethernet1", "b", "Ethernet1", 10, 1, 1, {}, {}, {}, {}, {}});
  }
  NetworkPlan plan() const { return plan_network(file, snapshot, {"n.toml", std::nullopt, topologies}); }
  Link link(Status status) const {
    Link link;
    link.code = "X";
    link.side_a = key(1), link.side_z = key(2);
    link.side_a_iface = link.side_z_iface = "Ethernet1";
    link.bandwidth = 10, link.delay_ns = link.jitter_ns = 1;
    link.status = status;
    return link;
  }
};

TEST_F(Plans, ALinkThatIsNotThereIsMade) {
  const auto made = plan();
  ASSERT_EQ(made.steps.size(), 1U);
  EXPECT_EQ(made.steps[0].kind, StepKind::CreateLink);
  EXPECT_TRUE(made.conflicts.empty() && made.complaints.empty());
}

TEST_F(Plans, WhatIsOnItsWayOutIsInTheWay) {
  for (const auto status : {Status::Deleting, Status::Rejected}) {
    snapshot.links[key(3)] = link(status);
    EXPECT_EQ(plan().conflicts.size(), 1U);
    EXPECT_TRUE(plan().steps.empty());
  }
  snapshot.links[key(3)] = link(Status::Activated);
  EXPECT_TRUE(plan().conflicts.empty());
  EXPECT_TRUE(plan().steps.empty()) << render_plan(plan());
}

TEST_F(Plans, ACodeThatTwoRecordsHaveNamesNeither) {
  snapshot.links[key(3)] = link(Status::Activated);
  snapshot.links[key(4)] = link(Status::HardDrained);
  EXPECT_EQ(plan().conflicts.size(), 1U);
  EXPECT_TRUE(plan().steps.empty());
}

TEST_F(Plans, WhatCannotBeReadIsNotMadeASecondTime) {
  snapshot.undecodable[key(5)] = {wire::AccountType::User, "cut off"};
  EXPECT_TRUE(plan().conflicts.empty()) << "no file names users";
  snapshot.undecodable[key(6)] = {wire::AccountType::Link, "cut off"};
  EXPECT_EQ(plan().conflicts.size(), 1U);
  snapshot.links[key(3)] = link(Status::Activated);
  EXPECT_TRUE(plan().conflicts.empty()) << "nothing is made";
}

// An end keeps its name in any spelling; another one is another link.
TEST_F(Plans, TheEndsOfALinkAreFixed) {
  snapshot.links[key(3)] = link(Status::Activated);
  snapshot.links[key(3)].side_a_iface = "ethernet1";
  EXPECT_TRUE(plan().steps.empty() && plan().conflicts.empty()) << render_plan(plan());
  file.links[0].side_z = "c";
  EXPECT_EQ(plan().complaints,
            Complaints{"n.toml:7: link 'x': expected a device of the file or of the ledger, found 'c'"});
  EXPECT_EQ(plan().conflicts.size(), 1U);
}

TEST_F(Plans, AManyTimesLongerListIsCutForPeopleAndWholeForScripts) {
  for (std::uint8_t n = 10; n < 40; ++n) snapshot.locations[key(n)].code = "l" + std::to_string(n);
  const auto made = plan();
  EXPECT_EQ(made.only_on_ledger.size(), 33U);
  EXPECT_NE(render_plan(made).find("left alone: 33: "), std::string::npos);
  EXPECT_NE(render_plan(made).find(" and 13 more.\n"), std::string::npos);
  EXPECT_EQ(to_json(made).at("only_on_ledger").as_array().size(), 33U);
}

TEST_F(Plans, WhatATopologyIsForIsSetWhenItIsMade) {
  topologies[key(20)].name = "CORE";
  file.topologies = {{1, "CORE", TopologyConstraint::Exclude}, {2, "EDGE", std::nullopt}};
  const auto made = plan();
  ASSERT_EQ(made.conflicts.size(), 1U);
  EXPECT_EQ(made.conflicts[0].substr(0, 68), "topology 'CORE': constraint is include-any on the ledger and exclude");
  EXPECT_EQ(made.steps[0].kind, StepKind::CreateTopology);
  snapshot.profile = &rfc_profile();
  EXPECT_EQ(plan().complaints.at(0),
            "n.toml:1: topology 'CORE': expected no topologies, as the program of this ledger serves none");
}

// A new link is tagged with the default one by the program itself.
TEST_F(Plans, TagsOfANewLinkAreASecondWriteUnlessTheProgramSetsThem) {
  file.topologies = {{1, "UNICAST-DEFAULT", std::nullopt}};
  file.links[0].topologies = {"UNICAST-DEFAULT"};
  EXPECT_EQ(plan().steps.size(), 2U);
  file.links[0].topologies = std::vector<std::string>();
  const auto made = plan();
  ASSERT_EQ(made.steps.size(), 3U);
  EXPECT_EQ(made.steps[2].kind, StepKind::ChangeLink);
  EXPECT_EQ(made.steps[2].changes[0].member, "topologies");
  file.links[0].topologies = {"OTHER"};
  EXPECT_EQ(plan().complaints.at(0),
            "n.toml:7: link 'x': expected a topology of the file or of the ledger, found 'OTHER'");
}

TEST_F(Plans, TagsThatTheFileDoesNotNameStay) {
  topologies[key(20)].name = "CORE";
  snapshot.links[key(3)] = link(Status::Activated);
  snapshot.links[key(3)].topologies = {key(20)};
  EXPECT_TRUE(plan().steps.empty());
  file.links[0].topologies = {"CORE"};
  EXPECT_TRUE(plan().steps.empty());
  file.links[0].topologies = std::vector<std::string>();
  EXPECT_EQ(plan().steps.size(), 1U);
}

}  // namespace
}  // namespace dz::network
