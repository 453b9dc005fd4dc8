#include "fleet/topology.h"

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

namespace dz::fleet {
namespace {

std::string testnet_text() {
  std::ifstream file(DZ_SOURCE_DIR "/data/topology/testnet-2025.json");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// The carried file with one piece replaced; the piece must be there.
Result<FleetTopology> parse_with(const std::string& piece, const std::string& replacement) {
  std::string text = testnet_text();
  const auto at = text.find(piece);
  EXPECT_NE(at, std::string::npos) << piece;
  return parse_topology(text.replace(at, piece.size(), replacement));
}

TEST(Topology, TheCarriedTestnetIsWhole) {
  const auto topology = parse_topology(testnet_text());
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
  const auto topology = parse_topology(testnet_text());
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
    testing::Values(Mistake{"\"devices\"", "\"gadgets\"", "devices: expected a list of objects, found nothing"},
                    Mistake{"195.219.220.58", "195.219.220", "devices[0].public_ip"},
                    Mistake{"195.219.221.64/27", "195.219.221.64/40", "devices[0].dz_prefixes"},
                    Mistake{"\"device_type\": \"hybrid\"", "\"device_type\": \"edge(1)\"", "devices[0].device_type"},
                    Mistake{"\"metrics_publisher\": \"own\"", "\"metrics_publisher\": \"none\"",
                            "devices[0].metrics_publisher"},
                    Mistake{"\"contributor\": \"alder\"", "\"contributor\": \"oak\"",
                            "expected a code from contributors, found \"oak\""},
                    Mistake{"\"location\": \"fra\"", "\"location\": \"xyz\"", "expected a code from locations"},
                    Mistake{"\"exchange\": \"xfra\"", "\"exchange\": \"xyz\"", "expected a code from exchanges"},
                    Mistake{"\"code\": \"ams-dz001\"", "\"code\": \"fra-dz001\"", "the code fra-dz001 is there twice"},
                    Mistake{"\"Switch1/11/1\"", "\"switch1/1/1.1004\"", "is there twice"},
                    Mistake{"\"Switch1/1/1.1004\"", "\"Gigabit0\"", "devices[0].interfaces[2].name"},
                    Mistake{"\"vlan\": 1004", "\"vlan\": 5000", "expected a VLAN up to 4094"},
                    Mistake{"\"side_a\": \"tyo-dz001\"", "\"side_a\": \"tyo-dz009\"",
                            "links, tyo-dz001:lax-dz001: expected a code from devices"},
                    Mistake{"\"side_a_iface\": \"Switch1/1/1.1003\"", "\"side_a_iface\": \"Switch1/16/1\"",
                            "neither loopback nor DIA"},
                    Mistake{"\"bandwidth_bps\": 10000000000, \"delay_ns\"", "\"bandwidth_bps\": \"10G\", \"delay_ns\"",
                            "links[0].bandwidth_bps: expected a whole number"},
                    Mistake{"\"lat\": 51.5", "\"lat\": \"51\", \"was\": 51.5", "locations[0].lat: expected degrees"}));

TEST(Topology, WhatIsNotJsonIsRefused) {
  EXPECT_NE(parse_topology("{").error().message.find("expected JSON"), std::string::npos);
  EXPECT_NE(parse_topology("[]").error().message.find("expected a JSON object"), std::string::npos);
}

}  // namespace
}  // namespace dz::fleet
