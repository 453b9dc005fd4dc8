#include "fleet/fleet.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

namespace dz::fleet {
namespace {

using namespace std::chrono_literals;

const Timestamp kStart = *parse_timestamp("2026-03-01T12:00:00Z");

FleetTopology testnet() {
  std::ifstream file(DZ_SOURCE_DIR "/data/network/testnet-2025.toml");
  std::stringstream text;
  text << file.rdbuf();
  return *read_topology("testnet-2025.toml", text.str());
}
std::map<std::string, Pubkey> keys(const FleetTopology& topology) {
  std::map<std::string, Pubkey> out;
  std::uint8_t number = 1;
  for (const TopologyDevice& device : topology.devices) out[device.code].bytes[31] = number++;
  return out;
}
Fleet fleet_with(std::uint64_t seed, const std::vector<const char*>& faults = {}) {
  FleetTopology topology = testnet();
  const auto devices = keys(topology);
  Fleet fleet(std::move(topology), devices, {seed, kStart, "local"});
  for (const char* fault : faults) EXPECT_TRUE(fleet.add_fault(*parse_fault(fault, kStart))) << fault;
  return fleet;
}
int count(const std::vector<std::string>& lines, std::string_view part) {
  return static_cast<int>(std::count_if(lines.begin(), lines.end(),
                                        [&](const std::string& line) { return line.find(part) != std::string::npos; }));
}

TEST(Fleet, TheSameSeedSaysTheSame) {
  EXPECT_EQ(fleet_with(5).lines_until(kStart + 3min, 2s), fleet_with(5).lines_until(kStart + 3min, 2s));
  EXPECT_NE(fleet_with(5).lines_until(kStart + 3min, 2s), fleet_with(6).lines_until(kStart + 3min, 2s));
}

TEST(Fleet, ADayHasAnHourlyQaRunOverAllDevicesWithOneTime) {
  Fleet fleet = fleet_with(1);
  const auto lines = fleet.lines_until(kStart + 24h, 30s);
  EXPECT_EQ(count(lines, "device_qa_test_results"), 24 * 9);
  EXPECT_EQ(count(lines, "device_qa_test_metadata"), 24);
  EXPECT_EQ(count(lines, "success=false"), 0);
  std::string time;
  for (const std::string& line : lines) {
    if (!line.starts_with("device_qa")) continue;
    if (time.empty()) time = line.substr(line.rfind(' '));
    if (line.starts_with("device_qa_test_metadata")) {
      EXPECT_EQ(line.substr(line.rfind(' ')), time);
      EXPECT_NE(line.find("devices_tested=9i,devices_success=9i,devices_failed=0i,duration_s="), std::string::npos);
      break;
    }
  }
}

TEST(Fleet, QaFailsWhereToldAndSkipsDevicesWithoutAConfigAgent) {
  Fleet fleet =
      fleet_with(1, {"qa-failure device=sin-dz001 at=+6h for=6h", "no-config-agent device=lon-dz001 at=+12h"});
  const auto lines = fleet.lines_until(kStart + 24h, 30s);
  EXPECT_EQ(count(lines, "device_code=sin-dz001,"), 24);
  EXPECT_EQ(count(lines, "success=false"), 6);
  EXPECT_EQ(count(lines, "device_code=lon-dz001,"), 12);
  EXPECT_EQ(count(lines, "devices_tested=8i"), 12);
}

TEST(Fleet, LateRowsAreHeldAndComeOut) {
  Fleet fleet = fleet_with(1, {"late device=nyc-dz001 at=+1m for=1m"});
  fleet.lines_until(kStart + 1min, 2s);
  EXPECT_EQ(count(fleet.lines_until(kStart + 2min, 2s), "host=nyc-dz001"), 0);
  EXPECT_EQ(count(fleet.lines_until(kStart + 2min + 1us, 2s), "host=nyc-dz001"), 60);
}

TEST(Fleet, EndingALateFaultLetsItsRowsGo) {
  Fleet fleet = fleet_with(1);
  const auto id = fleet.add_fault(*parse_fault("late device=nyc-dz001 for=10m", kStart));
  ASSERT_TRUE(id);
  fleet.lines_until(kStart + 1min, 2s);
  EXPECT_TRUE(fleet.end_fault(*id, kStart + 1min));
  EXPECT_FALSE(fleet.end_fault(99, kStart + 1min));
  EXPECT_GT(count(fleet.lines_until(kStart + 1min + 1us, 2s), "host=nyc-dz001"), 59);
}

TEST(Fleet, AFaultOnWhatIsNotThereIsRefused) {
  Fleet fleet = fleet_with(1);
  EXPECT_FALSE(fleet.add_fault(*parse_fault("silence device=nowhere", kStart)));
}

TEST(Fleet, APortIsBusyWhileAnyLinkOnItIs) {
  Fleet fleet = fleet_with(1);
  const auto rise = [&](Timestamp from) {
    std::vector<std::string> lines = fleet.lines_until(from + 1min, 2s);
    std::uint64_t first = 0, last = 0;
    for (const std::string& line : lines) {
      const auto at = line.find(" in-octets=");
      if (at == std::string::npos || line.find("host=lon-dz001,intf=Switch1/1/1,") == std::string::npos) continue;
      last = std::stoull(line.substr(at + 11));
      if (first == 0) first = last;
    }
    return last - first;
  };
  EXPECT_LT(rise(kStart), 10'000U);
  fleet.set_carrying("lon-dz001:fra-dz001", true, kStart + 1min);
  fleet.set_carrying("ams-dz001:lon-dz001", true, kStart + 1min);
  EXPECT_GT(rise(kStart + 1min), 1'000'000'000U);
  fleet.set_carrying("ams-dz001:lon-dz001", false, kStart + 2min);
  EXPECT_GT(rise(kStart + 2min), 1'000'000'000U);
  fleet.set_carrying("lon-dz001:fra-dz001", false, kStart + 3min);
  EXPECT_LT(rise(kStart + 3min), 10'000U);
}

TEST(Probes, DevicesWithoutAPublisherMeasureNothing) {
  const Fleet fleet = fleet_with(1);
  EXPECT_EQ(fleet.directions().size(), 15U);  // 18 less fra-dz-001-x's two and prg-dz-001-x's one
  const auto probed = [&](std::string_view link) {
    return std::count_if(fleet.directions().begin(), fleet.directions().end(),
                         [&](const Direction& one) { return one.link == link; });
  };
  EXPECT_EQ(probed("fra-dz001:fra-dz-001-x"), 1);
  EXPECT_EQ(probed("fra-dz-001-x:prg-dz-001-x"), 0);
}

TEST(Probes, EveryTenSecondsAroundTheDelayNeverZero) {
  const Fleet fleet = fleet_with(1);
  for (const Direction& direction : fleet.directions()) {
    const auto samples = fleet.samples(direction, kStart, kStart + 1h);
    ASSERT_EQ(samples.size(), 360U);
    const auto delay = find_link(fleet.topology(), direction.link)->delay_ns / 1000;
    for (const Sample& sample : samples) {
      EXPECT_GE(sample.rtt_us, delay);
      EXPECT_LE(sample.rtt_us, delay + delay / 2);
    }
  }
}

TEST(Probes, LossIsZeroAndSilenceIsNothing) {
  const Fleet fleet = fleet_with(1, {"probe-loss link=nyc-dz001:lon-dz001 from=nyc-dz001 at=+10m for=1m",
                                     "no-probes link=nyc-dz001:lon-dz001 from=lon-dz001 at=+10m for=1m",
                                     "no-telemetry-agent device=tyo-dz001 at=+10m"});
  const auto lost = fleet.samples({"nyc-dz001:lon-dz001", "nyc-dz001", "lon-dz001"}, kStart, kStart + 20min);
  EXPECT_EQ(lost.size(), 120U);
  EXPECT_EQ(std::count_if(lost.begin(), lost.end(), [](const Sample& s) { return s.rtt_us == 0; }), 6);
  EXPECT_EQ(fleet.samples({"nyc-dz001:lon-dz001", "lon-dz001", "nyc-dz001"}, kStart, kStart + 20min).size(), 114U);
  EXPECT_EQ(fleet.samples({"tyo-dz001:lax-dz001", "tyo-dz001", "lax-dz001"}, kStart, kStart + 20min).size(), 60U);
}

}  // namespace
}  // namespace dz::fleet
