#include "fleet/device_model.h"

#include <map>

#include <gtest/gtest.h>

namespace dz::fleet {
namespace {

using namespace std::chrono_literals;

const Timestamp kStart = *parse_timestamp("2026-03-01T12:00:00Z");

TopologyDevice one_device() {
  TopologyDevice device;
  device.code = "fra-dz001";
  device.exchange = "xfra";
  device.interfaces = {{"Loopback255", LoopbackType::Vpnv4, false, 0, 0},
                       {"Switch1/1/1.1004", LoopbackType::None, false, 0, 1004}};
  return device;
}

// A line taken apart as far as these tests need.
struct Row {
  std::string measurement_and_tags;
  std::map<std::string, std::uint64_t> fields;
  Timestamp at;
};
Row row_of(const std::string& line) {
  Row row;
  const auto first = line.find(' '), second = line.rfind(' ');
  row.measurement_and_tags = line.substr(0, first);
  row.at = Timestamp{std::chrono::duration_cast<Duration>(std::chrono::nanoseconds{std::stoll(line.substr(second))})};
  std::string fields = line.substr(first + 1, second - first - 1) + ",";
  for (std::size_t at = 0, end; (end = fields.find(',', at)) != std::string::npos; at = end + 1) {
    const std::string field = fields.substr(at, end - at);
    const auto equals = field.find('=');
    EXPECT_EQ(field.back(), 'i') << line;
    row.fields[field.substr(0, equals)] = std::stoull(field.substr(equals + 1));
  }
  return row;
}

struct Bench {
  DeviceModel device{one_device(), Pubkey{{7}}, 1, kStart};
  std::vector<Fault> faults;

  std::vector<Row> rows(Timestamp from, Timestamp to, std::string_view measurement = "intfCounters",
                        Duration cadence = 2s) {
    std::vector<Line> lines;
    device.lines_between({{from, to}, cadence}, faults, lines);
    std::vector<Row> out;
    for (const Line& line : lines) {
      if (line.text.starts_with(measurement)) out.push_back(row_of(line.text));
    }
    return out;
  }
  void fault(const char* text, Timestamp now = kStart) { faults.push_back(*parse_fault(text, now)); }
};
std::vector<Row> with(const std::vector<Row>& rows, const std::string& field) {
  std::vector<Row> out;
  for (const Row& row : rows) {
    if (row.fields.contains(field)) out.push_back(row);
  }
  return out;
}

TEST(DeviceModel, OctetsComeEveryTwoSecondsUnderTheParentPort) {
  Bench bench;
  const auto octets = with(bench.rows(kStart, kStart + 1h), "in-octets");
  EXPECT_EQ(octets.size(), 1800U);
  for (std::size_t i = 1; i < octets.size(); ++i) {
    EXPECT_LE(octets[i].at - octets[i - 1].at, 2300ms);
    EXPECT_GT(octets[i].fields.at("in-octets"), octets[i - 1].fields.at("in-octets"));
    EXPECT_GT(octets[i].fields.at("out-octets"), octets[i - 1].fields.at("out-octets"));
    EXPECT_GE(octets[i].fields.at("in-unicast-pkts"), octets[i - 1].fields.at("in-unicast-pkts"));
  }
  EXPECT_EQ(octets[0].fields.size(), 10U);
  EXPECT_TRUE(octets[0].measurement_and_tags.starts_with("intfCounters,dzd_pubkey=" + to_text(Pubkey{{7}}) +
                                                         ",host=fra-dz001,intf=Switch1/1/1,location=xfra,"
                                                         "model_name=DCS-7280CR3A-32S,serial_number=JPE"))
      << octets[0].measurement_and_tags;
}

TEST(DeviceModel, ErrorsAndCarrierTransitionsComeOnceThenOnlyWhenTheyChange) {
  Bench bench;
  auto rows = bench.rows(kStart, kStart + 10min);
  EXPECT_EQ(with(rows, "in-errors").size(), 1U);
  ASSERT_EQ(with(rows, "carrier-transitions").size(), 1U);
  EXPECT_EQ(with(rows, "carrier-transitions")[0].fields.size(), 1U) << "a row of its own";
  bench.fault("errors device=fra-dz001 interface=Switch1/1/1.1004 counter=in-fcs-errors every=10s at=+20m for=1m");
  rows = bench.rows(kStart + 10min, kStart + 40min);
  const auto errors = with(rows, "in-fcs-errors");
  ASSERT_EQ(errors.size(), 6U);
  EXPECT_GE(errors[0].at, kStart + 20min);
  EXPECT_LT(errors[5].at, kStart + 21min);
  EXPECT_EQ(errors[5].fields.at("in-fcs-errors") - errors[0].fields.at("in-fcs-errors"), 5U);
  EXPECT_EQ(errors[0].fields.size(), 1U) << "only what changed";
  EXPECT_TRUE(with(rows, "in-errors").empty());
}

TEST(DeviceModel, AFlappingPortChangesItsCarrierAndACongestedOneDiscards) {
  Bench bench;
  (void)bench.rows(kStart, kStart + 10min);
  bench.fault("flapping device=fra-dz001 interface=Switch1/1/1 every=20s at=+20m for=1m");
  bench.fault("congested device=fra-dz001 interface=Switch1/1/1 at=+20m for=1m");
  const auto rows = bench.rows(kStart + 10min, kStart + 40min);
  const auto carrier = with(rows, "carrier-transitions"), discards = with(rows, "out-discards");
  ASSERT_EQ(carrier.size(), 3U);
  EXPECT_EQ(carrier[2].fields.at("carrier-transitions") - carrier[0].fields.at("carrier-transitions"), 4U)
      << "down and up each time";
  ASSERT_EQ(discards.size(), 6U);
  EXPECT_EQ(discards[5].fields.at("out-discards") - discards[0].fields.at("out-discards"), 200U);
  EXPECT_TRUE(with(rows, "in-errors").empty());
  EXPECT_TRUE(with(rows, "in-discards").empty());
}

TEST(DeviceModel, WhatItSaysDoesNotDependOnHowOftenItIsAsked) {
  Bench once, often;
  for (Bench* bench : {&once, &often})
    bench->fault("errors device=fra-dz001 interface=Switch1/1/1 every=7s at=+1m for=2m");
  const auto whole = once.rows(kStart, kStart + 5min);
  std::vector<Row> pieces;
  for (Timestamp t = kStart; t < kStart + 5min; t += 700ms) {
    for (Row& row : often.rows(t, std::min(t + 700ms, kStart + 5min))) pieces.push_back(std::move(row));
  }
  ASSERT_EQ(whole.size(), pieces.size());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    EXPECT_EQ(whole[i].at, pieces[i].at);
    EXPECT_EQ(whole[i].fields, pieces[i].fields);
  }
}

TEST(DeviceModel, ADrainedLinkCarriesProbesOnlyAndOctetsStillRise) {
  Bench bench;
  const auto rate = [&](Timestamp from) {
    const auto rows = with(bench.rows(from, from + 10min), "in-octets");
    return (rows.back().fields.at("in-octets") - rows.front().fields.at("in-octets")) / 600;
  };
  const auto drained = rate(kStart);
  EXPECT_GT(drained, 0U);
  EXPECT_LT(drained, 100U);
  bench.device.set_busy("Switch1/1/1.1004", true, kStart + 10min);
  EXPECT_GT(rate(kStart + 10min), 10'000'000U);
}

TEST(DeviceModel, AFleetStartedAgainNeverShowsLowerCounters) {
  Bench before;
  before.device.set_busy("Switch1/1/1", true, kStart);
  const auto old_rows = with(before.rows(kStart, kStart + 5min), "in-octets");
  DeviceModel again(one_device(), Pubkey{{7}}, 1, kStart + 5min);
  std::vector<Line> lines;
  again.lines_between({{kStart + 5min, kStart + 6min}, 2s}, {}, lines);
  for (const Line& line : lines) {
    if (line.text.find(" in-octets=") == std::string::npos) continue;
    EXPECT_GE(row_of(line.text).fields.at("in-octets"), old_rows.back().fields.at("in-octets"));
  }
}

TEST(DeviceModel, GetconfigComesEveryFiveSecondsOrInOneCoarserLine) {
  Bench bench;
  const auto fine = bench.rows(kStart, kStart + 10min, "controller_grpc_getconfig_success");
  EXPECT_EQ(fine.size(), 120U);
  EXPECT_EQ(fine[0].fields.at("count"), 1U);
  const auto coarse = bench.rows(kStart + 10min, kStart + 20min, "controller_grpc_getconfig_success", 20s);
  EXPECT_EQ(coarse.size(), 30U);
  EXPECT_EQ(coarse[0].fields.at("count"), 4U);
}

TEST(DeviceFaults, SilenceLeavesNothingAndShowsAfterwardsWhatHappenedMeanwhile) {
  Bench bench;
  bench.rows(kStart, kStart + 1min);
  bench.fault("silence device=fra-dz001 at=+1m for=5m");
  bench.fault("errors device=fra-dz001 interface=Switch1/1/1 at=+2m for=1m");
  EXPECT_TRUE(bench.rows(kStart + 1min, kStart + 6min).empty());
  const auto after = bench.rows(kStart + 6min, kStart + 7min);
  EXPECT_EQ(with(after, "in-errors").size(), 1U);
}

TEST(DeviceFaults, IdleOctetsStandStill) {
  Bench bench;
  bench.fault("idle device=fra-dz001 at=+1m for=2m");
  const auto rows = with(bench.rows(kStart, kStart + 4min), "in-octets");
  std::map<std::uint64_t, int> values;
  for (const Row& row : rows) ++values[row.fields.at("in-octets")];
  int longest = 0;
  for (const auto& [octets, count] : values) longest = std::max(longest, count);
  EXPECT_NEAR(longest, 60, 2);
}

TEST(DeviceFaults, ACounterResetStartsAgainFromZero) {
  Bench bench;
  bench.fault("errors device=fra-dz001 interface=Switch1/1/1 at=+10s every=10s for=10m");
  bench.fault("reset device=fra-dz001 at=+5m");
  const auto rows = bench.rows(kStart, kStart + 6min);
  const auto octets = with(rows, "in-octets");
  bool fell = false;
  for (std::size_t i = 1; i < octets.size(); ++i) {
    const bool falls = octets[i].fields.at("in-octets") < octets[i - 1].fields.at("in-octets");
    if (falls) EXPECT_LT(octets[i].at - (kStart + 5min), 3s);
    fell |= falls;
  }
  EXPECT_TRUE(fell);
  EXPECT_LE(with(rows, "in-errors").back().fields.at("in-errors"), 7U);
}

TEST(DeviceFaults, ReplayedReadingsAreOldOnesAndRecover) {
  Bench bench;
  bench.fault("replay device=fra-dz001 at=+10m for=10s age=7m");
  const auto rows = with(bench.rows(kStart, kStart + 11min), "in-octets");
  const auto at = [&](Duration after) {
    for (const Row& row : rows) {
      if (row.at >= kStart + after) return row.fields.at("in-octets");
    }
    return std::uint64_t{0};
  };
  EXPECT_LT(at(10min + 2s), at(9min));
  EXPECT_GT(at(10min + 12s), at(9min));
}

TEST(DeviceFaults, AMissingConfigAgentDoesNotCall) {
  Bench bench;
  bench.fault("no-config-agent device=fra-dz001 at=+1m for=1m");
  EXPECT_EQ(bench.rows(kStart, kStart + 3min, "controller_grpc").size(), 24U);
}

TEST(DeviceFaults, AWrongClockStampsRowsAhead) {
  Bench bench;
  bench.fault("wrong-clock device=fra-dz001 offset=9m");
  EXPECT_GE(bench.rows(kStart, kStart + 1min)[0].at, kStart + 9min - 1s);
}

TEST(DeviceFaults, LateRowsKeepTheirTimeAndLeaveLater) {
  Bench bench;
  bench.fault("late device=fra-dz001 at=+1m for=1m delay=5m");
  std::vector<Line> lines;
  bench.device.lines_between({{kStart + 1min, kStart + 2min}, 2s}, bench.faults, lines);
  for (const Line& line : lines) {
    if (!line.text.starts_with("intfCounters")) continue;
    EXPECT_LT(row_of(line.text).at, kStart + 2min + 10ms);
    EXPECT_GE(line.sent, kStart + 6min);
  }
}

}  // namespace
}  // namespace dz::fleet
