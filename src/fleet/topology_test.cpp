#include "fleet/topology.h"

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

namespace dz::fleet {
namespace {

std::string testnet_text() {
  std::ifstream file(DZ_SOURCE_DIR "/data/network/testnet-2025.toml");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// The carried file with one piece replaced; the piece must be there.
Result<FleetTopology> parse_with(const std::string& piece, const std::string& replacement) {
  std::string text = testnet_text();
  const auto at = text.find(piece);
  EXPECT_NE(at, std::string::npos) << piece;
  return read_topology("n.toml", text.replace(at, piece.size(), replacement));
}

TEST(Topology, TheCarriedTestnetIsWhole) {
  const auto topology = read_topology("n.toml", testnet_text());
  ASSERT_TRUE(topology) << topology.error().message;
  EXPECT_EQ(topology->devices.size(), 9U);
  EXPECT_EQ(topology->links.size(), 9U);
  EXPECT_EQ(topology->locations.size(), 8U);
  EXPECT_EQ(topology->exchanges.size(), 8U);
  EXPECT_EQ(topology->contributors.size(), 2U);
  for (const TopologyDevice& device : topology->devices) {
    int dia = 0;
    for (const TopologyInterface& one : device.interfaces) dia += one.dia ? 1 : 0;
    EXPECT_EQ(dia, 1) << device.code;
    EXPECT_EQ(device.type, DeviceType::Hybrid);
  }
  EXPECT_FALSE(find_device(*topology, "fra-dz-001-x")->has_metrics_publisher);
  EXPECT_TRUE(find_device(*topology, "fra-dz001")->has_metrics_publisher);
  const TopologyLink* exchange_link = find_link(*topology, "fra-dz001:fra-dz-001-x");
  ASSERT_NE(exchange_link, nullptr);
  EXPECT_EQ(exchange_link->type, LinkType::Dzx);
}

TEST(Topology, SubInterfacesCountOnTheirPortAndVlansUnderTheirName) {
  const auto topology = read_topology("n.toml", testnet_text());
  ASSERT_TRUE(topology);
  EXPECT_EQ(counted_ports(*find_device(*topology, "lon-dz001")),
            (std::vector<std::string>{"Switch1/1/1", "Switch1/16/1"}));
  EXPECT_EQ(counted_ports(*find_device(*topology, "prg-dz-001-x")),
            (std::vector<std::string>{"Vlan4001", "Switch1/16/1"}));
}

struct Mistake {
  std::string piece, replacement, complaint;
};
class TopologyMistake : public testing::TestWithParam<Mistake> {};

TEST_P(TopologyMistake, IsRefusedByPlaceAndReason) {
  const auto topology = parse_with(GetParam().piece, GetParam().replacement);
  ASSERT_FALSE(topology);
  EXPECT_EQ(topology.error().kind, ErrorKind::Refused);
  EXPECT_NE(topology.error().message.find(GetParam().complaint), std::string::npos) << topology.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    EachKind, TopologyMistake,
    testing::Values(Mistake{"public_ip = \"195.219.220.58\"", "public_ip = \"195.219.220\"", "devices[0].public_ip"},
                    Mistake{"code = \"ams-dz001\"", "code = \"fra-dz001\"", "found device 'fra-dz001' again"},
                    Mistake{"side_a = \"tyo-dz001\"", "side_a = \"tyo-dz009\"",
                            "n.toml: link 'tyo-dz001:lax-dz001': expected a device of the file, found 'tyo-dz009'"},
                    Mistake{"side_z = \"lax-dz001\"", "side_z = \"tyo-dz009\"",
                            "link 'tyo-dz001:lax-dz001': expected a device of the file, found 'tyo-dz009'"},
                    Mistake{"side_a_interface = \"Switch1/1/1.1003\"", "side_a_interface = \"Switch1/16/1\"",
                            "expected a port of device 'tyo-dz001' that is neither loopback nor DIA"},
                    Mistake{"side_a_interface = \"Switch1/1/1.1003\"", "side_a_interface = \"Switch1/77/1\"",
                            "expected a port of device 'tyo-dz001' that is neither loopback nor DIA"}));

TEST(Topology, EveryMistakeIsToldAtOnce) {
  const auto topology = read_topology("n.toml", "format = 2\n[[links]]\ncode = \"x\"\n");
  ASSERT_FALSE(topology);
  EXPECT_NE(topology.error().message.find("n.toml:1: format"), std::string::npos) << topology.error().message;
  EXPECT_NE(topology.error().message.find("\nn.toml:2: links[0].side_a"), std::string::npos)
      << topology.error().message;
}

// It has one end, which the fleet cannot stand for.
TEST(Topology, ALinkThatSideZHasNotAcceptedIsLeftOut) {
  const auto topology = parse_with("side_z_interface = \"Switch1/5/1\"\n", "");
  ASSERT_TRUE(topology) << topology.error().message;
  EXPECT_EQ(topology->links.size(), 8U);
  EXPECT_EQ(find_link(*topology, "fra-dz001:fra-dz-001-x"), nullptr);
}

}  // namespace
}  // namespace dz::fleet
