// What the fleet says, read back by the reader that the monitor uses.
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "fleet/fleet.h"
#include "wire/row_reader.h"

namespace dz::fleet {
namespace {

using namespace std::chrono_literals;

const Timestamp kStart = *parse_timestamp("2026-03-01T12:00:00Z");

struct ReadBack {
  std::map<wire::RowKind, int> rows;
  std::set<std::pair<Pubkey, std::string>> ports;
  std::size_t refused = 0, ignored = 0;
};

ReadBack read_back(const std::vector<std::string>& lines) {
  std::string body;
  for (const std::string& line : lines) body += line + "\n";
  wire::RowReader reader;
  reader.start(body, wire::Precision::Nanoseconds, kStart);
  ReadBack out;
  while (const wire::Row* row = reader.next()) {
    ++out.rows[row->series->kind];
    if (row->series->kind == wire::RowKind::IntfCounters)
      out.ports.insert({row->series->device, row->series->interface});
    EXPECT_GE(row->at, kStart - 1s);
    EXPECT_LT(row->at, kStart + 2h);
  }
  out.refused = reader.refused();
  out.ignored = reader.ignored();
  return out;
}

Fleet testnet_fleet() {
  std::ifstream file(DZ_SOURCE_DIR "/data/network/testnet-2025.toml");
  std::stringstream text;
  text << file.rdbuf();
  FleetTopology topology = *read_topology("testnet-2025.toml", text.str());
  std::map<std::string, Pubkey> keys;
  for (const TopologyDevice& device : topology.devices) {
    const auto number = static_cast<std::uint8_t>(keys.size() + 1);
    keys[device.code].bytes.fill(number);
  }
  return Fleet(std::move(topology), keys, {1, kStart, "local"});
}

TEST(EmittedLines, EveryOneIsReadAndNoneIsForeign) {
  Fleet fleet = testnet_fleet();
  for (const char* fault : {"errors device=ams-dz001 interface=Switch1/1/1 counter=out-errors at=+5m for=5m",
                            "reset device=fra-dz001 at=+7m", "replay device=lon-dz001 at=+9m for=30s",
                            "qa-failure device=sin-dz001", "wrong-clock device=nyc-dz001 offset=9m at=+20m for=1m"}) {
    ASSERT_TRUE(fleet.add_fault(*parse_fault(fault, kStart))) << fault;
  }
  const auto lines = fleet.lines_until(kStart + 1h, 10s);
  const ReadBack back = read_back(lines);
  EXPECT_EQ(back.refused, 0U);
  EXPECT_EQ(back.ignored, 0U);
  int rows = 0;
  for (const auto& [kind, count] : back.rows) rows += count;
  EXPECT_EQ(rows, static_cast<int>(lines.size()));
  EXPECT_EQ(back.ports.size(), 20U);  // nine link ports, two at fra-dz001 and fra-dz-001-x, and nine DIA ports
  EXPECT_EQ(back.rows.at(wire::RowKind::QaResult), 9);
  EXPECT_EQ(back.rows.at(wire::RowKind::QaMetadata), 1);
  EXPECT_EQ(back.rows.at(wire::RowKind::Getconfig), 9 * 360);
}

TEST(EmittedLines, AnErrorCounterIsReadAsItWasSaid) {
  Fleet fleet = testnet_fleet();
  ASSERT_TRUE(
      fleet.add_fault(*parse_fault("errors device=ams-dz001 interface=Switch1/1/1 every=10s for=1m at=+10m", kStart)));
  fleet.lines_until(kStart + 10min, 2s);
  std::string body;
  for (const std::string& line : fleet.lines_until(kStart + 12min, 2s)) body += line + "\n";
  wire::RowReader reader;
  reader.start(body, wire::Precision::Nanoseconds, kStart);
  std::vector<std::uint64_t> values;
  while (const wire::Row* row = reader.next()) {
    if (!row->in_errors) continue;
    EXPECT_FALSE(row->in_octets);
    EXPECT_EQ(row->series->interface, "Switch1/1/1");
    values.push_back(*row->in_errors);
  }
  ASSERT_EQ(values.size(), 6U);
  EXPECT_EQ(values.back() - values.front(), 5U);
}

}  // namespace
}  // namespace dz::fleet
